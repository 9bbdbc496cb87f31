import * as v from 'valibot';
import { milliseconds, saidDuration, Wait } from '../rules/model/values.ts';
import { addressOf, defineAction, type EffectFacts } from './action.ts';

/** How often a check that came back unknown is asked anew; after that the channel evidently does not tell. */
const AT_MOST = 5;

/** Sinch gives our request id back in the answer: how often we asked stands in it, so that nothing need be kept. */
const requestId = (count: number, callbackId: string): string => `signalbox.${count}.${callbackId}`;
const askedBefore = ({ request_id }: EffectFacts): number =>
  Number(/^signalbox\.(\d+)\./.exec(String(request_id))?.[1] ?? 0);

/** Asks Sinch again what a channel can do, each time twice as late. The answer is a CAPABILITY callback of its own. */
export const checkCapability = defineAction({
  name: 'check_capability',
  kind: 'effect',
  description: `Asks Sinch again what the channel can do for this person: at most ${AT_MOST} times, each twice as late as the one before.`,
  params: v.strictObject({ after: Wait }),
  requiredFacts: ['app_id', 'channel', 'identity'],
  carriesFacts: ['request_id'],
  triggersCallbacks: ['CAPABILITY_FULL', 'CAPABILITY_PARTIAL', 'NO_CAPABILITY'].map(
    (capability_status) => ({
      trigger: 'CAPABILITY',
      facts: { capability_status },
    }),
  ),
  delay: ({ after }, facts) => (milliseconds(after) / 1000) * 2 ** askedBefore(facts),
  summary: ({ after }) => `ask Sinch again after ${saidDuration(after)}`,
  async deliver(_, { effect, subject, sinch }) {
    const asked = askedBefore(effect.facts);
    if (asked >= AT_MOST) return { skipped: `asked ${AT_MOST} times: the channel does not tell` };
    await sinch().queryCapability(
      subject.appId,
      addressOf(subject),
      requestId(asked + 1, subject.callbackId),
    );
    return { did: 'asked Sinch again' };
  },
});
