import { time } from '../api/operation.ts';
import type { ChannelChoice, ChannelReason, Reachable } from '../api/sending/channels.ts';
import type { Verdict } from '../api/sending/may-send.ts';
import type { Address } from '../callbacks/model.ts';
import type { Reach } from '../objects/recipients/person-reach.ts';
import type { ChannelUse } from '../objects/recipients/preferences.ts';
import { capabilityFor, reachState } from './reach-state.ts';

/** One address of a person for an app, with all that decides about its place. */
export interface Candidate {
  readonly address: Address;
  readonly app: string;
  readonly verdict: Verdict;
  /** Undefined where it could not be read. */
  readonly reach: Reach | undefined;
}

/** What the order depends on besides. */
export interface OrderTerms {
  /** The channels of the app in the order of its priority; undefined where they are not known. */
  readonly priority: readonly string[] | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** How long a certain answer counts (ms). */
  readonly maxAge: number;
}

/** A channel in its place; `old`: the answer of Sinch is to be requested again. */
export interface Ordered {
  readonly choice: ChannelChoice;
  readonly address: Address;
  readonly old: boolean;
}

/** A source of a preference; a smaller strength comes first. */
interface Preferred {
  readonly strength: number;
  readonly reason: ChannelReason;
}

const REACH: Readonly<Record<Reachable, number>> = { FULL: 0, PARTIAL: 0, UNKNOWN: 1, NO: 2 };

/** The strength of each source: by hand, then the contact's own list by place, then the last reply, then the last read. */
const STRENGTH = { hand: 0, contact: 1_000, reply: 2_000, read: 3_000, none: 4_000 } as const;

/**
 * Returns the channels of one person, the best one first: allowed before not allowed; then FULL and PARTIAL, UNKNOWN, NO; then
 * preferred; then the channel priority of the app; then the order of the request.
 */
export function orderChannels(candidates: readonly Candidate[], terms: OrderTerms): Ordered[] {
  const last = {
    reply: lastUse(candidates, 'reply'),
    read: lastUse(candidates, 'read'),
  };
  return candidates
    .map((candidate, place) => {
      const preferred = preferencesOf(candidate, candidates, last);
      const ordered = describe(candidate, preferred, terms);
      const { allowed, reachable } = ordered.choice;
      const priority = terms.priority?.indexOf(candidate.address.channel) ?? 0;
      return {
        ordered,
        rank: [
          allowed ? 0 : 1,
          REACH[reachable],
          preferred[0]?.strength ?? STRENGTH.none,
          priority < 0 ? Number.MAX_SAFE_INTEGER : priority,
          place,
        ],
      };
    })
    .toSorted((a, b) => compare(a.rank, b.rank))
    .map(({ ordered }) => ordered);
}

function compare(a: readonly number[], b: readonly number[]): number {
  const place = a.findIndex((value, at) => value !== b[at]);
  return place < 0 ? 0 : (a[place] ?? 0) - (b[place] ?? 0);
}

function describe(
  { address, app, verdict, reach }: Candidate,
  preferred: readonly Preferred[],
  { priority, now, maxAge }: OrderTerms,
): Ordered {
  const { channel, identity } = address;
  const capability = reach && capabilityFor(reach, channel, app);
  const { reason, old, ...known } = reachState(capability, channel, now, maxAge);
  const configured = priority === undefined || priority.includes(channel);
  return {
    address,
    old: old && configured,
    choice: {
      channel,
      identity,
      allowed: verdict.allowed,
      ...known,
      ...(!configured && { reachable: 'NO' as const }),
      preferred: preferred.length > 0,
      reasons: [
        ...verdict.reasons,
        ...(configured ? [] : [notConfigured(channel)]),
        reach ? reason : UNAVAILABLE,
        ...preferred.map((one) => one.reason),
      ],
    },
  };
}

const notConfigured = (channel: string): ChannelReason => ({
  code: 'channel_not_configured',
  message: `This app has no channel ${channel} at Sinch.`,
});

const UNAVAILABLE: ChannelReason = {
  code: 'reach_unavailable',
  message: 'It cannot be read now whether the channel reaches this person. Ask again soon.',
};

/** Returns the sources that prefer a candidate, the strongest first. */
function preferencesOf(
  { address, app, reach }: Candidate,
  all: readonly Candidate[],
  last: Readonly<Record<ChannelUse['kind'], number | undefined>>,
): readonly Preferred[] {
  if (!reach) return [];
  const { channel } = address;
  const forApp = (one: { readonly channel: string; readonly app?: string }): boolean =>
    one.channel === channel && (one.app === undefined || one.app === app);
  const set = reach.preferences.filter(forApp);
  const byHand = handAt({ address, app, reach });
  const contact = set
    .filter(({ source }) => source === 'contact')
    .toSorted((a, b) => b.at - a.at)[0];
  const used = (kind: ChannelUse['kind']) =>
    last[kind] !== undefined && useAt({ address, app, reach }, kind) === last[kind]
      ? last[kind]
      : undefined;
  const [reply, read] = [used('reply'), used('read')];
  return [
    byHand !== undefined && {
      // The newest of several addresses comes first.
      strength: STRENGTH.hand + all.filter((one) => (handAt(one) ?? 0) > byHand).length,
      reason: reasonOf(
        'preferred_by_hand',
        'It was set by hand that the person prefers it.',
        byHand,
      ),
    },
    contact && {
      strength: STRENGTH.contact + contact.place,
      reason: reasonOf('preferred_by_contact', 'The contact prefers it.', contact.at),
    },
    reply !== undefined && {
      strength: STRENGTH.reply,
      reason: reasonOf('last_reply', 'The person wrote here last.', reply),
    },
    read !== undefined && {
      strength: STRENGTH.read,
      reason: reasonOf('last_read', 'The person read a message here last.', read),
    },
  ].filter((one) => one !== false && one !== undefined);
}

const reasonOf = (code: ChannelReason['code'], message: string, at: number): ChannelReason => ({
  code,
  message,
  since: time(at),
});

type Known = Pick<Candidate, 'address' | 'app' | 'reach'>;

/** When it was set by hand that the person prefers this address: what was set last counts, for this app or for all. */
const handAt = ({ address: { channel }, app, reach }: Known): number | undefined => {
  const last = reach?.preferences
    .filter(
      (one) =>
        one.source === 'hand' &&
        one.channel === channel &&
        (one.app === undefined || one.app === app),
    )
    .toSorted((a, b) => b.at - a.at)[0];
  return last?.ended ? undefined : last?.at;
};

/** When the person last used this address with the app. */
const useAt = (
  { address: { channel }, app, reach }: Known,
  kind: ChannelUse['kind'],
): number | undefined =>
  reach?.uses
    .filter(
      (use) =>
        use.kind === kind && use.channel === channel && (use.app === undefined || use.app === app),
    )
    .map(({ at }) => at)
    .toSorted((a, b) => b - a)[0];

const lastUse = (all: readonly Known[], kind: ChannelUse['kind']): number | undefined =>
  all.flatMap((candidate) => useAt(candidate, kind) ?? []).toSorted((a, b) => b - a)[0];
