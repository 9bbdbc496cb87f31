import { openMail } from './alerts/mail.ts';
import { openDataKey } from './crypto/data-key.ts';
import { AppError } from './errors.ts';
import { type Later, openJournal } from './journal/journal.ts';
import { openObjects } from './objects/index.ts';
import { openRulebooks } from './objects/rulebooks/rulebooks-client.ts';
import { alertsOf, rulebooksInForce } from './pipeline/active-rulebooks.ts';
import { readSettings } from './settings/settings.ts';
import { openSinch } from './sinch/client.ts';
import { openShared } from './sinch/rate.ts';
import {
  type ConsentBackups,
  openConsentBackups,
} from './stores/consent-backups/consent-backup.ts';
import { type DeadLetters, openDeadLetters } from './stores/dead-letters.ts';
import { openContacts } from './stores/erasure/contacts.ts';
import { type Held, openHeld } from './stores/held/held.ts';
import { openArchive } from './stores/recordings/archive.ts';
import { openReviews, type ReviewStore } from './stores/reviews.ts';
import type { Services } from './work/services.ts';

const clock = (): number => Date.now();

/** For callers that have no `waitUntil`: the work goes on as long as it may. Only the journal's is given here, and it never rejects. */
const unwatched: Later = () => {};

/** What the requests of an environment share: nothing in it belongs to one of them. */
type Opened = Omit<Services, 'journal'> & {
  readonly deadLetters: DeadLetters;
  readonly reviews: ReviewStore;
  readonly consentBackups: ConsentBackups;
  readonly held: Held;
};

const opened = new WeakMap<object, Opened>();

/**
 * Everything a request or a batch needs, opened from the bindings, once for all that are served by the same ones.
 * @param later `waitUntil`: the journal is written when the answer is out, and nothing else may be
 * @throws AppError `not_configured`
 */
export function open(
  env: Env,
  later: Later = unwatched,
  now: () => number = clock,
): Opened & Pick<Services, 'journal'> {
  const known = opened.get(env);
  const services = known?.now === now ? known : openBindings(env, now);
  if (services !== known) opened.set(env, services);
  const { settings, dataKey, objects } = services;
  return {
    ...services,
    journal: openJournal(env, settings, dataKey, objects.recipients, now, later),
  };
}

function openBindings(env: Env, now: () => number): Opened {
  const settings = readSettings(env);
  const dataKey = openDataKey(settings.dataKey);
  const objects = openObjects(
    env,
    dataKey,
    settings.consentChannelGroups,
    settings.jurisdiction,
    settings.messageRetention,
  );
  const rulebooks = openRulebooks(env, settings.jurisdiction);
  const inForce = rulebooksInForce(env, rulebooks, now);
  return {
    now,
    settings,
    dataKey,
    objects,
    rulebooks: { kept: rulebooks, inForce },
    rulebook: async () => (await inForce.book()).rulebook,
    rulebookOf: async (version) => (await inForce.of(version)).rulebook,
    alerts: async () => alertsOf((await inForce.book()).alerts),
    sinch() {
      if (!settings.sinch)
        throw new AppError(
          'not_configured',
          'settings SINCH_PROJECT_ID, SINCH_KEY_ID and SINCH_KEY_SECRET: are not set',
        );
      return openSinch(
        settings.sinch,
        now,
        openShared(env.KV, dataKey, objects, settings.sinch.projectId, now),
      );
    },
    mail: openMail(env),
    effects: env.EFFECTS,
    callbacks: env.CALLBACKS,
    bodies: {
      keep: async (key, text) => void (await env.ARCHIVE.put(key, text)),
      read: async (key) => (await env.ARCHIVE.get(key))?.text(),
      drop: (key) => env.ARCHIVE.delete(key),
    },
    contacts: openContacts(env, dataKey, objects, now),
    archive: openArchive(env, objects.recipients, settings.archiveHosts, now),
    reviews: openReviews(env.DB, dataKey, objects),
    consentBackups: openConsentBackups(env, dataKey, objects.recipients),
    held: openHeld(env, dataKey, objects, now),
    deadLetters: openDeadLetters(env, dataKey, objects.recipients, now),
  };
}
