import * as v from 'valibot';
import {
  Content,
  Duration,
  described,
  formatDuration,
  formatRate,
  milliseconds,
  perSecond,
  Rate,
} from '../rules/model/values.ts';
import { defineAction } from './action.ts';
import { senderOf } from './parts/sender.ts';

/** Facts that `until` may name: the channel's own statement of when a limit ends. */
const ENDS = ['restricted_until'] as const;

/** The longest limit that a fact may set: 90 days. A wrong time must not stop a sender for years. */
const LONGEST = 90 * 86_400_000;

/** Limits the send rate of a sender. Each rule sets one limit; the strictest active limit applies. An older event changes nothing. */
export const throttle = defineAction({
  name: 'throttle',
  kind: 'state',
  description:
    'Limits the send rate of the sender (app and channel). Each rule sets one limit; the strictest active limit applies. With until, the limit ends when that fact says; for is used where the fact is missing or past.',
  params: v.strictObject({
    to: described('The most that the sender may send. 0 stops it.', Rate),
    for: described('How long the limit lasts.', Duration),
    until: v.optional(
      described(
        'A fact of the callback that states when the limit ends, in place of for.',
        v.picklist(ENDS),
      ),
    ),
    content: v.optional(described('Which messages it limits.', Content), 'marketing'),
    ramp: v.optional(
      described(
        'Rates after the limit, a day each, so that the volume comes back in steps.',
        v.pipe(v.array(Rate), v.maxLength(14)),
      ),
      [],
    ),
    hold: v.optional(
      described(
        'How long the limit stays after a release, in case the good news does not last.',
        Duration,
      ),
    ),
  }),
  requiredFacts: ['app_id', 'channel'],
  carriesFacts: ENDS,
  holdable: true,
  budget: { count: 100, within: '1h', over: 'run' },
  undoneBy: 'signalbox throttle <app> <channel> --lift',
  summary: ({ to, for: life, until, content, ramp, hold }) =>
    [
      `limit ${content} to ${formatRate(to)} ${until ? `until ${until}, else ` : ''}for ${formatDuration(life)}`,
      ...(ramp.length > 0 ? [`then to ${ramp.map(formatRate).join(' and ')} for a day each`] : []),
      ...(hold ? [`kept for ${formatDuration(hold)} after its release`] : []),
    ].join(', '),
  doubts: ({ to, ramp }) =>
    [to, ...ramp].flatMap((rate, at, rates) => {
      const before = rates[at - 1];
      if (before === undefined || perSecond(rate) > perSecond(before)) return [];
      return {
        param: ['ramp', at - 1],
        code: 'ramp-below-limit' as const,
        message: `the step ${formatRate(rate)} is not above ${formatRate(before)} before it: the ramp would not raise the limit`,
        hint: 'write the steps in growing order, all above "to"',
      };
    }),
  run: async (
    { to, for: life, until, content, ramp, hold },
    { key, subject, rule, fact, objects },
  ) => {
    const { eventTime } = subject;
    const end = until && fact(until);
    await senderOf(subject, objects).limit({
      rule,
      rate: to,
      content,
      until:
        typeof end === 'number' && end > eventTime
          ? Math.min(end, eventTime + LONGEST)
          : eventTime + milliseconds(life),
      at: eventTime,
      callbackId: subject.callbackId,
      once: key,
      ramp,
      ...(hold ? { hold: milliseconds(hold) } : {}),
    });
  },
});
