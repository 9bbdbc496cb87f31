import type { Address } from '../../callbacks/model.ts';
import type { Content } from '../../rules/model/values.ts';

/** The scopes that a person can refuse. `all` includes the others. Source: the three lists of Sinch Consent Management. */
export const SCOPES = ['all', 'marketing', 'notification'] as const;
export type Scope = (typeof SCOPES)[number];

/** The origin of a change: the person's words, a channel's opt-in or opt-out, a channel's refusal, an operator by hand, an imported list. */
export type ConsentSource = 'keyword' | 'opt' | 'channel' | 'hand' | 'import';

/** One change of a person's consent, with its proof. Times are milliseconds since 1970. */
export interface ConsentEvent {
  readonly at: number;
  readonly scope: Scope;
  /** `hold`: a near miss waits for a decision; it stays in the history, and its `undone` names the decision. */
  readonly to: 'out' | 'in' | 'hold';
  readonly source: ConsentSource;
  /** The app that the person wrote to, or that a list or an operator names; missing where none is known (SMS API). */
  readonly app?: string | undefined;
  /** `app`: an opt-out that applies to that app only (setting CONSENT_STOP_SCOPE); missing: to all apps of the project. */
  readonly reach?: 'app' | undefined;
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
  /** Whether at least one app may send nothing at all. */
  readonly suppressed: boolean;
  /** Each scope, out for at least one app; `all` implies the others. A query that names no app gets these. */
  readonly scopes: Scopes;
  /** Since when the person has refused at least one scope to at least one app, without a break. */
  readonly since?: number;
  /** The scopes for each app that has a consent record; changes that name no app have the key `""`. */
  readonly apps: Readonly<Record<string, Scopes>>;
  /** The scopes for any other app. */
  readonly others: Scopes;
  /** Since when a near miss waits for a decision: until then marketing is not allowed. */
  readonly reviewSince?: number;
}

/** The effect of a change: whether any scope differs after it, and the scopes after it. */
export interface ConsentOutcome {
  readonly changed: boolean;
  readonly scopes: Scopes;
}

type CountedEvent = Pick<
  ConsentEvent,
  'at' | 'scope' | 'to' | 'source' | 'hops' | 'undone' | 'app' | 'reach'
>;

/** An opt-out in force, and the apps for which a later opt-in lifted it. */
export interface Holding<T> {
  readonly event: T;
  readonly lifted: ReadonlySet<string>;
}

/** What a history comes to: the opt-outs in force, the apps that have a record, the near misses that wait for a decision. */
export interface ConsentFold<T> {
  readonly holding: readonly Holding<T>[];
  readonly apps: ReadonlySet<string>;
  readonly reviews: readonly T[];
}

/**
 * Returns what a history comes to, whatever the order in which its events arrived. The newest event
 * by time counts; at the same time, `out` wins. `in` for `all` lifts every scope.
 *
 * An opt-out applies to all apps, unless its `reach` is its app. An opt-in lifts for its own app only;
 * one that names no app lifts only what was set without an app, and one by hand lifts for all apps.
 *
 * Opt-outs have a strength: a START lifts those of words, channels and lists, but not those set by
 * hand; `in` by hand lifts both. What was set by hand in another deployment is between the two:
 * START does not lift it, and it lifts nothing that was set by hand here.
 */
export function foldConsent<T extends CountedEvent>(history: readonly T[]): ConsentFold<T> {
  let fold: ConsentFold<T> = EMPTY;
  for (const event of inOrder(history)) fold = step(fold, event);
  return fold;
}

const EMPTY: ConsentFold<never> = { holding: [], apps: new Set(), reviews: [] };

/** Returns the consent that a history results in. */
export const consentStateOf = (history: readonly CountedEvent[]): ConsentState =>
  stateOf(foldConsent(history));

/** Returns each event that counts in the order of time, with the consent after it. */
export function* consentStates<T extends CountedEvent>(
  history: readonly T[],
): Generator<{ event: T; state: ConsentState }> {
  let fold: ConsentFold<T> = EMPTY;
  for (const event of inOrder(history)) {
    fold = step(fold, event);
    yield { event, state: stateOf(fold) };
  }
}

const inOrder = <T extends CountedEvent>(history: readonly T[]): T[] =>
  history
    .filter(({ undone }) => undone === undefined)
    .toSorted((a, b) => a.at - b.at || Number(a.to === 'out') - Number(b.to === 'out'));

function step<T extends CountedEvent>(fold: ConsentFold<T>, event: T): ConsentFold<T> {
  if (event.to === 'hold') return { ...fold, reviews: [...fold.reviews, event] };
  const { scope, to, app = '', reach } = event;
  const apps = fold.apps.has(app) ? fold.apps : new Set([...fold.apps, app]);
  const strength = strengthOf(event);
  if (to === 'in') {
    const everyApp = app === '' && event.source === 'hand';
    const holding = fold.holding.flatMap((out) => {
      const stays =
        strengthOf(out.event) > strength || (scope !== 'all' && out.event.scope !== scope);
      if (stays) return [out];
      if (everyApp) return [];
      const origin = out.event.app ?? '';
      if (app === '' || out.event.reach === 'app') return origin === app ? [] : [out];
      return [{ ...out, lifted: new Set([...out.lifted, app]) }];
    });
    return { ...fold, apps, holding };
  }
  const isHeld = fold.holding.some(
    ({ event: out, lifted }) =>
      out.scope === scope &&
      strengthOf(out) === strength &&
      (out.app ?? '') === app &&
      out.reach === reach &&
      lifted.size === 0,
  );
  const holding = isHeld ? fold.holding : [...fold.holding, { event, lifted: NO_APP }];
  return { ...fold, apps, holding };
}

const NO_APP: ReadonlySet<string> = new Set();

/** Set by hand here is strongest. Set by hand elsewhere is weaker with each hop, so that a history keeps its meaning when it is moved. */
const strengthOf = ({ source, hops = 0 }: CountedEvent): number =>
  source === 'hand' ? (hops === 0 ? Number.POSITIVE_INFINITY : 1 / hops) : 0;

/** Returns the opt-outs that apply to an app; without an app, those that apply to any app with a record. */
export function holdingFor<T extends CountedEvent>(
  { holding, apps }: ConsentFold<T>,
  app?: string,
): readonly T[] {
  const asked = app ? [app] : [...apps];
  return holding
    .filter((out) => asked.some((one) => appliesTo(out, one)))
    .map(({ event }) => event);
}

const appliesTo = ({ event, lifted }: Holding<CountedEvent>, app: string): boolean =>
  (event.reach !== 'app' || (event.app ?? '') === app) && !lifted.has(app);

function scopesOf(outs: readonly CountedEvent[]): Scopes {
  const out = (scope: Scope): boolean => outs.some((event) => event.scope === scope);
  const all = out('all');
  return { all, marketing: all || out('marketing'), notification: all || out('notification') };
}

/** An app without a record. No app of Sinch has this id. */
const OTHER = ' ';

function stateOf(fold: ConsentFold<CountedEvent>): ConsentState {
  const outs = holdingFor(fold);
  const scopes = scopesOf(outs);
  const { reviews } = fold;
  return {
    suppressed: scopes.all,
    scopes,
    ...(outs.length > 0 && { since: Math.min(...outs.map(({ at }) => at)) }),
    apps: Object.fromEntries(
      [...fold.apps].map((app) => [
        app,
        scopesOf(fold.holding.filter((out) => appliesTo(out, app)).map(({ event }) => event)),
      ]),
    ),
    others: scopesOf(holdingFor(fold, OTHER)),
    ...(reviews.length > 0 && { reviewSince: Math.min(...reviews.map(({ at }) => at)) }),
  };
}

/** Returns the scopes for an app; without an app, those that at least one app with a record may not use. */
export function scopesFor(
  { scopes, apps, others }: Pick<ConsentState, 'scopes' | 'apps' | 'others'>,
  app?: string,
): Scopes {
  if (!app) return scopes;
  return (Object.hasOwn(apps, app) ? apps[app] : undefined) ?? others;
}

/** Whether two states differ in a scope of any app. */
export function scopesDiffer(before: ConsentState, after: ConsentState): boolean {
  const known = Object.keys(after.apps);
  const inEachApp = ({ scopes, others, ...state }: ConsentState): string =>
    JSON.stringify([
      scopes,
      others,
      known.map((app) =>
        app ? scopesFor({ scopes, others, ...state }, app) : (state.apps[app] ?? others),
      ),
    ]);
  return inEachApp(before) !== inEachApp(after);
}

/** Returns why an app may not send this content: the scope that forbids it, or an open review. `all` implies the others, and only `all` forbids `other`. */
export function refusalOf(
  state: Omit<ConsentState, 'suppressed' | 'since'>,
  content: Content,
  app?: string,
): Scope | 'review' | undefined {
  const scopes = scopesFor(state, app);
  if (scopes.all) return 'all';
  if (content !== 'other' && scopes[content]) return content;
  return content === 'marketing' && state.reviewSince !== undefined ? 'review' : undefined;
}
