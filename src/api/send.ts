import * as v from 'valibot';
import { Reason } from './may-send.ts';
import { defineOperation, Problem } from './operation.ts';

/** Why a message was not passed on. `recipient` is the place in the request, from 0; no address is repeated. */
export const SendRefused = v.looseObject({
  ...Problem.entries,
  reasons: v.array(v.object({ recipient: v.number(), channel: v.string(), ...Reason.entries })),
});
export type SendRefused = v.InferOutput<typeof SendRefused>;

export const sendMessage = defineOperation({
  name: 'sendMessage',
  method: 'post',
  path: '/send/v1/projects/:project/messages:send',
  role: 'sinch',
  summary: 'Send through Signalbox',
  description:
    'The request that you make to Sinch today, with another base URL. What consent forbids and what the throttle holds back is refused; the rest goes to Sinch byte for byte, and Sinch’s answer comes back as it is. A request without message_content_type counts as marketing, the strictest. With the header `Prefer: wait=10` (RFC 7240; seconds, 30 at most) what the throttle holds back waits inside for its turn and is refused only if that would come later.',
  params: { project: v.string() },
  body: { type: 'application/json', description: 'Sinch’s SendMessageRequest.' },
  responses: {
    200: {
      description:
        'Sinch’s own answer: {message_id, accepted_time}. Any other status of Sinch comes back as it is, too.',
      content: { type: 'application/json', description: 'Sinch’s own.' },
    },
    403: { description: '`consent_forbids`: nothing was sent.', content: SendRefused },
    429: {
      description:
        '`throttled`: the sender is limited, or all that Sinch allows the project is used up; nothing was sent, and Retry-After says when to try again. With `Prefer: wait`, when that is later than the wait. A 429 of Sinch’s own comes back as it is, and slows everybody down.',
      content: Problem,
    },
    503: {
      description: '`consent_unavailable` or `throttle_unavailable`: nothing was sent; try again.',
      content: Problem,
    },
    504: {
      description: '`send_unsure`: Sinch gave no answer, so the message may have been sent.',
      content: Problem,
    },
  },
});

export const operations = [sendMessage] as const;
