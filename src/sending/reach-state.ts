import { time } from '../api/operation.ts';
import type { ChannelChoice, ChannelReason, Reachable } from '../api/sending/channels.ts';
import {
  type Capability,
  isCertain,
  joinCapabilities,
  type LastAnswer,
} from '../objects/recipients/capabilities.ts';
import { freshUntil } from '../objects/recipients/checks.ts';
import type { Reach } from '../objects/recipients/person-reach.ts';

/** Sinch's statuses in short. */
const SHORT: Readonly<Record<string, Exclude<Reachable, 'UNKNOWN'>>> = {
  CAPABILITY_FULL: 'FULL',
  CAPABILITY_PARTIAL: 'PARTIAL',
  NO_CAPABILITY: 'NO',
};

/** What each certain answer means: its code, and its part of a sentence. */
const ANSWERS = {
  FULL: { code: 'reachable', phrase: 'reaches this person' },
  PARTIAL: { code: 'partly_reachable', phrase: 'reaches this person, with a part of its features' },
  NO: { code: 'not_reachable', phrase: 'does not reach this person' },
} as const;

/** Whether an app reaches a person on a channel, as the API shows it. */
export type ReachState = Pick<
  ChannelChoice,
  'reachable' | 'checked_at' | 'age_seconds' | 'last_known' | 'display_name'
>;

/** The same with the reason, and whether an answer is so old that it is to be requested again. */
export interface ReachFound extends ReachState {
  readonly reason: ChannelReason;
  readonly old: boolean;
}

/** Returns what is known of a channel for an app. An answer that names no app counts for all. */
export const capabilityFor = (
  { capabilities }: Pick<Reach, 'capabilities'>,
  channel: string,
  app: string,
): Capability | undefined => {
  const own = capabilities.filter(
    (one) => one.channel === channel && (one.app === undefined || one.app === app),
  );
  const [first, ...rest] = own;
  return first && rest.reduce(joinCapabilities, first);
};

/** Returns the newest answer that counts for an app: its own, or one that names no app. */
export const lastAnswerFor = (
  answers: readonly LastAnswer[],
  channel: string,
  app: string | undefined,
): LastAnswer | undefined =>
  answers
    .filter((one) => one.channel === channel && (one.app === '' || one.app === app))
    .reduce<LastAnswer | undefined>(
      (newest, one) => (newest && newest.at >= one.at ? newest : one),
      undefined,
    );

/** Returns whether an app reaches a person. @param maxAge how long a certain answer counts (ms) @param now milliseconds since 1970 */
export function reachState(
  capability: Capability | undefined,
  channel: string,
  now: number,
  maxAge: number,
): ReachFound {
  if (!capability)
    return {
      reachable: 'UNKNOWN',
      reason: { code: 'not_checked', message: `No capability check of ${channel} was answered.` },
      old: false,
    };
  const { status, at, unknown, displayName } = capability;
  const checkedAt = Math.max(at, unknown?.at ?? 0);
  const certain = isCertain(status) ? SHORT[status] : undefined;
  const fresh = certain !== undefined && at + maxAge > now;
  return {
    reachable: fresh ? certain : 'UNKNOWN',
    checked_at: time(checkedAt),
    age_seconds: secondsBetween(checkedAt, now),
    ...(certain && {
      last_known: { reachable: certain, at: time(at), age_seconds: secondsBetween(at, now) },
    }),
    ...(displayName && { display_name: displayName }),
    reason: reasonOf({ certain, fresh, at, checkedAt }, channel),
    old: freshUntil(capability, maxAge) <= now,
  };
}

function reasonOf(
  {
    certain,
    fresh,
    at,
    checkedAt,
  }: {
    readonly certain: Exclude<Reachable, 'UNKNOWN'> | undefined;
    readonly fresh: boolean;
    readonly at: number;
    readonly checkedAt: number;
  },
  channel: string,
): ChannelReason {
  if (certain && fresh) {
    const { code, phrase } = ANSWERS[certain];
    return { code, message: `${channel} ${phrase}, Sinch reported.`, since: time(at) };
  }
  if (certain)
    return {
      code: 'answer_old',
      message: `The last certain answer is too old: then ${channel} ${ANSWERS[certain].phrase}.`,
      since: time(at),
    };
  return {
    code: 'check_unknown',
    message: `Sinch could not tell whether ${channel} reaches this person.`,
    since: time(checkedAt),
  };
}

const secondsBetween = (at: number, now: number): number =>
  Math.max(0, Math.round((now - at) / 1_000));
