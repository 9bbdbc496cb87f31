import type { Called } from '../drive.ts';
import { ADDRESSES } from '../load/people.ts';
import { acknowledgedAt, idOf } from './expected.ts';
import type { Invariant, Observed, ObservedCallback, ObservedRecipient } from './observed.ts';
import { addressIn, movesTo, openKin } from './people.ts';

/** One change of a person's consent, as the oracle sees it. `app` is empty where none was named. */
interface Change {
  readonly at: number;
  readonly scope: string;
  readonly to: string;
  readonly app: string;
  readonly byHand: boolean;
}

type Scopes = Readonly<Record<string, boolean>>;

/** What a person refuses, to whom. */
interface Standing {
  /** To each app that the history names; `""` stands for changes that name none. */
  readonly apps: Readonly<Record<string, Scopes>>;
  /** To every other app. */
  readonly others: Scopes;
  /** To at least one of `apps`. */
  readonly any: Scopes;
  /** When the first near miss came that nobody has decided. */
  readonly heldSince: number | undefined;
}

/** What each word of a person, and each opt, says about their consent. */
export function changeBy({
  told,
}: ObservedCallback): Pick<Change, 'scope' | 'to' | 'app'> | undefined {
  if (!told) return undefined;
  const { trigger, text, status, app } = told;
  const out = { scope: 'all', to: 'out', app };
  const back = { scope: 'all', to: 'in', app };
  if (trigger === 'MESSAGE_INBOUND')
    switch (text) {
      case 'STOP':
        return out;
      case 'STOP PROMO':
        return { ...out, scope: 'marketing' };
      case 'PLEASE STOP':
        return { ...out, scope: 'marketing', to: 'hold' };
      case 'START':
        return back;
      default:
        return undefined;
    }
  if (status === 'OPT_OUT_SUCCEEDED') return out;
  return status === 'OPT_IN_SUCCEEDED' ? back : undefined;
}

/**
 * What a person refuses to one app: the newest event by time wins in each scope, and a tie goes to
 * "out". A STOP to any app counts, unless a STOP is that of its app only. A START counts if it went to this app; if it named no app, it
 * lifts what was set without one. What was set by hand only a hand lifts, and a hand that names no
 * app lifts everything.
 */
export function refusedTo(
  app: string,
  changes: readonly Change[],
  stopScope: Observed['stopScope'] = 'project',
): Scopes {
  let refused: readonly Change[] = [];
  const isOfOther = (change: Change): boolean =>
    stopScope === 'app' && change.to === 'out' && change.app !== '' && change.app !== app;
  const sorted = changes
    .filter((change) => change.to !== 'hold' && !isOfOther(change))
    .toSorted((a, b) => a.at - b.at || (a.to === 'in' ? -1 : 1) - (b.to === 'in' ? -1 : 1));
  for (const change of sorted) {
    if (change.to === 'out') {
      refused = [...refused, change];
      continue;
    }
    const { scope, byHand } = change;
    const isMeant = (out: Change): boolean =>
      change.app === '' ? byHand || out.app === '' : change.app === app;
    refused = refused.filter(
      (out) => (out.byHand && !byHand) || (scope !== 'all' && scope !== out.scope) || !isMeant(out),
    );
  }
  const isOut = (scope: string): boolean => refused.some((out) => out.scope === scope);
  const all = isOut('all');
  return { all, marketing: all || isOut('marketing'), notification: all || isOut('notification') };
}

/** No app has this id. */
const ANOTHER = 'another app';

/** What a history comes to. */
export function standingOf(
  changes: readonly Change[],
  stopScope: Observed['stopScope'] = 'project',
): Standing {
  const named = new Set(changes.filter(({ to }) => to !== 'hold').map(({ app }) => app));
  const apps = Object.fromEntries(
    [...named].map((app) => [app, refusedTo(app, changes, stopScope)]),
  );
  const any = (scope: string): boolean => Object.values(apps).some((scopes) => scopes[scope]);
  const holds = changes.filter(({ to }) => to === 'hold').map(({ at }) => at);
  return {
    apps,
    others: refusedTo(ANOTHER, changes, stopScope),
    any: { all: any('all'), marketing: any('marketing'), notification: any('notification') },
    heldSince: holds.length > 0 ? Math.min(...holds) : undefined,
  };
}

/** Each person's consent is the fold of its events, and its copy in KV follows. */
export const consent: Invariant = {
  name: 'consent',
  demands:
    'the consent of each person, for each app and for all others, equals the fold of the events about them, each of which is on record once; a near miss holds marketing; and the copy in KV says the same',
  check: (observed) =>
    ADDRESSES.flatMap((place) => {
      const address = place.join('/');
      const recipient = observed.recipients.get(address);
      return recipient
        ? [
            ...faultsOf(address, recipient, observed),
            ...moveFaults(address, recipient, observed),
            ...handFaults(address, recipient, observed),
          ]
        : [];
    }),
};

function faultsOf(
  address: string,
  recipient: ObservedRecipient,
  observed: Observed,
): readonly string[] {
  const isKin = openKin(address, observed);
  const about = observed.callbacks.filter(
    (callback) => callback.told && isKin(addressIn(callback)),
  );
  const faults: string[] = [];
  const moved = new Set(movesTo(address, observed).map(addressIn));
  const former = new Set(
    observed.callbacks.filter((callback) => moved.has(addressIn(callback))).map(idOf),
  );
  const changes: Change[] = recipient.history
    // What is no callback's about this person is looked at below, and in `moveFaults`.
    .filter(({ source, decision }) => isUnheard(source) || former.has(decision))
    .map(({ at, scope, to, app = '', source }) => ({
      ...{ at: Date.parse(at), scope, to, app },
      byHand: source === 'hand',
    }));
  for (const callback of about) {
    const meant = changeBy(callback);
    const id = idOf(callback);
    const records = recipient.history.filter(
      ({ decision }) => decision !== undefined && decision === id,
    );
    if (!meant) {
      if (records.length > 0) faults.push(`${address}: ${callback.name} changed a consent`);
      continue;
    }
    if (acknowledgedAt(callback) === undefined || id === undefined) continue;
    const [record] = records;
    if (records.length !== 1 || !record) {
      faults.push(`${address}: ${callback.name} is on record ${records.length} times`);
      continue;
    }
    const at = Date.parse(record.at);
    if (!isTimely(at, callback))
      faults.push(
        `${address}: ${callback.name} is on record for ${record.at}, it happened ${new Date(callback.eventAt).toISOString()}`,
      );
    if (record.scope !== meant.scope || record.to !== meant.to)
      faults.push(`${address}: ${callback.name} is on record as ${record.to} of ${record.scope}`);
    if (record.app !== meant.app)
      faults.push(
        `${address}: ${callback.name} is on record for the app ${record.app ?? '(none)'}`,
      );
    // Nobody in the simulation decides a review.
    if (record.undone !== undefined)
      faults.push(`${address}: ${callback.name} was undone: ${record.undone}`);
    changes.push({ at, ...meant, byHand: false });
  }
  const known = new Set(about.map(idOf));
  for (const { decision, source } of recipient.history)
    if (!isUnheard(source) && !known.has(decision) && !former.has(decision))
      faults.push(`${address}: a change of ${decision ?? 'nothing'} is on record`);
  const standing = standingOf(changes, observed.stopScope);
  const { scopes: any, apps, other_apps: others, review_since: held } = recipient;
  const shown = { any, apps, others, heldSince: held === null ? undefined : Date.parse(held) };
  if (differ(standing, shown))
    faults.push(
      `${address}: stands as ${JSON.stringify(shown)}, its events amount to ${JSON.stringify(standing)}`,
    );
  return [...faults, ...copyFaults(address, recipient, standing, observed)];
}

/** Whether a change came from no callback: an operator made it. */
const isUnheard = (source: string): boolean => source === 'hand' || source === 'import';

/** Whoever gets another number is refused what the old one refused then. */
function moveFaults(
  address: string,
  recipient: ObservedRecipient,
  observed: Observed,
): readonly string[] {
  return movesTo(address, observed).flatMap((move) => {
    const before = observed.callbacks.filter((one) => addressIn(one) === addressIn(move));
    const changes = before.flatMap((one) => {
      const meant = acknowledgedAt(one) === undefined ? undefined : changeBy(one);
      return meant ? [{ name: one.name, at: one.eventAt, ...meant }] : [];
    });
    return changes
      .filter(({ to, at }) => to === 'out' && at <= earliest(move))
      .filter((out) => !changes.some(({ to, at }) => to === 'in' && at >= out.at - 1_000))
      .filter(
        ({ scope, app }) =>
          !recipient.history.some(
            (one) => one.to === 'out' && one.scope === scope && (one.app ?? '') === app,
          ),
      )
      .map(({ name }) => `${address}: replaced ${addressIn(move)} and lacks ${name}`);
  });
}

/** What an operator changed, by hand or by a list, is on record once. */
const handFaults = (
  address: string,
  { history }: ObservedRecipient,
  { called }: Observed,
): readonly string[] =>
  [
    ...new Set(called.flatMap((one) => (isAbout(one, address) ? [one.operation.name] : []))),
  ].flatMap((name) => {
    const records = history.filter(
      ({ reason }) => reason === name || reason === `${name} (list ${name})`,
    );
    return records.length === 1 ? [] : [`${address}: ${name} is on record ${records.length} times`];
  });

function isAbout({ operation, status }: Called, address: string): boolean {
  if (status !== 200) return false;
  if (operation.kind === 'import') return operation.people.some((one) => one.join('/') === address);
  return (
    operation.kind === 'by-hand' && `${operation.channel}/${operation.person.number}` === address
  );
}

/** Event time, capped at the receipt: the clock of an isolate is off by less than a second. */
const isTimely = (at: number, { eventAt, firstAt }: ObservedCallback): boolean =>
  at === eventAt || (eventAt > firstAt - 1_000 && at >= firstAt - 1_000 && at <= eventAt);

/** The earliest time that a callback can be on record for. */
const earliest = ({ eventAt, firstAt }: ObservedCallback): number =>
  Math.min(eventAt, firstAt - 1_000);

function copyFaults(
  address: string,
  { person }: ObservedRecipient,
  standing: Standing,
  { kv }: Observed,
): readonly string[] {
  const copy = kv.get(`consent:${person}`);
  // A consent that never changed needs no copy.
  if (copy === undefined)
    return standing.any.marketing || standing.any.notification || standing.heldSince !== undefined
      ? [`${address}: has no copy in KV`]
      : [];
  const { scopes: any, apps, others, reviewSince: heldSince } = JSON.parse(copy);
  const copied: Standing = { any, apps, others, heldSince };
  return differ(standing, copied)
    ? [`${address}: the copy in KV says ${JSON.stringify(copied)}, not ${JSON.stringify(standing)}`]
    : [];
}

const differ = (a: Standing, b: Standing): boolean =>
  a.heldSince !== b.heldSince ||
  scopesDiffer(a.any, b.any) ||
  scopesDiffer(a.others, b.others) ||
  [...new Set([...Object.keys(a.apps), ...Object.keys(b.apps)])].some((app) =>
    scopesDiffer(a.apps[app], b.apps[app]),
  );

const scopesDiffer = (a: Scopes | undefined, b: Scopes | undefined): boolean =>
  ['all', 'marketing', 'notification'].some((scope) => a?.[scope] !== b?.[scope]);
