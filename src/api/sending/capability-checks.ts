import * as v from 'valibot';
import { defineOperation } from '../operation.ts';
import { AppId, ChannelChoice, Named, recipientList } from './channels.ts';
import { Reason } from './may-send.ts';

/** A person to look up on a channel, and the app that asks. */
export const CheckAsk = v.strictObject({ ...Named, app_id: AppId });
export type CheckAsk = v.InferOutput<typeof CheckAsk>;

export const ChecksRequest = recipientList(CheckAsk);
export type ChecksRequest = v.InferInput<typeof ChecksRequest>;

const Asked = { channel: v.string(), identity: v.string(), app_id: v.string() };

/** A check that was started, or one that was under way already. */
export const StartedCheck = v.object({
  /** The `request_id` of the CAPABILITY callback that answers it. */
  request_id: v.string(),
  ...Asked,
});

const { reachable, checked_at, age_seconds, last_known } = ChannelChoice.entries;

/** A check that is not needed, with the answer that is known. */
export const CachedCheck = v.object({
  ...Asked,
  reachable,
  checked_at,
  age_seconds,
  last_known,
});

export const RefusedCheck = v.object({
  ...Asked,
  code: Reason.entries.code,
  message: v.string(),
});

export const ChecksAnswer = v.object({
  started: v.array(StartedCheck),
  cached: v.array(CachedCheck),
  /** Recipients that cannot be read. */
  refused: v.array(RefusedCheck),
});
export type ChecksAnswer = v.InferOutput<typeof ChecksAnswer>;

export const checkCapabilities = defineOperation({
  name: 'checkCapabilities',
  method: 'post',
  path: '/v1/capability-checks',
  role: 'send',
  summary: 'Start capability checks at Sinch',
  description:
    'Asks Sinch which people an app reaches on which channel; the answers arrive as CAPABILITY callbacks. Checks run at the rate of CAPABILITY_CHECK_RATE. No check starts where an answer is younger than CAPABILITY_MAX_AGE, nor within 10 minutes of an unknown answer; each further unknown answer doubles that time. A check that is under way is answered with its request id. The rule `capability-unknown` repeats a check that gets no answer; after five lookups the next channel of the app’s priority follows, for a phone number. A recipient that cannot be read is refused on its own.',
  body: ChecksRequest,
  refuses: ['unavailable'],
  responses: {
    200: { description: 'What was started, and what is known already.', content: ChecksAnswer },
  },
});

export const operations = [checkCapabilities] as const;
