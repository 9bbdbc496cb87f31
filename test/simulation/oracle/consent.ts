import { CHANNELS, LEAVING, PEOPLE } from '../load/people.ts';
import { acknowledgedAt, idOf } from './expected.ts';
import type { Invariant, Observed, ObservedCallback, ObservedRecipient } from './observed.ts';

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
 * "out". A STOP to any app counts. A START counts if it went to this app; if it named no app, it
 * lifts what was set without one. What was set by hand only a hand lifts, and a hand that names no
 * app lifts everything.
 */
export function refusedTo(app: string, changes: readonly Change[]): Scopes {
  let refused: readonly Change[] = [];
  const sorted = changes
    .filter(({ to }) => to !== 'hold')
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
export function standingOf(changes: readonly Change[]): Standing {
  const named = new Set(changes.filter(({ to }) => to !== 'hold').map(({ app }) => app));
  const apps = Object.fromEntries([...named].map((app) => [app, refusedTo(app, changes)]));
  const any = (scope: string): boolean => Object.values(apps).some((scopes) => scopes[scope]);
  const holds = changes.filter(({ to }) => to === 'hold').map(({ at }) => at);
  return {
    apps,
    others: refusedTo(ANOTHER, changes),
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
    [...PEOPLE, ...LEAVING].flatMap(({ number }) =>
      CHANNELS.flatMap((channel) => {
        const recipient = observed.recipients.get(`${channel}/${number}`);
        return recipient ? faultsOf(`${channel}/${number}`, recipient, observed) : [];
      }),
    ),
};

function faultsOf(
  address: string,
  recipient: ObservedRecipient,
  observed: Observed,
): readonly string[] {
  const about = observed.callbacks.filter(
    ({ told }) => told && `${told.channel}/${told.number}` === address,
  );
  const faults: string[] = [];
  const changes: Change[] = recipient.history
    .filter(({ source }) => source === 'hand')
    .map(({ at, scope, to, app = '' }) => ({ at: Date.parse(at), scope, to, app, byHand: true }));
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
    if (source !== 'hand' && !known.has(decision))
      faults.push(`${address}: a change of ${decision ?? 'nothing'} is on record`);
  for (const { operation, status } of observed.called)
    if (
      operation.kind === 'by-hand' &&
      `${operation.channel}/${operation.person.number}` === address &&
      status === 200
    ) {
      const records = recipient.history.filter((record) => record.reason === operation.name);
      if (records.length !== 1)
        faults.push(`${address}: ${operation.name} is on record ${records.length} times`);
    }
  const standing = standingOf(changes);
  const { scopes: any, apps, other_apps: others, review_since: held } = recipient;
  const shown = { any, apps, others, heldSince: held === null ? undefined : Date.parse(held) };
  if (differ(standing, shown))
    faults.push(
      `${address}: stands as ${JSON.stringify(shown)}, its events amount to ${JSON.stringify(standing)}`,
    );
  return [...faults, ...copyFaults(address, recipient, standing, observed)];
}

/** Event time, capped at the receipt: the clock of an isolate is off by less than a second. */
const isTimely = (at: number, { eventAt, firstAt }: ObservedCallback): boolean =>
  at === eventAt || (eventAt > firstAt - 1_000 && at >= firstAt - 1_000 && at <= eventAt);

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
