import { mailing, secretsOf } from '../../alerts/config.ts';
import { formatTime } from '../../alerts/destinations/parts.ts';
import { openMail } from '../../alerts/mail.ts';
import { readHealth } from '../../api/operating/health.ts';
import { readSecrets } from '../../callbacks/signature.ts';
import { triggerNamed } from '../../callbacks/triggers/index.ts';
import { messageOf } from '../../errors.ts';
import { readSize, sizeProblem } from '../../journal/size.ts';
import { readHeartbeats } from '../../pipeline/heartbeats.ts';
import { open } from '../../services.ts';
import { build } from '../../settings/build.ts';
import { missingSettingNames, readSettings } from '../../settings/settings.ts';
import { backupProblems } from '../../stores/consent-backups/nightly-backup.ts';
import { countRecentQuarantine } from '../../stores/quarantine.ts';
import { reviewProblems } from '../../stores/review-deadlines.ts';
import { unseenTriggers } from '../../stores/seen-triggers.ts';
import { route } from '../route.ts';
import { readTokens } from '../token.ts';
import { capacityProblems } from './capacity.ts';
import { lag } from './queue-lag.ts';
import { rulebookHealth } from './rulebook-health.ts';

/** A queue whose oldest message is older than this (seconds) is behind. The queues of effects and forwards are exempt: retries are delayed there. */
const SLOW = 900;

/** Returns the triggers of enabled rules. */
const wanted = (
  rules: readonly { readonly enabled: boolean; readonly on: readonly string[] }[],
): readonly string[] =>
  [...new Set(rules.filter(({ enabled }) => enabled).flatMap(({ on }) => on))]
    // Other APIs are not connected by default, so their silence means nothing.
    .filter((name) => triggerNamed(name)?.api !== 'sms')
    .toSorted();

/** The last answer of each environment. Anyone may ask, and each answer takes some ten calls. */
const answers = new WeakMap<object, { readonly until: number; readonly body: Health }>();

type Health = Awaited<ReturnType<typeof healthOf>>;

/**
 * `GET /healthz`: 200, or 503 with the problems of settings, rules, queues, dead letters and quarantine. It needs no token, so it
 * contains no values. An answer is repeated for a few seconds (setting `HEALTH_CACHE`).
 */
export const healthRoutes = [
  route(readHealth, async (c) => {
    const now = Date.now();
    const known = answers.get(c.env);
    const body = known && now < known.until ? known.body : await healthOf(c.env);
    if (body !== known?.body) answers.set(c.env, { body, until: now + maxAge(c.env) });
    return c.json(body, body.ok ? 200 : 503);
  }),
];

/** How long an answer is repeated, in milliseconds. Wrong settings are a problem that the answer itself states. */
function maxAge(env: Env): number {
  try {
    return readSettings(env).healthCache;
  } catch {
    return 0;
  }
}

/** Returns the problems of settings, rules, queues, dead letters and quarantine. It contains no values. */
export async function healthOf(env: Env) {
  const troubles: string[] = build.errors.map(
    (error) => `${error} (the last good rules stay in force)`,
  );
  const check = async <T>(what: string, ask: () => T | Promise<T>): Promise<T | undefined> => {
    try {
      return await ask();
    } catch (error) {
      troubles.push(`${what}: ${messageOf(error)}`);
      return undefined;
    }
  };
  const settings = await check('settings', () => readSettings(env));
  for (const name of settings?.missing ?? missingSettingNames(env))
    troubles.push(`setting ${name} is not set`);
  if (settings?.apiToken || settings?.apiTokens)
    await check('settings', () => readTokens(settings));
  if (settings?.webhookSecrets) await check('settings', () => readSecrets(settings.webhookSecrets));
  if (settings?.webhookSecrets?.startsWith('["'))
    troubles.push(
      'setting WEBHOOK_SECRETS begins as a list and is taken for one secret: several are {"*": ["…", "…"]}',
    );
  const rules = await check('rules', () => rulebookHealth(env, settings?.jurisdiction));
  troubles.push(...(rules?.troubles ?? []));
  for (const name of rules ? secretsOf(rules.alerts) : []) {
    if (settings && !settings.destination(name))
      troubles.push(`setting ${name}, a destination of alerts.json, is not set`);
  }
  if (rules && !openMail(env)) {
    for (const name of mailing(rules.alerts))
      troubles.push(
        `the binding EMAIL is missing in wrangler.toml: destination ${name} of alerts.json needs it`,
      );
  }
  const failing = settings?.dataKey
    ? await check('alerts', () => open(env).objects.alerts.desk.circuits())
    : undefined;
  for (const { to, since, message } of failing ?? [])
    troubles.push(`${to} has failed since ${formatTime(since)}: ${message}`);
  const queues = {
    effects: await check('queue effects', () => lag(env.EFFECTS)),
    forwards: await check('queue forwards', () => lag(env.FORWARDS)),
    callbacks: await check('queue callbacks', () => lag(env.CALLBACKS)),
    journal: await check('queue journal', () => lag(env.JOURNAL_QUEUE)),
  };
  for (const name of ['callbacks', 'journal'] as const) {
    const waits = queues[name]?.oldest_seconds ?? 0;
    if (waits > SLOW) troubles.push(`queue ${name}: the oldest message waits ${waits} s`);
  }
  const deadLetters = settings?.dataKey
    ? await check('dead letters', () => open(env).deadLetters.count())
    : undefined;
  if (deadLetters)
    troubles.push(
      `${deadLetters} dead letter${deadLetters === 1 ? '' : 's'}: see signalbox dead-letters`,
    );
  const size =
    settings && (await check('journal', () => readSize(env.JOURNAL_DB, settings.journalMaxBytes)));
  const nearlyFull = size && sizeProblem(size);
  if (nearlyFull) troubles.push(nearlyFull);
  const capacity = settings?.dataKey
    ? await check('capacity', () => capacityProblems(env, open(env)))
    : undefined;
  troubles.push(...(capacity ?? []));
  const quarantine = await check('quarantine', () => countRecentQuarantine(Date.now(), env.DB));
  if (quarantine?.last_day)
    troubles.push(
      `${quarantine.last_day} signed callback${quarantine.last_day === 1 ? '' : 's'} of the last day cannot be read (the newest: ${quarantine.newest_code}): see signalbox quarantine`,
    );
  const refusals = settings?.dataKey
    ? await check('refusals', () => open(env).objects.refusals.read(Date.now()))
    : undefined;
  for (const { app, failures, since } of refusals?.apps ?? [])
    troubles.push(
      `${failures} signature${failures === 1 ? '' : 's'} of ${app === 'other' ? 'callbacks of this project' : `app ${app}`} failed since ${formatTime(since)} and none verified: see setting WEBHOOK_SECRETS`,
    );
  const heartbeats =
    settings?.dataKey && rules
      ? await check('heartbeats', () => readHeartbeats(rules.alerts, open(env)))
      : undefined;
  for (const { problem } of heartbeats ?? []) if (problem) troubles.push(problem);
  const backups = settings?.dataKey
    ? await check('backup of consent', () => {
        const { consentBackups, objects, now } = open(env);
        return backupProblems(consentBackups, objects.recipients, now());
      })
    : undefined;
  troubles.push(...(backups ?? []));
  const reviews = settings?.dataKey
    ? await check('reviews', () => {
        const opened = open(env);
        return reviewProblems(opened.reviews, settings.reviewDue, opened.now());
      })
    : undefined;
  troubles.push(...(reviews ?? []));
  // An unseen trigger is no problem by itself: the app may be quiet, or the subscription may be missing.
  const silent = rules
    ? await check('triggers', async () =>
        unseenTriggers(wanted((await open(env).rulebook()).rules), env),
      )
    : undefined;
  return {
    ok: troubles.length === 0,
    build: { version: build.version, commit: build.commit },
    troubles,
    rulebook: rules?.shown ?? null,
    queues,
    dead_letters: deadLetters ?? null,
    quarantine: quarantine ?? null,
    journal: size ? { bytes: size.bytes, share: size.share } : null,
    refused: (refusals?.refused ?? []).map(({ code, app, n: count }) => ({ code, app, count })),
    heartbeats: (heartbeats ?? []).map(({ problem: _, ...shown }) => shown),
    /** Triggers that rules use and that no callback has had: check their subscription. */
    unseen_triggers: silent ?? [],
  };
}
