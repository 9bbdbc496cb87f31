import type { Address } from '../../callbacks/triggers/trigger.ts';

/** What a person can refuse. `all` is stronger than the others. Source: Sinch Consent Management's three lists. */
export const SCOPES = ['all', 'marketing', 'notification'] as const;
export type Scope = (typeof SCOPES)[number];

/** Who says so: the person in words, a channel's own opt-in or opt-out, a channel's refusal, somebody here, an imported list. */
export type ConsentSource = 'keyword' | 'opt' | 'channel' | 'hand' | 'import';

/** Why somebody's consent changed, and when: what counts as proof. */
export interface ConsentEvent {
  readonly at: number;
  readonly scope: Scope;
  readonly to: 'out' | 'in';
  readonly source: ConsentSource;
  /** What the person wrote. */
  readonly words?: string | undefined;
  /** Where an imported list has it from: the form that was signed, the version of its text, a reference. */
  readonly evidence?: string | undefined;
  readonly callbackId?: string | undefined;
  readonly rule?: string | undefined;
  /** The version of the rulebook that the rule stood in. */
  readonly rulebook?: string | undefined;
  /** Who did it by hand, and why. */
  readonly actor?: string | undefined;
  readonly reason?: string | undefined;
  /** Who took it over from another deployment's export, why, and by which list. */
  readonly imported?: string | undefined;
  /** How many exports and imports lie between where it was put on record and here; none if that was here. */
  readonly hops?: number | undefined;
  /** Taken back, by whom and why: it stays in the history and no longer counts. */
  readonly undone?: string | undefined;
}

/** A change to store. A repeated `key` changes nothing and gets its first answer. */
export interface ConsentChange extends ConsentEvent {
  /** Callback id, rule and the action's place in it; or whatever names a change by hand or a line of an import. */
  readonly key: string;
  /** The keyed hash of the person. */
  readonly person: string;
  /** Kept in clear for exports until the person is erased. */
  readonly address: Address;
}

export type Scopes = Readonly<Record<Scope, boolean>>;

/** What a person refuses now. */
export interface Standing {
  /** Whether nothing at all may be sent: scope `all` is out. */
  readonly suppressed: boolean;
  /** Each scope as it counts: `all` implies the others. */
  readonly scopes: Scopes;
  /** Since when anything has been refused without a break. */
  readonly since?: number;
}

/** What became of a change: whether any scope counts differently since, and how they counted then. */
export interface ConsentOutcome {
  readonly changed: boolean;
  readonly scopes: Scopes;
}

type Told = Pick<ConsentEvent, 'at' | 'scope' | 'to' | 'source' | 'hops' | 'undone'>;

/**
 * What a history amounts to, in whatever order its events arrived. Each scope has a register for what the person, a channel
 * or a list said, and one for what was set by hand; the newest event by time holds, a tie goes to `out`. `in` for `all` lifts
 * every scope; a START lifts what words, channels and lists set, never what was set by hand; `in` by hand lifts both.
 * What was set by hand elsewhere stands between the two: START does not lift it, and it lifts nothing that was set by hand here.
 */
export const standingOf = (history: readonly Told[]): Standing =>
  [...standings(history)].at(-1)?.standing ?? FREE;

const FREE: Standing = {
  suppressed: false,
  scopes: { all: false, marketing: false, notification: false },
};

/** How a history came to its standing: each event that counts, in the order of time, what it amounted to then and which events kept scopes out. */
export function* standings<T extends Told>(
  history: readonly T[],
): Generator<{ event: T; standing: Standing; holding: readonly T[] }> {
  let holding: readonly T[] = [];
  const counting = history.filter(({ undone }) => undone === undefined);
  for (const event of counting.toSorted(
    (a, b) => a.at - b.at || Number(a.to === 'out') - Number(b.to === 'out'),
  )) {
    const { scope, to } = event;
    const strength = strengthOf(event);
    if (to === 'in') {
      holding = holding.filter(
        (out) => strengthOf(out) > strength || (scope !== 'all' && out.scope !== scope),
      );
    } else if (!holding.some((out) => out.scope === scope && strengthOf(out) === strength)) {
      holding = [...holding, event];
    }
    yield { event, standing: standingIn(holding), holding };
  }
}

/** By hand here is strongest; by hand elsewhere is weaker the further away, so that a history keeps its meaning wherever it is taken. */
const strengthOf = ({ source, hops = 0 }: Told): number =>
  source === 'hand' ? (hops === 0 ? Number.POSITIVE_INFINITY : 1 / hops) : 0;

function standingIn(holding: readonly Told[]): Standing {
  const out = (scope: Scope): boolean => holding.some((event) => event.scope === scope);
  const all = out('all');
  return {
    suppressed: all,
    scopes: { all, marketing: all || out('marketing'), notification: all || out('notification') },
    ...(holding.length > 0 && { since: Math.min(...holding.map(({ at }) => at)) }),
  };
}
