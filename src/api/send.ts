import * as v from 'valibot';
import { Reason } from './may-send.ts';
import { defineOperation, Problem } from './operation.ts';

/** Why a message was not sent. `recipient` is the index in the request, from 0; no address is repeated. */
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
    'The request that you make to Sinch today, with another base URL. Signalbox refuses what consent or a throttle forbids; all other requests go to Sinch unchanged, and Sinch’s response is returned unchanged. A request without message_content_type counts as marketing, the strictest. With the header `Prefer: wait=10` (RFC 7240; seconds, 30 at most) a throttled request waits for its turn and is refused only if that comes later.',
  params: { project: v.string() },
  body: { type: 'application/json', description: 'Sinch’s SendMessageRequest.' },
  responses: {
    200: {
      description:
        'Sinch’s own response: {message_id, accepted_time}. Any other status of Sinch is returned unchanged, too.',
      content: { type: 'application/json', description: 'Sinch’s response.' },
    },
    403: { description: '`consent_forbids`: nothing was sent.', content: SendRefused },
    429: {
      description:
        '`throttled`: the sender is limited, or the rate that Sinch allows the project is used up. Nothing was sent; Retry-After is the time to wait. With `Prefer: wait`, only where that is longer than the wait. A 429 of Sinch is returned unchanged and slows all requests of the project.',
      content: Problem,
    },
    503: {
      description: '`consent_unavailable` or `throttle_unavailable`: nothing was sent; try again.',
      content: Problem,
    },
    504: {
      description: '`send_unsure`: Sinch did not answer, so the message may have been sent.',
      content: Problem,
    },
  },
});

export const operations = [sendMessage] as const;
