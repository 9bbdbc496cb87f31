import type { Lists } from './fact.ts';

/** The classes of failure codes, the most specific first. Each is a list rules/lists/failure-<class>.json that authors may change. */
export const FAILURE_CLASSES = [
  'transient',
  'permanent',
  'content',
  'policy',
  'account',
  'payment',
  'configuration',
  'uncertain',
] as const;
export type FailureClass = (typeof FAILURE_CLASSES)[number];

/** What a delivery report says about a failure, as far as its class depends on it. */
export interface Failure {
  readonly status?: string | undefined;
  readonly channel?: string | undefined;
  readonly reason?:
    | { readonly [code in 'channel_code' | 'sub_code' | 'code']?: string | undefined }
    | undefined;
}

/** Channels that carry the codes of Sinch's SMS API. They are listed as `SMS:404`: Meta has codes of the same numbers. */
const SMS_CODES: ReadonlySet<string> = new Set(['SMS', 'MMS']);

/**
 * Returns the class of a failure; `undefined` if nothing failed. The code closest to the cause decides: the channel's own, then
 * Sinch's detail, then Sinch's reason. A channel code that no list has is `uncertain`: Sinch's reason for it is often
 * CHANNEL_FAILURE, which says nothing about the cause. Any other unlisted code is `uncertain` too.
 */
export function failureClass(failure: Failure, lists: Lists): FailureClass | undefined {
  const { status, channel, reason } = failure;
  if (status !== 'FAILED' && status !== 'SWITCHING_CHANNEL') return undefined;
  const classes = classesOf(lists);
  if (reason?.channel_code !== undefined) {
    const sms = channel !== undefined && SMS_CODES.has(channel);
    return classes.get(sms ? `SMS:${reason.channel_code}` : reason.channel_code) ?? 'uncertain';
  }
  return classes.get(reason?.sub_code ?? '') ?? classes.get(reason?.code ?? '') ?? 'uncertain';
}

/** The class of each listed code. The lists hold hundreds of codes, so they are indexed once for each rulebook. */
const known = new WeakMap<Lists, ReadonlyMap<string, FailureClass>>();

function classesOf(lists: Lists): ReadonlyMap<string, FailureClass> {
  const found = known.get(lists);
  if (found) return found;
  const classes = new Map<string, FailureClass>();
  for (const name of FAILURE_CLASSES) {
    for (const code of lists[`failure-${name}`] ?? []) {
      if (!classes.has(String(code))) classes.set(String(code), name);
    }
  }
  known.set(lists, classes);
  return classes;
}
