import { formatDuration, milliseconds } from '../../rules/model/values.ts';

/** The sends of a message. Times are milliseconds since 1970. */
export interface Sendings {
  /** How often it was resent. */
  readonly attempt: number;
  readonly firstFailedAt: number;
  /** Whether any of its sends was delivered or read. */
  readonly delivered: boolean;
}

/** Why a rule's limits forbid another resend; `undefined` when they allow it. Pure: a story uses it too. */
export function retryLimit(
  { at_most, within }: { readonly at_most: number; readonly within: string },
  { attempt, firstFailedAt, delivered }: Sendings,
  now: number,
): string | undefined {
  if (attempt >= at_most)
    return `resent ${attempt === 1 ? 'once' : `${attempt} times`}, the rule allows ${at_most}`;
  if (now > firstFailedAt + milliseconds(within))
    return `more than ${formatDuration(within)} since it first failed`;
  return delivered ? 'it was delivered in the meantime' : undefined;
}
