import { APPS } from '../load/people.ts';
import { TERMS } from '../rulebook.ts';
import { appliedAt, idOf } from './expected.ts';
import { sentIn } from './never-after-stop.ts';
import type { Invariant, Observed } from './observed.ts';

/** Some sends of an app on WhatsApp, as far as they count for its throttle. */
interface Counted {
  readonly from: number;
  readonly until: number;
  readonly count: number;
}

/**
 * How far apart clocks of the Worker may be, and how long a send is on its way, in milliseconds.
 */
const SLACK = 75_000;

/** A throttle is never exceeded while it is in force, and it ends. */
export const throttles: Invariant = {
  name: 'throttles',
  demands:
    'each rating is on record once, for the time of its event; under RED no more marketing is granted or sent than its limit allows; when its time is over nothing is limited any more',
  check: (observed) => [
    ...APPS.flatMap(({ id }) => [...exceeded(id, observed), ...unrecorded(id, observed)]),
    ...[...observed.senders].flatMap(([app, { throttle }]) =>
      throttle === null ? [] : [`${app}: is still limited: ${JSON.stringify(throttle)}`],
    ),
  ],
};

/** What each rating leaves on record beside itself. */
const EFFECTS: Readonly<Record<string, string>> = { RED: 'limit', GREEN: 'release' };

function unrecorded(app: string, { callbacks, senders }: Observed): readonly string[] {
  const history = senders.get(app)?.history ?? [];
  return callbacks.flatMap((callback) => {
    const { told, name, eventAt, firstAt } = callback;
    const id = idOf(callback);
    if (told?.trigger !== 'CHANNEL_EVENT' || told.app !== app || id === undefined) return [];
    return ['rating', EFFECTS[told.status] ?? ''].flatMap((wanted) => {
      if (wanted === '') return [];
      const records = history.filter(({ event, decision }) => event === wanted && decision === id);
      const at = Date.parse(records[0]?.at ?? '');
      const isTimely =
        at === eventAt || (eventAt > firstAt - 1_000 && at <= eventAt && at > firstAt - 1_000);
      if (records.length !== 1)
        return [`${name}: its ${wanted} is on record ${records.length} times`];
      return isTimely
        ? []
        : [
            `${name}: its ${wanted} is on record for ${records[0]?.at ?? ''}, it happened ${new Date(eventAt).toISOString()}`,
          ];
    });
  });
}

function exceeded(app: string, observed: Observed): readonly string[] {
  const ratings = observed.callbacks.filter(
    ({ told }) => told?.trigger === 'CHANNEL_EVENT' && told.app === app,
  );
  const granted: Counted[] = observed.called.flatMap(({ operation, sentAt, answeredAt, body }) => {
    if (operation.kind !== 'permit' || operation.app.id !== app || answeredAt === undefined)
      return [];
    const count = Number(Reflect.get(Object(body), 'granted') ?? 0);
    return count > 0 ? [{ from: sentAt, until: answeredAt, count }] : [];
  });
  const sent: Counted[] = sentIn(observed)
    .filter((one) => one.app === app && one.channel === 'WHATSAPP' && one.content === 'marketing')
    .map(({ send: { sentAt, at } }) => ({ from: sentAt - SLACK, until: at, count: 1 }));
  return ratings.flatMap((red) => {
    // One that was deferred is acknowledged before it is in force.
    const since = appliedAt(red);
    if (red.told?.status !== 'RED' || since === Number.POSITIVE_INFINITY) return [];
    // A GREEN that happened later lifts it; a later RED sets it anew. An event of the future counts from its receipt, by a clock that
    // may be behind.
    const countsFrom = Math.min(red.eventAt, red.firstAt - 1_000);
    const lifted = ratings.filter(
      ({ told, eventAt }) => told?.status === 'GREEN' && eventAt > countsFrom,
    );
    const until = Math.min(red.eventAt + TERMS.red.for, ...lifted.map(({ firstAt }) => firstAt));
    const within = [...granted, ...sent].filter((one) => one.from >= since && one.until <= until);
    const total = within.reduce((sum, { count }) => sum + count, 0);
    const span =
      Math.max(0, ...within.map((one) => one.until)) -
      Math.min(until, ...within.map(({ from }) => from));
    const allowed = TERMS.red.count + (TERMS.red.count * Math.max(0, span)) / TERMS.red.per + 1;
    return total > allowed
      ? [
          `${app}: ${total} were granted within ${Math.round(span / 1_000)} s, ${allowed.toFixed(1)} are allowed`,
        ]
      : [];
  });
}
