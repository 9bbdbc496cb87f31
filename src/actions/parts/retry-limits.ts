import type { Scopes } from '../../objects/recipients/consent.ts';
import { type Content, milliseconds, saidDuration } from '../../rules/model/values.ts';

/** How far a message has come. Times are milliseconds since 1970. */
export interface Sendings {
  /** How often it was sent again. */
  readonly attempt: number;
  readonly firstFailedAt: number;
  /** Whether any of its sendings was delivered or read. */
  readonly delivered: boolean;
}

/** Why a message is not sent once more, as far as the message itself says: pure, the same for a story as in earnest. */
export function retryLimit(
  { at_most, within }: { readonly at_most: number; readonly within: string },
  { attempt, firstFailedAt, delivered }: Sendings,
  now: number,
): string | undefined {
  if (attempt >= at_most)
    return `sent again ${attempt === 1 ? 'once' : `${attempt} times`}, the rule allows ${at_most}`;
  if (now > firstFailedAt + milliseconds(within))
    return `more than ${saidDuration(within)} since it first failed`;
  return delivered ? 'it was delivered meanwhile' : undefined;
}

/** Whether a person refuses a kind of content. What is neither marketing nor a notification only a STOP to all refuses. */
export const isRefused = (content: Content, scopes: Scopes): boolean =>
  scopes.all || (content !== 'other' && scopes[content]);
