import { CHANNELS, LEAVING, PEOPLE } from '../load/people.ts';
import { acknowledgedAt, idOf } from './expected.ts';
import type { Invariant, Observed, ObservedCallback, ObservedRecipient } from './observed.ts';

/** One change of a person's consent, as the oracle sees it. */
interface Change {
  readonly at: number;
  readonly scope: string;
  readonly to: string;
  readonly byHand: boolean;
}

type Scopes = Readonly<Record<string, boolean>>;

/** What each word of a person, and each opt, says about their consent. */
export function changeBy({ told }: ObservedCallback): Pick<Change, 'scope' | 'to'> | undefined {
  if (told?.trigger === 'MESSAGE_INBOUND') {
    if (told.text === 'STOP') return { scope: 'all', to: 'out' };
    if (told.text === 'STOP PROMO') return { scope: 'marketing', to: 'out' };
    return told.text === 'START' ? { scope: 'all', to: 'in' } : undefined;
  }
  if (told?.status === 'OPT_OUT_SUCCEEDED') return { scope: 'all', to: 'out' };
  return told?.status === 'OPT_IN_SUCCEEDED' ? { scope: 'all', to: 'in' } : undefined;
}

/**
 * The fold of a history: newest event by time wins in each scope, a tie goes to "out", what was set
 * by hand only a hand lifts.
 */
export function foldConsent(changes: readonly Change[]): Scopes {
  const out = { words: new Set<string>(), hand: new Set<string>() };
  const sorted = changes.toSorted(
    (a, b) => a.at - b.at || (a.to === 'in' ? -1 : 1) - (b.to === 'in' ? -1 : 1),
  );
  for (const { scope, to, byHand } of sorted) {
    if (to === 'out') out[byHand ? 'hand' : 'words'].add(scope);
    else
      for (const register of byHand ? [out.words, out.hand] : [out.words])
        if (scope === 'all') register.clear();
        else register.delete(scope);
  }
  const isOut = (scope: string): boolean => out.words.has(scope) || out.hand.has(scope);
  const all = isOut('all');
  return { all, marketing: all || isOut('marketing'), notification: all || isOut('notification') };
}

/** Each person's consent is the fold of its events, and its copy in KV follows. */
export const consent: Invariant = {
  name: 'consent',
  demands:
    'the consent of each person equals the fold of the events about them, each of which is on record once, and the copy in KV says the same',
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
    .map(({ at, scope, to }) => ({ at: Date.parse(at), scope, to, byHand: true }));
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
  const scopes = foldConsent(changes);
  if (differ(scopes, recipient.scopes))
    faults.push(
      `${address}: stands as ${JSON.stringify(recipient.scopes)}, its events amount to ${JSON.stringify(scopes)}`,
    );
  return [...faults, ...copyFaults(address, recipient, scopes, observed)];
}

/** Event time, capped at the receipt: the clock of an isolate is off by less than a second. */
const isTimely = (at: number, { eventAt, firstAt }: ObservedCallback): boolean =>
  at === eventAt || (eventAt > firstAt - 1_000 && at >= firstAt - 1_000 && at <= eventAt);

function copyFaults(
  address: string,
  { person }: ObservedRecipient,
  scopes: Scopes,
  { kv }: Observed,
): readonly string[] {
  const copy = kv.get(`consent:${person}`);
  // A consent that never changed needs no copy.
  if (copy === undefined)
    return Object.values(scopes).includes(true) ? [`${address}: has no copy in KV`] : [];
  const copied: unknown = Reflect.get(Object(JSON.parse(copy)), 'scopes');
  return differ(scopes, Object(copied))
    ? [`${address}: the copy in KV says ${JSON.stringify(copied)}, not ${JSON.stringify(scopes)}`]
    : [];
}

const differ = (a: Scopes, b: Scopes): boolean =>
  ['all', 'marketing', 'notification'].some((scope) => a[scope] !== b[scope]);
