import * as v from 'valibot';
import { addressOf, defineAction } from './action.ts';

/** Opens a review: "please stop texting me" is no STOP keyword, but may be one in law, so a person decides. */
export const review = defineAction({
  name: 'review',
  kind: 'effect',
  description:
    'Opens a review of the message: a person decides whether it was a STOP (GET /v1/reviews).',
  params: v.strictObject({ because: v.pipe(v.string(), v.nonEmpty()) }),
  templates: ['because'],
  requiredFacts: ['channel', 'identity'],
  carriesFacts: ['text'],
  holdable: true,
  budget: { count: 500, within: '1h', over: 'run' },
  summary: () => 'ask a person to decide whether it is a STOP',
  async deliver({ because }, { effect, subject, review: open }) {
    const { text } = effect.facts;
    const id = await open({
      kind: 'near-miss',
      key: effect.key,
      rule: effect.rule.name,
      callbackId: subject.callbackId,
      at: subject.eventTime,
      receivedAt: subject.receivedAt,
      reason: because,
      addresses: [{ address: addressOf(subject) }],
      ...(typeof text === 'string' ? { text } : {}),
    });
    return { did: `review ${id ?? ''} is open` };
  },
});
