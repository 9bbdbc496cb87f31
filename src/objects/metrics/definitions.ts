import { defineMetric } from './metric.ts';

/** Milliseconds to some seconds. Sinch gives up on an answer after about ten seconds. */
const FAST = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** Seconds to a day: what waits on a queue, or for a retry. */
const SLOW = [1, 5, 15, 60, 300, 900, 3_600, 14_400, 43_200, 86_400];

export const callbacksTotal = defineMetric({
  kind: 'counter',
  name: 'signalbox_callbacks_total',
  help: 'Callbacks by what became of them: fired (a rule fired), unmatched (none did), failed (a rule could not be decided and none fired), deferred (put on the queue, and counted again when decided) or quarantined (cannot be read).',
  labels: ['trigger', 'channel', 'outcome'],
});

export const refusedTotal = defineMetric({
  kind: 'counter',
  name: 'signalbox_callbacks_refused_total',
  help: 'Refused callbacks by error code and app; apps that no setting names are "other".',
  labels: ['code', 'app'],
});

export const rulesTotal = defineMetric({
  kind: 'counter',
  name: 'signalbox_rules_total',
  help: 'Outcomes of rules: fired, or erred (could not be decided).',
  labels: ['rule', 'outcome'],
});

export const actionsTotal = defineMetric({
  kind: 'counter',
  name: 'signalbox_actions_total',
  help: 'Actions at the decision: done, failed, queued (an effect), waiting (held) or noted.',
  labels: ['action', 'outcome'],
});

export const effectsTotal = defineMetric({
  kind: 'counter',
  name: 'signalbox_effects_total',
  help: 'Effects from the queue: done, skipped, waiting, retried (failed, tried again) or failed (a dead letter).',
  labels: ['action', 'outcome'],
});

export const gatewayTotal = defineMetric({
  kind: 'counter',
  name: 'signalbox_gateway_requests_total',
  help: 'Requests to /send by call and status; 2xx are answers of Sinch.',
  labels: ['call', 'status'],
});

export const gatewayRefusalsTotal = defineMetric({
  kind: 'counter',
  name: 'signalbox_gateway_refusals_total',
  help: 'Requests to /send that Signalbox refused, by error code.',
  labels: ['code'],
});

export const forwardsTotal = defineMetric({
  kind: 'counter',
  name: 'signalbox_forwards_total',
  help: 'Tries to forward a callback by destination: sent, unavailable, refused or gone.',
  labels: ['destination', 'status'],
});

export const alertsTotal = defineMetric({
  kind: 'counter',
  name: 'signalbox_alerts_total',
  help: 'Messages to destinations of alerts: sent, later (failed, tried again), held (the destination is left alone) or refused.',
  labels: ['destination', 'outcome'],
});

export const callbackSeconds = defineMetric({
  kind: 'histogram',
  name: 'signalbox_callback_duration_seconds',
  help: 'From the receipt of a callback to its answer. The clock of a Worker stands still while it computes.',
  labels: ['trigger'],
  buckets: FAST,
});

export const queueSeconds = defineMetric({
  kind: 'histogram',
  name: 'signalbox_queue_wait_seconds',
  help: 'How long a message waited before its first try, a delay that an action asks for included.',
  labels: ['queue'],
  buckets: SLOW,
});

export const effectSeconds = defineMetric({
  kind: 'histogram',
  name: 'signalbox_effect_delay_seconds',
  help: 'From the event of a callback to an effect that is done. For the action retry: from the failure to the retry.',
  labels: ['action'],
  buckets: SLOW,
});

export const lastCallback = defineMetric({
  kind: 'latest',
  name: 'signalbox_last_callback_timestamp_seconds',
  help: 'When the newest callback of a trigger arrived, in seconds since 1970.',
  labels: ['trigger'],
});

/** Every metric that is counted. To add one: a definition above, and a line here. */
export const metrics = [
  callbacksTotal,
  refusedTotal,
  rulesTotal,
  actionsTotal,
  effectsTotal,
  gatewayTotal,
  gatewayRefusalsTotal,
  forwardsTotal,
  alertsTotal,
  callbackSeconds,
  queueSeconds,
  effectSeconds,
  lastCallback,
] as const;
