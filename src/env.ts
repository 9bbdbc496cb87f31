import * as v from 'valibot';
import { AppError } from './errors.ts';

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
  MAX_AGE: v.optional(Milliseconds, '24h'),
  MAX_RETRY_DELAY: v.optional(Milliseconds, '12h'),
  MAX_ALERT_WAIT: v.optional(Milliseconds),
  PUBLIC_URL: v.optional(v.pipe(v.string(), v.url('expected an address like "https://signalbox.example.com"'))),
  LINKED_CHANNELS: v.optional(Names, 'SMS,MMS'),
  ARCHIVE_HOSTS: v.optional(Names, 'sinch.com'),
  JURISDICTION: v.optional(v.picklist(['eu'])),
  JOURNAL: v.optional(v.picklist(['all', 'acted', 'off']), 'all'),
  JOURNAL_PAYLOAD: v.optional(v.picklist(['keep', 'omit']), 'omit'),
  JOURNAL_KEPT: v.optional(Milliseconds, '14d'),
  JOURNAL_KEPT_CONSENT: v.optional(Milliseconds, '400d'),
  SIEVE_AUDIT: v.optional(Share, '0.001'),
});

/** What a deployment may set: one name a line, in words. The README's table is drawn from here. */
export const SETTINGS: readonly {
  readonly name: string;
  readonly secret: boolean;
  readonly needed: boolean;
  /** Not needed where this one is set. */
  readonly unless?: string;
  readonly says: string;
}[] = [
  {
    name: 'WEBHOOK_SECRETS',
    secret: true,
    needed: true,
    says: 'The webhook secret as it is, or JSON from app id (`*` for all others) to a list of secrets.',
  },
  {
    name: 'API_TOKEN',
    secret: true,
    needed: true,
    unless: 'API_TOKENS',
    says: 'Who bears it may do everything at `/v1/*`: `Authorization: Bearer <API_TOKEN>`.',
  },
  {
    name: 'API_TOKENS',
    secret: true,
    needed: false,
    says: 'More tokens, each with its roles of `read`, `send`, `author`, `admin`: `{"<name>": {"token": "…", "roles": ["read"]}}`. With it, `API_TOKEN` may be left out. See [Tokens](#tokens).',
  },
  {
    name: 'DATA_KEY',
    secret: true,
    needed: true,
    says: 'Hash and encryption keys are derived from it. At least 32 characters; it stays what it was at first deployment.',
  },
  {
    name: 'SINCH_PROJECT_ID',
    secret: false,
    needed: true,
    says: 'The Sinch project that retries and capability checks go to.',
  },
  { name: 'SINCH_KEY_ID', secret: false, needed: true, says: 'The access key of that project.' },
  { name: 'SINCH_KEY_SECRET', secret: true, needed: true, says: 'Its secret.' },
  {
    name: 'SINCH_REGION',
    secret: false,
    needed: false,
    says: '`us`, `eu` (default) or `br`: the region of the Conversation API app.',
  },
  {
    name: 'DEST_*',
    secret: true,
    needed: false,
    says: 'Addresses and keys of destinations; the only secrets that `rules/alerts.json` may name.',
  },
  {
    name: 'MAX_AGE',
    secret: false,
    needed: false,
    says: 'How old a signature may be, default `24h`: Sinch does not re-sign what it sends again.',
  },
  {
    name: 'MAX_RETRY_DELAY',
    secret: false,
    needed: false,
    says: 'The longest wait before a retry, default `12h`, the most a queue can.',
  },
  {
    name: 'PUBLIC_URL',
    secret: false,
    needed: false,
    says: 'The address of this Worker, like `https://signalbox.example.com`: alerts link to it.',
  },
  {
    name: 'MAX_ALERT_WAIT',
    secret: false,
    needed: false,
    says: 'No alert waits longer for more of the same, whatever its route says. Not set in production; `npm start` sets `1s`.',
  },
  {
    name: 'LINKED_CHANNELS',
    secret: false,
    needed: false,
    says: 'Channels that share one consent, default `SMS,MMS`. Fixed at first deployment.',
  },
  {
    name: 'ARCHIVE_HOSTS',
    secret: false,
    needed: false,
    says: 'Hosts (and their subdomains) that `archive` may fetch from, comma-separated; default `sinch.com`.',
  },
  {
    name: 'JURISDICTION',
    secret: false,
    needed: false,
    says: '`eu` keeps Durable Objects in the EU. Fixed at first deployment.',
  },
  {
    name: 'JOURNAL',
    secret: false,
    needed: false,
    says: 'Which callbacks go on record: `all` (default), `acted` (only where a rule fired, or failed), `off`.',
  },
  {
    name: 'JOURNAL_PAYLOAD',
    secret: false,
    needed: false,
    says: '`keep` keeps each callback whole, encrypted; `omit` (default) keeps no text and no contact’s data.',
  },
  {
    name: 'JOURNAL_KEPT',
    secret: false,
    needed: false,
    says: 'How long a record is kept, default `14d`.',
  },
  {
    name: 'JOURNAL_KEPT_CONSENT',
    secret: false,
    needed: false,
    says: 'How long a record of consent given or withdrawn is kept, default `400d`.',
  },
  {
    name: 'SIEVE_AUDIT',
    secret: false,
    needed: false,
    says: 'Which share of callbacks is decided once more by json-rules-engine alone, default `0.001`. A difference is a critical alert. `0` is none.',
  },
  { name: 'SINCH_API_URL', secret: false, needed: false, says: 'Another address for the Conversation API, for tests.' },
  {
    name: 'SINCH_AUTH_URL',
    secret: false,
    needed: false,
    says: 'Another address for Sinch’s OAuth2 server, for tests.',
  },
];

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
  readonly maxAlertWait: number | undefined;
  /** Where this Worker is reached from outside, for links in alerts. */
  readonly publicUrl: string | undefined;
  readonly families: Readonly<Record<string, string>>;
  readonly archiveHosts: readonly string[];
  readonly jurisdiction: 'eu' | undefined;
  readonly journal: 'all' | 'acted' | 'off';
  readonly journalPayload: 'keep' | 'omit';
  readonly journalKept: { readonly callback: number; readonly consent: number };
  /** The share of callbacks that are decided once more without the sieve. */
  readonly sieveAudit: number;
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
  const [family, ...linked] = set.LINKED_CHANNELS;
  const values = new Map(Object.entries(env));
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
    maxAge: set.MAX_AGE,
    maxRetryDelay: Math.min(set.MAX_RETRY_DELAY, 12 * HOUR),
    maxAlertWait: set.MAX_ALERT_WAIT,
    publicUrl: set.PUBLIC_URL,
    families: Object.fromEntries(linked.map((channel) => [channel, family ?? channel])),
    archiveHosts: set.ARCHIVE_HOSTS,
    jurisdiction: set.JURISDICTION,
    journal: set.JOURNAL,
    journalPayload: set.JOURNAL_PAYLOAD,
    journalKept: { callback: set.JOURNAL_KEPT, consent: set.JOURNAL_KEPT_CONSENT },
    sieveAudit: set.SIEVE_AUDIT,
    missing: SETTINGS.filter(
      ({ name, needed, unless }) => needed && !values.get(name) && !(unless && values.get(unless)),
    ).map(({ name }) => name),
    destination: (name) => {
      const value: unknown = name.startsWith('DEST_') ? values.get(name) : undefined;
      return typeof value === 'string' && value !== '' ? value : undefined;
    },
  };
}
