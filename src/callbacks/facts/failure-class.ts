import type { Lists } from './fact.ts';

/** The classes of failure codes, the most specific first. Each is a list rules/lists/failure-<class>.json that authors may change. */
export const FAILURE_CLASSES = [
  'transient',
  'permanent',
  'content',
  'configuration',
  'uncertain',
] as const;
export type FailureClass = (typeof FAILURE_CLASSES)[number];

/** Returns the class of a failure; `undefined` if nothing failed. The code closest to the cause decides: the channel's own, then Sinch's detail, then Sinch's reason. An unlisted code is `uncertain`. */
export function failureClass(
  report: {
    readonly status?: string | undefined;
    readonly reason?:
      | { readonly [code in 'channel_code' | 'sub_code' | 'code']?: string | undefined }
      | undefined;
  },
  lists: Lists,
): FailureClass | undefined {
  if (report.status !== 'FAILED' && report.status !== 'SWITCHING_CHANNEL') return undefined;
  for (const code of [report.reason?.channel_code, report.reason?.sub_code, report.reason?.code]) {
    if (code === undefined) continue;
    const found = FAILURE_CLASSES.find((name) =>
      lists[`failure-${name}`]?.some((listed) => String(listed) === code),
    );
    if (found) return found;
  }
  return 'uncertain';
}
