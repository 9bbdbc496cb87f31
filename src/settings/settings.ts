import * as v from 'valibot';
import { NUMBERED_CHANNELS } from '../callbacks/person.ts';
import { AppError } from '../errors.ts';

/** Without these nothing works. `API_TOKEN` may be left out where `API_TOKENS` is set. */
export const NEEDED: readonly string[] = [
  'WEBHOOK_SECRETS',
  'API_TOKEN',
  'DATA_KEY',
  'SINCH_PROJECT_ID',
  'SINCH_KEY_ID',
  'SINCH_KEY_SECRET',
];

const HOUR = 3_600_000;
const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: HOUR, d: 24 * HOUR };

/** A duration like `2s` or `24h`, read into milliseconds. */
const Milliseconds = v.pipe(
  v.string(),
  v.regex(/^\d{1,6}[smhd]$/, 'expected a duration like "30s", "10m", "1h" or "7d"'),
  v.transform((text) => Number(text.slice(0, -1)) * (UNITS[text.slice(-1)] ?? Number.NaN)),
);
const Names = v.pipe(
  v.string(),
  v.transform((text) =>
    text
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== ''),
  ),
);
/** Others never name the same person, and one that is spelt wrong would link nothing, for good. */
const Linked = v.pipe(
  Names,
  v.array(
    v.picklist(NUMBERED_CHANNELS, `expected channels out of ${NUMBERED_CHANNELS.join(', ')}`),
  ),
);
/** An empty setting counts as not set. */
const Setting = v.optional(
  v.pipe(
    v.string(),
    v.transform((text) => (text.trim() === '' ? undefined : text.trim())),
  ),
);

/** A part of the whole, from 0 to 1. */
const Share = v.pipe(
  v.string(),
  v.regex(/^(0(\.\d{1,6})?|1)$/, 'expected a share from 0 to 1, like "0.001"'),
  v.transform(Number),
);

const SettingsSchema = v.object({
  WEBHOOK_SECRETS: Setting,
  API_TOKEN: Setting,
  API_TOKENS: Setting,
  DATA_KEY: v.optional(v.pipe(v.string(), v.minLength(32, 'expected at least 32 characters'))),
  SINCH_PROJECT_ID: Setting,
  SINCH_KEY_ID: Setting,
  SINCH_KEY_SECRET: Setting,
  SINCH_REGION: v.optional(v.picklist(['us', 'eu', 'br']), 'eu'),
  SINCH_API_URL: Setting,
  SINCH_AUTH_URL: Setting,
  SIGNATURE_MAX_AGE: v.optional(Milliseconds, '24h'),
  MAX_RETRY_DELAY: v.optional(Milliseconds, '12h'),
  ALERT_MAX_WAIT: v.optional(Milliseconds),
  LOCAL_SIGN_IN_URL: Setting,
  PUBLIC_URL: v.optional(
    v.pipe(v.string(), v.url('expected an address like "https://signalbox.example.com"')),
  ),
  CONSENT_CHANNEL_GROUPS: v.optional(Linked, 'SMS,MMS'),
  ARCHIVE_HOSTS: v.optional(Names, 'sinch.com'),
  BLOCKED_EGRESS_DOMAINS: v.optional(Names, ''),
  JURISDICTION: v.optional(v.picklist(['eu'])),
  JOURNAL: v.optional(v.picklist(['all', 'acted', 'off']), 'all'),
  JOURNAL_PAYLOAD: v.optional(v.picklist(['keep', 'omit']), 'omit'),
  JOURNAL_RETENTION: v.optional(Milliseconds, '14d'),
  CONSENT_JOURNAL_RETENTION: v.optional(Milliseconds, '400d'),
  MESSAGE_RETENTION: v.optional(Milliseconds, '24h'),
  RECORDING_RETENTION: v.optional(Milliseconds, '400d'),
  INDEX_AUDIT_RATE: v.optional(Share, '0.001'),
});

/** The settings of a deployment. Durations are milliseconds. */
export interface Settings {
  readonly webhookSecrets: string | undefined;
  readonly apiToken: string | undefined;
  readonly apiTokens: string | undefined;
  readonly dataKey: string | undefined;
  readonly sinch:
    | {
        readonly projectId: string;
        readonly keyId: string;
        readonly keySecret: string;
        readonly apiUrl: string;
        readonly authUrl: string;
      }
    | undefined;
  readonly maxAge: number;
  readonly maxRetryDelay: number;
  /** No alert waits longer for more of the same. */
  readonly alertMaxWait: number | undefined;
  /** Where this Worker is reached from outside, for links in alerts. */
  readonly publicUrl: string | undefined;
  /** Exchanges the code of the one-time sign-in link of `npm start`; never set in production. */
  readonly localSignInUrl: string | undefined;
  readonly families: Readonly<Record<string, string>>;
  readonly archiveHosts: readonly string[];
  /** Domains that nothing is sent to or fetched from, with everything below them. */
  readonly blockedEgressDomains: readonly string[];
  readonly jurisdiction: 'eu' | undefined;
  readonly journal: 'all' | 'acted' | 'off';
  readonly journalPayload: 'keep' | 'omit';
  readonly journalRetention: { readonly callback: number; readonly consent: number };
  /** How long a submitted message is kept for retries. */
  readonly messageRetention: number;
  /** How long recordings and media are kept. */
  readonly recordingRetention: number;
  /** The share of callbacks that are decided once more without the sieve. */
  readonly indexAuditRate: number;
  /** The needed settings that are not there, for `/healthz`. */
  readonly missing: readonly string[];
  /** A `DEST_*` secret. Any other name is refused, so that no rule file can send another secret out. */
  readonly destination: (name: string) => string | undefined;
}

const read = new WeakMap<object, Settings>();

/** Reads the settings of an environment, once. @throws AppError `not_configured`, naming the setting that is wrong, never its value */
export function readSettings(env: object): Settings {
  const known = read.get(env);
  if (known) return known;
  const settings = parseSettings(env);
  read.set(env, settings);
  return settings;
}

function parseSettings(env: object): Settings {
  const parsed = v.safeParse(SettingsSchema, env);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    throw new AppError(
      'not_configured',
      `setting ${v.getDotPath(issue) ?? ''}: ${issue.expected ? issue.message.replace(/ but received .*/, '') : 'is not valid'}`,
    );
  }
  const set = parsed.output;
  const { SINCH_PROJECT_ID: projectId, SINCH_KEY_ID: keyId, SINCH_KEY_SECRET: keySecret } = set;
  const [family, ...linked] = set.CONSENT_CHANNEL_GROUPS;
  const values = new Map(Object.entries(env));
  // As it was read: what is blank is not set.
  const given = new Map<string, unknown>(Object.entries(set));
  return {
    webhookSecrets: set.WEBHOOK_SECRETS,
    apiToken: set.API_TOKEN,
    apiTokens: set.API_TOKENS,
    dataKey: set.DATA_KEY,
    sinch:
      projectId && keyId && keySecret
        ? {
            projectId,
            keyId,
            keySecret,
            apiUrl: set.SINCH_API_URL ?? `https://${set.SINCH_REGION}.conversation.api.sinch.com`,
            authUrl: set.SINCH_AUTH_URL ?? 'https://auth.sinch.com',
          }
        : undefined,
    maxAge: set.SIGNATURE_MAX_AGE,
    maxRetryDelay: Math.min(set.MAX_RETRY_DELAY, 12 * HOUR),
    alertMaxWait: set.ALERT_MAX_WAIT,
    publicUrl: set.PUBLIC_URL,
    localSignInUrl: set.LOCAL_SIGN_IN_URL,
    families: Object.fromEntries(linked.map((channel) => [channel, family ?? channel])),
    archiveHosts: set.ARCHIVE_HOSTS,
    blockedEgressDomains: set.BLOCKED_EGRESS_DOMAINS.map((zone) => zone.toLowerCase()),
    jurisdiction: set.JURISDICTION,
    journal: set.JOURNAL,
    journalPayload: set.JOURNAL_PAYLOAD,
    journalRetention: { callback: set.JOURNAL_RETENTION, consent: set.CONSENT_JOURNAL_RETENTION },
    messageRetention: set.MESSAGE_RETENTION,
    recordingRetention: set.RECORDING_RETENTION,
    indexAuditRate: set.INDEX_AUDIT_RATE,
    missing: NEEDED.filter((name) => !given.get(name) && !(name === 'API_TOKEN' && set.API_TOKENS)),
    destination: (name) => {
      const value: unknown = name.startsWith('DEST_') ? values.get(name) : undefined;
      return typeof value === 'string' && value !== '' ? value : undefined;
    },
  };
}
