import { operations as alerts } from './alerts.ts';
import { operations as batches } from './batches.ts';
import { operations as callbacks } from './callbacks.ts';
import { operations as catalogue } from './catalogue.ts';
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

/** The operations by the heading under which the API description lists them. To add a group: its file, and a line here. */
export const groups = {
  Callbacks: callbacks,
  'May I send?': [...maySend, ...permits, ...send],
  Delivery: [...deliveryStats, ...batches, ...messages],
  Recipients: [...recipients, ...imports, ...consent, ...reviews, ...erase],
  Senders: senders,
  Rulebooks: [...rulebooks, ...catalogue, ...samples],
  Decisions: decisions,
  Alerts: [...alerts, ...silences],
  Operations: [
    ...me,
    ...overview,
    ...operating,
    ...deadLetters,
    ...quarantine,
    ...pauses,
    ...recordings,
  ],
} as const;

/** What the operations under each heading are for. */
export const headings: Readonly<Record<keyof typeof groups, string>> = {
  Callbacks: 'What Sinch calls, and a trial without effect.',
  'May I send?':
    'For systems that send: ask, take permits, send through Signalbox, look up a message.',
  Recipients: 'Who receives what: consent, imports, reviews, erasure.',
  Senders: 'Ratings and limits of an app on a channel.',
  Rulebooks: 'Versions of the rules, their vocabulary and samples.',
  Decisions: 'What was decided about each callback, and why.',
  Delivery: 'Delivery figures, batches and channels.',
  Alerts: 'Alerts and silences.',
  Operations: 'The state of the deployment: health, metrics, dead letters, pauses, recordings.',
};

/** All operations. A test compares this list with the routes of the app. */
export const operations = Object.values(groups).flat();
export type AnyOperation = (typeof operations)[number];
