import type { Address } from '../../callbacks/model.ts';

/** The scopes that a person can refuse. `all` includes the others. Source: the three lists of Sinch Consent Management. */
export const SCOPES = ['all', 'marketing', 'notification'] as const;
export type Scope = (typeof SCOPES)[number];

/** The origin of a change: the person's words, a channel's opt-in or opt-out, a channel's refusal, an operator by hand, an imported list. */
export type ConsentSource = 'keyword' | 'opt' | 'channel' | 'hand' | 'import';

/** One change of a person's consent, with its proof. Times are milliseconds since 1970. */
export interface ConsentEvent {
  readonly at: number;
  readonly scope: Scope;
  readonly to: 'out' | 'in';
  readonly source: ConsentSource;
  /** The words of the person. */
  readonly words?: string | undefined;
  /** The proof that an imported list names: the form, the version of its text, a reference. */
  readonly evidence?: string | undefined;
  readonly callbackId?: string | undefined;
  readonly rule?: string | undefined;
  /** The version of the rulebook that contained the rule. */
  readonly rulebook?: string | undefined;
  /** Who made the change by hand, and why. */
  readonly actor?: string | undefined;
  readonly reason?: string | undefined;
  /** Who imported it from another deployment's export, why, and with which list. */
  readonly imported?: string | undefined;
  /** How often it was exported and imported since it was first stored; undefined: it was first stored here. */
  readonly hops?: number | undefined;
  /** Who undid it, and why: it stays in the history and no longer counts. */
  readonly undone?: string | undefined;
}

/** A change to store. A repeated `key` changes nothing and gets its first answer. */
export interface ConsentChange extends ConsentEvent {
  /** Callback id, rule and the action's position in it; or an id of the change by hand or of the imported line. */
  readonly key: string;
  /** The keyed hash of the person. */
  readonly person: string;
  /** Stored unencrypted, for exports, until the person is erased. */
  readonly address: Address;
}

export type Scopes = Readonly<Record<Scope, boolean>>;

/** What a person refuses. */
export interface ConsentState {
  /** Whether nothing at all may be sent: scope `all` is out. */
  readonly suppressed: boolean;
  /** Each scope as it counts: `all` implies the others. */
  readonly scopes: Scopes;
  /** Since when the person has refused at least one scope, without a break. */
  readonly since?: number;
}

/** The effect of a change: whether any scope differs after it, and the scopes after it. */
export interface ConsentOutcome {
  readonly changed: boolean;
  readonly scopes: Scopes;
}

type CountedEvent = Pick<ConsentEvent, 'at' | 'scope' | 'to' | 'source' | 'hops' | 'undone'>;

/**
 * Returns the consent that a history results in, whatever the order in which its events arrived.
 * The newest event by time counts; at the same time, `out` wins. `in` for `all` lifts every scope.
 * Opt-outs have a strength: a START lifts those of words, channels and lists, but not those set by
 * hand; `in` by hand lifts both. What was set by hand in another deployment is between the two:
 * START does not lift it, and it lifts nothing that was set by hand here.
 */
export const consentStateOf = (history: readonly CountedEvent[]): ConsentState =>
  [...consentStates(history)].at(-1)?.state ?? FREE;

const FREE: ConsentState = {
  suppressed: false,
  scopes: { all: false, marketing: false, notification: false },
};

/** Returns each event that counts in the order of time, with the consent after it and the opt-outs in force then. */
export function* consentStates<T extends CountedEvent>(
  history: readonly T[],
): Generator<{ event: T; state: ConsentState; holding: readonly T[] }> {
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
    yield { event, state: stateOf(holding), holding };
  }
}

/** Set by hand here is strongest. Set by hand elsewhere is weaker with each hop, so that a history keeps its meaning when it is moved. */
const strengthOf = ({ source, hops = 0 }: CountedEvent): number =>
  source === 'hand' ? (hops === 0 ? Number.POSITIVE_INFINITY : 1 / hops) : 0;

function stateOf(holding: readonly CountedEvent[]): ConsentState {
  const out = (scope: Scope): boolean => holding.some((event) => event.scope === scope);
  const all = out('all');
  return {
    suppressed: all,
    scopes: { all, marketing: all || out('marketing'), notification: all || out('notification') },
    ...(holding.length > 0 && { since: Math.min(...holding.map(({ at }) => at)) }),
  };
}
