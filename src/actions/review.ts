import * as v from 'valibot';
import { described } from '../rules/model/values.ts';
import { addressOf, defineAction } from './action.ts';
import { changeConsent } from './parts/consent.ts';
import { OWN_REPORTS } from './parts/own-reports.ts';

/** The key of the hold that a review puts on a person. */
const holdKey = (key: string): string => `review/${key}`;

/**
 * Opens a review: "please stop texting me" is no STOP keyword, but may be one in law, so a person decides. Until then marketing to
 * the sender of the message is not allowed; a pause delays the review, not that.
 */
export const review = defineAction({
  name: 'review',
  kind: 'effect',
  description:
    'Opens a review of the message: a person decides whether it was a STOP (GET /v1/reviews). Until then marketing to the person is not allowed; undecided when it is due (setting REVIEW_DUE), marketing is suppressed.',
  params: v.strictObject({
    because: described('Why a person should look at it.', v.pipe(v.string(), v.nonEmpty())),
  }),
  templates: ['because'],
  requiredFacts: ['channel', 'identity'],
  carriesFacts: ['text'],
  isMeaningless: (trigger) => OWN_REPORTS.includes(trigger),
  holdable: true,
  budget: { count: 500, within: '1h', over: 'run' },
  summary: () => 'ask a person to decide whether it is a STOP, and send no marketing until then',
  prepare: (_, context) =>
    changeConsent('marketing', 'hold', { ...context, key: holdKey(context.key) }),
  async deliver({ because }, { effect, subject, review: open }) {
    const { text } = effect.facts;
    const id = await open({
      kind: 'near-miss',
      hold: holdKey(effect.key),
      appId: subject.appId,
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
