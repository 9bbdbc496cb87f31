import { TERMS } from '../rulebook.ts';
import { REPEATS } from './alerts.ts';
import { acknowledgedAt, appliedAt } from './expected.ts';
import { isRefusedBefore } from './never-after-stop.ts';
import type { Invariant, Observed, ObservedCallback } from './observed.ts';

/** A query that reached Sinch. */
interface Query {
  readonly id: string;
  readonly sentAt: number;
  readonly at: number;
}

/** How long a check may be on its way from its permit to Sinch, in milliseconds. */
const SLACK = 75_000;

/** Whom an app reaches is asked once, at the rate of checks, and the answer counts. */
export const reach: Invariant = {
  name: 'reach',
  demands:
    'each capability check that was started reaches Sinch, at the rate of checks, and is not started again while it is under way or known; the newest certain answer by the time of its event counts; and an order of channels puts what is allowed and reached first',
  check: (observed) => {
    const queries = observed.reached
      .filter(({ host, url }) => host === 'sinch' && /capability:query/.test(url))
      .map(({ body, sentAt, at }) => ({
        id: String(Reflect.get(Object(body), 'request_id') ?? ''),
        ...{ sentAt, at },
      }));
    return [
      ...unsent(queries, observed),
      ...startedTwice(observed),
      ...tooFast(queries, observed),
      ...untrue(observed),
      ...observed.called.flatMap((call) => misordered(call, observed)),
    ];
  },
};

const listIn = (body: unknown, field: string): readonly Readonly<Record<string, unknown>>[] => {
  const found: unknown = Reflect.get(Object(body), field);
  return Array.isArray(found) ? found : [];
};

/** The request ids of checks that answers said are started. */
const startedIn = ({ called }: Observed): ReadonlySet<string> =>
  new Set(
    called.flatMap(({ operation, status, body }) =>
      operation.kind === 'check' && status === 200
        ? listIn(body, 'started').map((one) => String(one.request_id))
        : [],
    ),
  );

function unsent(queries: readonly Query[], observed: Observed): readonly string[] {
  const byId = Map.groupBy(queries, ({ id }) => id);
  return [
    // What could not be queued is started again when it is needed.
    ...[...startedIn(observed)]
      .filter((id) => !byId.has(id) && !observed.isLossy)
      .map((id) => `the check ${id} was started and never reached Sinch`),
    ...[...byId]
      .filter(([, same]) => same.length > REPEATS)
      .map(([id, same]) => `the check ${id} reached Sinch ${same.length} times`),
  ];
}

/** A check that is under way, or whose answer is known, is not started again. */
function startedTwice({ called, callbacks, isLossy }: Observed): readonly string[] {
  if (isLossy) return [];
  const started = called.flatMap(({ operation, status, body }) =>
    operation.kind === 'check' && status === 200 ? listIn(body, 'started') : [],
  );
  const about = ({ channel, identity, app_id: app }: (typeof started)[number]): string =>
    `${String(channel)}/${String(identity)} for ${String(app)}`;
  // After a while, what Sinch could not tell is asked again.
  const isUnknown = (subject: string): boolean =>
    callbacks.some(
      ({ told }) =>
        told?.status === 'CAPABILITY_UNKNOWN' &&
        `${told.channel}/${told.number} for ${told.app}` === subject,
    );
  return [...Map.groupBy(started, about)].flatMap(([subject, some]) => {
    const ids = new Set(some.map(({ request_id: id }) => id));
    return ids.size > 1 && !isUnknown(subject)
      ? [`the check of ${subject} was started ${ids.size} times`]
      : [];
  });
}

/** Checks that callers started go at their rate; those of a rule are few. */
function tooFast(queries: readonly Query[], observed: Observed): readonly string[] {
  const started = startedIn(observed);
  const paced = queries.filter(({ id }) => started.has(id)).toSorted((a, b) => a.at - b.at);
  const { count, per } = TERMS.checks;
  return paced.flatMap((first, place) => {
    const faults: string[] = [];
    for (let last = place; last < paced.length; last++) {
      const span = (paced[last]?.at ?? 0) - first.at + SLACK;
      const allowed = count + (count * span) / per + 1;
      if (last - place + 1 > allowed)
        faults.push(`${last - place + 1} checks were sent within ${Math.round(span / 1_000)} s`);
    }
    return faults.slice(0, 1);
  });
}

/** What is known of a person is the newest certain answer that was taken. */
function untrue({ recipients, callbacks, isLossy }: Observed): readonly string[] {
  const answers = callbacks.filter(
    ({ told }) => told?.trigger === 'CAPABILITY' && told.status !== 'CAPABILITY_UNKNOWN',
  );
  return [...recipients].flatMap(([address, { capability }]) => {
    const own = answers.filter(
      ({ told }) => `${told?.channel}/${told?.number}` === address && told !== undefined,
    );
    return [...Map.groupBy(own, ({ told }) => told?.app ?? '')].flatMap(([app, some]) => {
      const taken = some.filter((one) => acknowledgedAt(one) !== undefined);
      const counted = [...Map.groupBy(taken, naturalKey).values()].map(firstOf);
      const newest = Math.max(...counted.map((same) => Math.min(...same.map(timeOf))));
      const statuses = counted
        .flat()
        .filter(({ eventAt }) => eventAt >= newest - 1_000)
        .map(({ told }) => told?.status);
      const channel = address.split('/')[0];
      const shown = capability.find((one) => one.channel === channel && one.app_id === app);
      if (taken.length === 0 || (isLossy && shown === undefined)) return [];
      return statuses.includes(shown?.status ?? '')
        ? []
        : [
            `${address}: is ${shown?.status ?? 'unknown'} to ${app}, the newest answer says ${statuses.join(' or ')}`,
          ];
    });
  });
}

const timeOf = ({ eventAt }: ObservedCallback): number => eventAt;

/** A request that is repeated is answered again; the same answer to it is the same event, whatever its time. */
const naturalKey = ({ told }: ObservedCallback): string => `${told?.id} ${told?.status}`;

/** Of the same answer, the one that took effect first; several where the order cannot be known. */
const firstOf = (same: Observed['callbacks']): Observed['callbacks'] =>
  same.filter(({ firstAt }) => !same.some((other) => appliedAt(other) < firstAt));

const RANK: Readonly<Record<string, number>> = { FULL: 0, PARTIAL: 0, UNKNOWN: 1, NO: 2 };

function misordered(
  { operation, status, body, sentAt, answeredAt }: Observed['called'][number],
  observed: Observed,
): readonly string[] {
  if (operation.kind !== 'choose' || status !== 200) return [];
  const [result] = listIn(body, 'results');
  const channels = listIn(result, 'channels').map((one) => ({
    channel: String(one.channel),
    address: `${String(one.channel)}/${String(one.identity)}`,
    allowed: one.allowed === true,
    rank: (one.allowed === true ? 0 : 10) + (RANK[String(one.reachable)] ?? 1),
  }));
  const faults: string[] = [];
  const { name, app, content, addresses } = operation;
  const [asked, found] = [
    addresses.map((one) => one.join('/')),
    channels.map(({ address }) => address),
  ];
  if (asked.toSorted().join() !== found.toSorted().join())
    faults.push(`${name}: asked for ${asked.join()} and got ${found.join()}`);
  if (channels.some(({ rank }, place) => rank < (channels[place - 1]?.rank ?? 0)))
    faults.push(`${name}: was told a wrong order: ${JSON.stringify(channels)}`);
  for (const { address, allowed } of channels) {
    const about = { app: app.id, address, content };
    if (allowed && isRefusedBefore({ sentAt, at: answeredAt ?? sentAt }, about, observed))
      faults.push(`${name}: ${address} is told as allowed after a STOP`);
  }
  return faults;
}
