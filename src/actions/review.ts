import * as v from 'valibot';
import { addressOf, defineAction } from './action.ts';

/** Asks a person to decide: "please stop texting me" is no STOP for a machine, and may well be one for the law. */
export const review = defineAction({
  name: 'review',
  kind: 'effect',
  description:
    'Puts the message before a person, who decides with one call whether it was a STOP (GET /v1/reviews).',
  params: v.strictObject({ because: v.pipe(v.string(), v.nonEmpty()) }),
  templates: ['because'],
  requiredFacts: ['channel', 'identity'],
  carriesFacts: ['text'],
  summary: () => 'ask a person to decide whether it is a STOP',
  async deliver({ because }, { effect, subject, review: ask }) {
    const { text } = effect.facts;
    const id = await ask({
      kind: 'near-miss',
      key: effect.key,
      rule: effect.rule.name,
      callbackId: subject.callbackId,
      at: subject.eventTime,
      reason: because,
      addresses: [{ address: addressOf(subject) }],
      ...(typeof text === 'string' ? { text } : {}),
    });
    return { did: `review ${id ?? ''} is open` };
  },
});
