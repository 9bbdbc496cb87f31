import { operations as alerts } from './alerts/alerts.ts';
import { operations as silences } from './alerts/silences.ts';
import { operations as changes } from './consent/changes.ts';
import { operations as consent } from './consent/consent.ts';
import { operations as erase } from './consent/erase.ts';
import { operations as imports } from './consent/import.ts';
import { operations as recipients } from './consent/recipients.ts';
import { operations as reviews } from './consent/reviews.ts';
import { operations as callbacks } from './decisions/callbacks.ts';
import { operations as decisions } from './decisions/decisions.ts';
import { operations as unsupported } from './decisions/unsupported.ts';
import { operations as batches } from './delivery/batches.ts';
import { operations as deliveryStats } from './delivery/delivery-stats.ts';
import { operations as messages } from './delivery/messages.ts';
import { operations as deadLetters } from './operating/dead-letters.ts';
import { operations as operating } from './operating/health.ts';
import { operations as me } from './operating/me.ts';
import { operations as overview } from './operating/overview.ts';
import { operations as pauses } from './operating/pauses.ts';
import { operations as quarantine } from './operating/quarantine.ts';
import { operations as recordings } from './operating/recordings.ts';
import { operations as senders } from './operating/senders.ts';
import { operations as catalogue } from './rulebooks/catalogue.ts';
import { operations as rulebooks } from './rulebooks/rulebooks.ts';
import { operations as samples } from './rulebooks/samples.ts';
import { operations as capabilityChecks } from './sending/capability-checks.ts';
import { operations as channels } from './sending/channels.ts';
import { operations as maySend } from './sending/may-send.ts';
import { operations as permits } from './sending/permits.ts';
import { operations as send } from './sending/send.ts';

/**
 * The operations by the heading under which the API description lists them, and what those under it are for. To add a group: its
 * file, and a line here.
 */
export const groups = {
  Callbacks: { about: 'What Sinch calls, and a trial without effect.', operations: callbacks },
  'May I send?': {
    about: 'For systems that send: ask, take permits, send through Signalbox, look up a message.',
    operations: [...maySend, ...permits, ...send],
  },
  'Which channel?': {
    about: 'On which channel a person is reached, and capability checks.',
    operations: [...channels, ...capabilityChecks],
  },
  Delivery: {
    about: 'Delivery figures, batches and messages.',
    operations: [...deliveryStats, ...batches, ...messages],
  },
  Recipients: {
    about: 'Who receives what: consent, its changes, imports, reviews, erasure.',
    operations: [...recipients, ...changes, ...imports, ...consent, ...reviews, ...erase],
  },
  Senders: { about: 'Ratings and limits of an app on a channel.', operations: senders },
  Rulebooks: {
    about: 'Versions of the rules, their vocabulary and samples.',
    operations: [...rulebooks, ...catalogue, ...samples],
  },
  Decisions: {
    about: 'What was decided about each callback, and why.',
    operations: [...decisions, ...unsupported],
  },
  Alerts: { about: 'Alerts and silences.', operations: [...alerts, ...silences] },
  Operations: {
    about: 'The state of the deployment: health, metrics, dead letters, pauses, recordings.',
    operations: [
      ...me,
      ...overview,
      ...operating,
      ...deadLetters,
      ...quarantine,
      ...pauses,
      ...recordings,
    ],
  },
} as const;

/** All operations. A test compares this list with the routes of the app. */
export const operations: readonly AnyOperation[] = Object.values(groups).flatMap<AnyOperation>(
  ({ operations }) => operations,
);
export type AnyOperation = (typeof groups)[keyof typeof groups]['operations'][number];
