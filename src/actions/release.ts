import * as v from 'valibot';
import { described } from '../rules/model/values.ts';
import { defineAction } from './action.ts';
import { senderOf } from './parts/sender.ts';

/** Ends the throttles that were set before the event; a later limit stays. */
export const release = defineAction({
  name: 'release',
  kind: 'state',
  description: 'Ends the throttles of one rule, or all of the sender’s.',
  params: v.strictObject({
    rule: v.optional(
      described('The rule whose limit ends. Without it, all limits of the sender end.', v.string()),
    ),
  }),
  requiredFacts: ['app_id', 'channel'],
  holdable: true,
  budget: { count: 100, within: '1h', over: 'hold' },
  summary: ({ rule }) => (rule ? `end the limit set by ${rule}` : 'end all limits of this sender'),
  references: { rule: 'rule' },
  undoes: ({ rule }, other) =>
    other.action === 'throttle' && (rule === undefined || rule === other.rule),
  run: async ({ rule }, { key, subject, objects }) => {
    await senderOf(subject, objects).release({
      ...(rule ? { rule } : {}),
      at: subject.eventTime,
      callbackId: subject.callbackId,
      once: key,
    });
  },
});
