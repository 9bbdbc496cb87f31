import * as v from 'valibot';
import {
  Content,
  Duration,
  milliseconds,
  Rate,
  saidDuration,
  saidRate,
} from '../rules/model/values.ts';
import { defineAction } from './action.ts';
import { senderOf } from './parts/sender.ts';

/** Limits how fast a sender may send. Each rule has one limit, the strictest that is active counts; an older event changes nothing. */
export const throttle = defineAction({
  name: 'throttle',
  kind: 'state',
  description:
    'Limits how fast the sender (app and channel) may send. One limit a rule; the strictest that is active counts.',
  params: v.strictObject({
    to: Rate,
    for: Duration,
    content: v.optional(Content, 'marketing'),
    ramp: v.optional(v.pipe(v.array(Rate), v.maxLength(14)), []),
    hold: v.optional(Duration),
  }),
  requiredFacts: ['app_id', 'channel'],
  summary: ({ to, for: life, content, ramp, hold }) =>
    [
      `limit ${content} to ${saidRate(to)} for ${saidDuration(life)}`,
      ...(ramp.length > 0 ? [`then to ${ramp.map(saidRate).join(' and ')} for a day each`] : []),
      ...(hold ? [`holding on for ${saidDuration(hold)} after it is taken back`] : []),
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
