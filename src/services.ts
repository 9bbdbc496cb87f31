import { openMail } from './alerts/mail.ts';
import { openDataKey } from './crypto/data-key.ts';
import { AppError } from './errors.ts';
import { openJournal } from './journal/journal.ts';
import type { Later } from './journal/note-queue.ts';
import { openObjects } from './objects/index.ts';
import { type MetricsWriter, openMetrics } from './objects/metrics/metrics-client.ts';
import { openRulebooks } from './objects/rulebooks/rulebooks-client.ts';
import { alertsOf, rulebooksInForce } from './pipeline/active-rulebooks.ts';
import { readSettings, type Settings } from './settings/settings.ts';
import { type Callers, openCallers } from './sinch/callers.ts';
import { openSinch } from './sinch/client.ts';
import { openShared } from './sinch/rate.ts';
import { openShares, type Shares } from './sinch/shares.ts';
import { emptyTokenMemory } from './sinch/token.ts';
import { openBodies } from './stores/bodies.ts';
import {
  type ConsentBackups,
  openConsentBackups,
} from './stores/consent-backups/consent-backup.ts';
import { type DeadLetters, openDeadLetters } from './stores/dead-letters.ts';
import { openContacts } from './stores/erasure/contacts.ts';
import { type Held, openHeld } from './stores/held/held.ts';
import { openArchive } from './stores/recordings/archive.ts';
import { openReviews, type ReviewStore } from './stores/reviews.ts';
import { openUnsupported, type Unsupported } from './stores/unsupported.ts';
import type { Services } from './work/services.ts';

const clock = (): number => Date.now();

/** For callers without `waitUntil`: the work may be cut off. Only the journal uses it, and its promises never reject. */
const unwatched: Later = () => {};

/** The services that all requests of an environment share; none holds anything of a single request. */
type Opened = Omit<Services, 'journal' | 'later' | 'metrics'> & {
  readonly deadLetters: DeadLetters;
  readonly reviews: ReviewStore;
  readonly unsupported: Unsupported;
  readonly consentBackups: ConsentBackups;
  readonly held: Held;
  /** @throws AppError `not_configured` without SINCH_* settings */
  readonly callers: () => Callers;
  readonly shares: Shares;
};

/** What `open` gives: all that an event needs. */
export type OpenServices = Opened & Pick<Services, 'journal' | 'later' | 'metrics'>;

/** Takes one protection out of the services of an environment, or leaves all of them as they are. */
export type Protections = (services: OpenServices) => OpenServices;

const opened = new WeakMap<object, Opened>();
const protections = new WeakMap<object, Protections>();

/**
 * Opens an environment's services with other protections from then on. The fault simulator proves with it that it notices when one
 * is missing. No setting leads here: in production every protection is on.
 */
export const openWith = (env: object, change: Protections): void => {
  protections.set(env, change);
};

/**
 * Opens the services of a request or a queue batch. All but the journal are opened once for each environment.
 * @param later `waitUntil`: the journal is written after the response, and audits run after it
 * @throws AppError `not_configured`
 */
export function open(env: Env, later: Later = unwatched, now: () => number = clock): OpenServices {
  const known = opened.get(env);
  const services = known?.now === now ? known : openBindings(env, now);
  if (services !== known) opened.set(env, services);
  const { settings, dataKey, objects } = services;
  let journal: Services['journal'] | undefined;
  let metrics: MetricsWriter | undefined;
  const all = {
    ...services,
    later,
    // Opened when it is first written to: most requests do so after the response is decided, or never.
    get journal() {
      journal ??= openJournal(env, settings, dataKey, objects.recipients, now, later, {
        interval: later === unwatched ? undefined : settings.journalInterval,
        wait: (ms) => scheduler.wait(ms),
      });
      return journal;
    },
    get metrics() {
      metrics ??= openMetrics(env, metricsObjects(env, settings), {
        interval: settings.metricsInterval,
        later: later === unwatched ? undefined : later,
        wait: (ms) => scheduler.wait(ms),
      });
      return metrics;
    },
  };
  return protections.get(env)?.(all) ?? all;
}

const metricsObjects = ({ METRICS }: Env, { jurisdiction }: Settings) =>
  jurisdiction ? METRICS.jurisdiction(jurisdiction) : METRICS;

/** Returns the access to Sinch. @throws AppError `not_configured` */
function accessIn({ sinch }: Settings): NonNullable<Settings['sinch']> {
  if (sinch) return sinch;
  throw new AppError(
    'not_configured',
    'settings SINCH_PROJECT_ID, SINCH_KEY_ID and SINCH_KEY_SECRET: are not set',
  );
}

function openBindings(env: Env, now: () => number): Opened {
  const settings = readSettings(env);
  const dataKey = openDataKey(settings.dataKey, settings.dataKeys);
  const objects = openObjects(
    env,
    dataKey,
    settings.consentChannelGroups,
    settings.jurisdiction,
    settings.messageRetention,
    settings.consentStopScope,
  );
  const rulebooks = openRulebooks(env, settings.jurisdiction);
  const inForce = rulebooksInForce(env, rulebooks, now);
  const token = emptyTokenMemory();
  let callers: Callers | undefined;
  return {
    now,
    settings,
    dataKey,
    objects,
    rulebooks: { kept: rulebooks, inForce },
    rulebook: async () => (await inForce.current()).rulebook,
    rulebookOf: async (version) => (await inForce.of(version)).rulebook,
    alerts: async () => alertsOf((await inForce.current()).alerts),
    sinch: () =>
      openSinch(
        accessIn(settings),
        now,
        openShared(env.KV, dataKey, objects, accessIn(settings).projectId, now, token),
      ),
    callers() {
      callers ??= openCallers(
        accessIn(settings),
        dataKey.hash,
        { address: env.LOOKUPS_PER_ADDRESS, credential: env.LOOKUPS_PER_CREDENTIAL },
        now,
        (ms) => scheduler.wait(ms),
      );
      return callers;
    },
    shares: openShares(now),
    mail: openMail(env),
    effects: env.EFFECTS,
    forwards: env.FORWARDS,
    callbacks: env.CALLBACKS,
    bodies: openBodies(env.ARCHIVE),
    contacts: openContacts(env, dataKey, objects, now),
    archive: openArchive(env, objects.recipients, settings.archiveHosts, now),
    unsupported: openUnsupported(env.DB, dataKey, objects.recipients.personOf),
    reviews: openReviews(env.DB, dataKey, objects, settings.reviewDue),
    consentBackups: openConsentBackups(env, dataKey, objects.recipients),
    held: openHeld(env, dataKey, objects, now),
    deadLetters: openDeadLetters(env, dataKey, objects, now),
  };
}
