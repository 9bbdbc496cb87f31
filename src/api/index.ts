import { operations as alerts } from './alerts.ts';
import { operations as batches } from './batches.ts';
import { operations as callbacks } from './callbacks.ts';
import { operations as capabilityChecks } from './capability-checks.ts';
import { operations as catalogue } from './catalogue.ts';
import { operations as changes } from './changes.ts';
import { operations as channels } from './channels.ts';
import { operations as consent } from './consent.ts';
import { operations as deadLetters } from './dead-letters.ts';
import { operations as decisions } from './decisions.ts';
import { operations as deliveryStats } from './delivery-stats.ts';
import { operations as erase } from './erase.ts';
import { operations as imports } from './import.ts';
import { operations as maySend } from './may-send.ts';
import { operations as me } from './me.ts';
import { operations as messages } from './messages.ts';
import { operations as operating } from './operations.ts';
import { operations as overview } from './overview.ts';
import { operations as pauses } from './pauses.ts';
import { operations as permits } from './permits.ts';
import { operations as quarantine } from './quarantine.ts';
import { operations as recipients } from './recipients.ts';
import { operations as recordings } from './recordings.ts';
import { operations as reviews } from './reviews.ts';
import { operations as rulebooks } from './rulebooks.ts';
import { operations as samples } from './samples.ts';
import { operations as send } from './send.ts';
import { operations as senders } from './senders.ts';
import { operations as silences } from './silences.ts';
import { operations as unsupported } from './unsupported.ts';

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
