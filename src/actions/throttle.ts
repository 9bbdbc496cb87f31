import * as v from 'valibot';
import {
  Content,
  Duration,
  formatDuration,
  formatRate,
  milliseconds,
  Rate,
} from '../rules/model/values.ts';
import { defineAction } from './action.ts';
import { senderOf } from './parts/sender.ts';

/** Limits the send rate of a sender. Each rule sets one limit; the strictest active limit applies. An older event changes nothing. */
export const throttle = defineAction({
  name: 'throttle',
  kind: 'state',
  description:
    'Limits the send rate of the sender (app and channel). Each rule sets one limit; the strictest active limit applies.',
  params: v.strictObject({
    to: Rate,
    for: Duration,
    content: v.optional(Content, 'marketing'),
    ramp: v.optional(v.pipe(v.array(Rate), v.maxLength(14)), []),
    hold: v.optional(Duration),
  }),
  requiredFacts: ['app_id', 'channel'],
  holdable: true,
  budget: { count: 100, within: '1h', over: 'run' },
  undoneBy: 'signalbox throttle <app> <channel> --lift',
  summary: ({ to, for: life, content, ramp, hold }) =>
    [
      `limit ${content} to ${formatRate(to)} for ${formatDuration(life)}`,
      ...(ramp.length > 0 ? [`then to ${ramp.map(formatRate).join(' and ')} for a day each`] : []),
      ...(hold ? [`kept for ${formatDuration(hold)} after its release`] : []),
    ].join(', '),
  run: async ({ to, for: life, content, ramp, hold }, { key, subject, rule, objects }) => {
    await senderOf(subject, objects).limit({
      rule,
      rate: to,
      content,
      until: subject.eventTime + milliseconds(life),
      at: subject.eventTime,
      callbackId: subject.callbackId,
      once: key,
      ramp,
      ...(hold ? { hold: milliseconds(hold) } : {}),
    });
  },
});
