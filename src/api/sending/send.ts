import * as v from 'valibot';
import { defineOperation, Problem, Time } from '../operation.ts';
import { Reason } from './may-send.ts';

const { code: _code, ...members } = Problem.entries;

/** A refusal on `/send`: Sinch's form beside the members of RFC 9457. The stable code is that of the first entry of `error.details`. */
export const SinchProblem = v.looseObject({
  ...members,
  error: v.looseObject({
    /** The HTTP status. */
    code: v.number(),
    message: v.string(),
    /** The name of google.rpc.Code, like `PERMISSION_DENIED`. */
    status: v.string(),
    details: v.array(v.looseObject({ code: v.string() })),
  }),
});
export type SinchProblem = v.InferOutput<typeof SinchProblem>;

/**
 * Why a message was not sent: `reasons` of `consent_forbids`, where `recipient` is the index in the request, from 0, and no address
 * is repeated; `until` and `reason` of `sender_stopped`.
 */
export const SendRefused = v.looseObject({
  ...SinchProblem.entries,
  reasons: v.optional(
    v.array(v.object({ recipient: v.number(), channel: v.string(), ...Reason.entries })),
  ),
  until: v.optional(Time),
  reason: v.optional(v.string()),
});
export type SendRefused = v.InferOutput<typeof SendRefused>;

/** Why a recipient of a batch gets no message. `recipient` is the index in `recipient_and_params`, from 0. */
export const BatchRefusal = v.object({
  recipient: v.number(),
  channel: v.string(),
  ...Reason.entries,
  code: v.picklist([...Reason.entries.code.options, 'no_address', 'throttled']),
});
export type BatchRefusal = v.InferOutput<typeof BatchRefusal>;

/** Why a batch was not sent: `reasons` lists the refused recipients. */
export const BatchRefused = v.looseObject({
  ...SendRefused.entries,
  reasons: v.optional(v.array(BatchRefusal)),
});

/** What Signalbox itself answers to a checked request. */
const refusals = {
  403: {
    description:
      '`consent_forbids`, with `reasons`; `sender_stopped`, with `until` and `reason`, where the sender is stopped for more than a minute. Nothing was sent. A 401 or 403 of Sinch is returned unchanged.',
    content: SendRefused,
  },
  429: {
    description:
      '`throttled`: the sender is limited, or the rate that Sinch allows the project is used up. Nothing was sent; Retry-After is the time to wait, at most 60 seconds. With `Prefer: wait`, only where that is longer than the wait. A 429 of Sinch is returned unchanged and slows all requests of the project.',
    content: SinchProblem,
  },
  409: {
    description:
      '`request_in_progress`: the first request with this Idempotency-Key is not answered yet. Retry-After says when to ask again.',
    content: SinchProblem,
  },
  422: {
    description:
      '`idempotency_key_reused`: the Idempotency-Key was used for another request in the last 24 hours. Nothing was sent.',
    content: SinchProblem,
  },
  503: {
    description: '`consent_unavailable` or `throttle_unavailable`: nothing was sent; try again.',
    content: SinchProblem,
  },
  504: {
    description:
      '`send_unsure`: Sinch did not answer, so the message may have been sent. Signalbox never sends it again.',
    content: SinchProblem,
  },
} as const;

export const sendMessage = defineOperation({
  name: 'sendMessage',
  method: 'post',
  path: '/send/v1/projects/:project/messages:send',
  role: 'sinch',
  summary: 'Send through Signalbox',
  description:
    'The request that you make to Sinch today, with another base URL. Signalbox refuses what consent or a throttle forbids; all other requests go to Sinch unchanged, and Sinch’s response is returned unchanged. A request without message_content_type counts as marketing, the strictest. With the header `Prefer: wait=10` (RFC 7240; seconds, 30 at most) a throttled request waits for its turn and is refused only if that comes later. With the header `Idempotency-Key` the same request within 24 hours is one send and gets the same answer.',
  params: { project: v.string() },
  body: { type: 'application/json', description: 'Sinch’s SendMessageRequest.' },
  responses: {
    200: {
      description:
        'Sinch’s own response: {message_id, accepted_time}. Any other status of Sinch is returned unchanged, too.',
      content: { type: 'application/json', description: 'Sinch’s response.' },
    },
    ...refusals,
  },
});

export const sendEvent = defineOperation({
  name: 'sendEvent',
  method: 'post',
  path: '/send/v1/projects/:project/events:send',
  role: 'sinch',
  summary: 'Send an event through Signalbox',
  description:
    'A reply to a comment (`comment_reply_event`) is checked like a message and counts as marketing. Other events carry no text and go to Sinch unchanged. `Idempotency-Key` as for a message. All other calls of the Conversation API under `/send/v1/projects/{project}/` are passed through unchecked and unchanged.',
  params: { project: v.string() },
  body: { type: 'application/json', description: 'Sinch’s SendEventRequest.' },
  responses: {
    200: {
      description:
        'Sinch’s own response: {event_id, accepted_time}. Any other status of Sinch is returned unchanged, too.',
      content: { type: 'application/json', description: 'Sinch’s response.' },
    },
    ...refusals,
  },
});

export const sendBatch = defineOperation({
  name: 'sendBatch',
  method: 'post',
  path: '/send/batch/v1/projects/:project/messages',
  role: 'sinch',
  summary: 'Send a batch through Signalbox',
  description:
    'The request that you make to Sinch’s Batch API today. Each recipient is checked. A batch with refused recipients is refused, and nothing is sent; with the header `x-signalbox-partial: allow` they are removed and listed in the answer under `signalbox.refused`. A batch without message_content_type counts as marketing. `Prefer: wait` and `Idempotency-Key` as for a message. All other calls of the Batch API under `/send/batch/v1/projects/{project}/`, and of the Template Management API under `/send/template/v1|v2/projects/{project}/`, are passed through unchecked and unchanged.',
  params: { project: v.string() },
  body: { type: 'application/json', description: 'Sinch’s request of a batch.' },
  maxBytes: 8 * 1_048_576,
  responses: {
    200: {
      description:
        'Sinch’s own response: {batch_id}. With `x-signalbox-partial`, the removed recipients under `signalbox.refused`. Any other status of Sinch is returned unchanged.',
      content: { type: 'application/json', description: 'Sinch’s response.' },
    },
    ...refusals,
    403: {
      description:
        '`consent_forbids`, with the refused recipients in `reasons`, also in `error.details`; `sender_stopped`. Nothing was sent.',
      content: BatchRefused,
    },
  },
});

export const operations = [sendMessage, sendEvent, sendBatch] as const;
