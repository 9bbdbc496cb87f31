import { LEAVING } from '../load/people.ts';
import { TERMS } from '../rulebook.ts';
import { editionsBetween, expectedOf, idOf } from './expected.ts';
import type { Invariant, Observed, ObservedCallback } from './observed.ts';

/** How often what was taken may come again where work can break off before that is noted. */
export const REPEATS = 10;

/** An alert as the receiver got it. */
export interface Told {
  readonly id: string;
  readonly group: string;
  readonly state: string;
  readonly severity: string;
  readonly rule: string;
  readonly title: string;
  readonly count: number;
  readonly at: number;
  readonly isAnswered: boolean;
}

/** Each alert that a rule raises reaches a recipient, at most as often as its group allows. */
export const alerts: Invariant = {
  name: 'alerts',
  demands:
    'each alert that a rule raises is counted in a message that reached a recipient; a group tells no more often than its interval allows, and no message twice once it was taken',
  check: (observed) => {
    const told = toldIn(observed);
    return [...untold(observed, told), ...tooOften(observed, told), ...piledUp(observed, told)];
  },
};

export const toldIn = ({ reached }: Observed): readonly Told[] =>
  reached
    .filter(({ host }) => host === 'alerts')
    .map(({ body, at, isAnswered }) => {
      const field = (name: string): string => String(Reflect.get(Object(body), name) ?? '');
      return {
        ...{ id: field('id'), group: field('alert'), state: field('state'), at, isAnswered },
        ...{ severity: field('severity'), rule: field('rule'), title: field('title') },
        count: Number(field('count')),
      };
    });

const TITLES: Readonly<Record<string, string>> = {
  'near-miss': 'Near miss at',
  red: 'RED for',
  yellow: 'YELLOW for',
  dead: 'A dead address at',
  help: 'HELP at',
};

/** By rule and app: as many as were raised must have been told of in the end. */
function untold(observed: Observed, told: readonly Told[]): readonly string[] {
  const raised = new Map<string, ObservedCallback[]>();
  for (const callback of observed.callbacks) {
    const rule = raisedBy(callback, observed);
    if (rule === undefined || idOf(callback) === undefined) continue;
    if (
      observed.deadLetters.some(
        (letter) => letter.callback === idOf(callback) && letter.action === 'alert',
      )
    )
      continue;
    // What was told of a person is taken back when they are erased, also from alerts.
    if (LEAVING.some(({ number }) => number === callback.told?.number)) continue;
    const key = `${TITLES[rule] ?? ''} ${callback.told?.app ?? ''}`;
    raised.set(key, [...(raised.get(key) ?? []), callback]);
  }
  return [...raised].flatMap(([title, callbacks]) => {
    const groups = new Set(told.filter((one) => one.title === title).map(({ group }) => group));
    const messages = told.filter(({ group }) => groups.has(group));
    const ends = observed.callbacks.filter(
      ({ told: about }) => about?.status === 'GREEN' && title.endsWith(about.app),
    );
    if (ends.length > 0 && FLAPPING.test(title)) return unheard(title, callbacks, messages, ends);
    // The groups of somebody who was erased lose their titles, and tell of others in them too.
    const isNameless = told.some(
      (one) => /data was erased$/.test(one.title) && title.startsWith(TITLES[one.rule] ?? title),
    );
    if (isNameless) return [];
    if (messages.length === 0)
      return [`“${title}”: was raised ${callbacks.length} times and never told`];
    // The groups of one title differ by channel; each tells how many it has counted since it
    // opened.
    const counted = [...Map.groupBy(messages, ({ group }) => group).values()]
      .map(countsOf)
      .reduce((sum, count) => sum + count, 0);
    const most = observed.callbacks.filter((callback) => mayRaise(callback, title)).length;
    if (counted > most) return [`“${title}”: ${most} were raised, ${counted} were told of`];
    return counted < callbacks.length
      ? [`“${title}”: ${callbacks.length} were raised, ${counted} were told of`]
      : [];
  });
}

/** Alerts that a rule ends. */
const FLAPPING = /^(RED|YELLOW)/;
/** What ends within its wait is told to nobody. */
const GROUP_WAIT = 30_000;

/**
 * An alert that is raised and ended again and again counts anew each time, and a message that waits
 * gives way to a newer one: but after each time that it is raised, its recipients hear of it.
 */
function unheard(
  title: string,
  raised: readonly ObservedCallback[],
  messages: readonly Told[],
  ends: readonly ObservedCallback[],
): readonly string[] {
  return raised.flatMap(({ name, firstAt, eventAt, told }) => {
    const isHeard = messages.some(({ at }) => at >= firstAt);
    const isBrief =
      told?.status === 'YELLOW' &&
      ends.some(
        (end) => end.eventAt >= eventAt - 1_000 && end.eventAt < eventAt + GROUP_WAIT + 5_000,
      );
    return isHeard || isBrief
      ? []
      : [`“${title}”: was raised by ${name}, and nobody heard of it after that`];
  });
}

/** Whether a callback may have raised an alert of this title, by any rulebook. */
const mayRaise = ({ told }: ObservedCallback, title: string): boolean =>
  told !== undefined &&
  (['bundled', 'published'] as const).some((edition) =>
    expectedOf(told, edition).some(
      ({ rule, actions }) =>
        actions.includes('alert') && `${TITLES[rule] ?? ''} ${told.app}` === title,
    ),
  );

/** How many alerts the messages of a group speak of: its count begins anew when it opens anew. */
function countsOf(messages: readonly Told[]): number {
  let [sum, last, wasOver] = [0, 0, false];
  const each = new Map(messages.map((message) => [message.id, message]));
  for (const { count, state } of [...each.values()].toSorted((a, b) => seqOf(a) - seqOf(b))) {
    if (count < last || wasOver) sum += last;
    last = count;
    wasOver = state === 'resolved';
  }
  return sum + last;
}

const seqOf = ({ id }: Told): number => Number(id.split('.').at(-1));

function raisedBy(callback: ObservedCallback, observed: Observed): string | undefined {
  const { told, firstAt } = callback;
  if (!told) return undefined;
  const until = observed.quietAt ?? observed.healedAt;
  const by = editionsBetween(
    observed,
    firstAt,
    callback.answers.some(({ isDeferred }) => isDeferred) ? until : firstAt + 60_000,
  ).map(
    (edition) => expectedOf(told, edition).find(({ actions }) => actions.includes('alert'))?.rule,
  );
  return by.every((rule) => rule === by[0]) ? by[0] : undefined;
}

function tooOften({ callbacks, isLossy }: Observed, told: readonly Told[]): readonly string[] {
  const ends = callbacks.filter(({ told: about }) => about?.status === 'GREEN');
  return [...Map.groupBy(told, ({ group }) => group).values()].flatMap((messages) => {
    const faults: string[] = [];
    const firsts = [...Map.groupBy(messages, ({ id }) => id).values()].map((same) => {
      const again = same.filter((_, place) =>
        same.slice(0, place).some(({ isAnswered }) => isAnswered),
      );
      if (again.length > (isLossy ? REPEATS : 0))
        faults.push(`“${same[0]?.title ?? ''}” was told again although it had been taken`);
      return same[0];
    });
    const firing = firsts
      // A heartbeat ends and begins anew with each silence.
      .filter((one) => one !== undefined && one.state === 'firing' && !/^heartbeat-/.test(one.rule))
      .filter((one) => one !== undefined)
      .toSorted((a, b) => seqOf(a) - seqOf(b));
    for (const [place, one] of firing.entries()) {
      // The one before may have been late: its interval counts from when it was due.
      const before = firing[place - 2];
      if (!before || one.severity !== before.severity) continue;
      // A group that is over opens anew, and its first message does not wait.
      const isAnew = ends.some(
        ({ told: end, firstAt }) =>
          one.title.endsWith(end?.app ?? '') && firstAt < one.at && firstAt > before.at - 600_000,
      );
      if (!isAnew && one.at - before.at < TERMS.groupInterval - 5_000)
        faults.push(
          `“${one.title}” was told three times within ${Math.round((one.at - before.at) / 1_000)} s, as ${before.id} and ${one.id}`,
        );
    }
    return faults;
  });
}

/** A failure that is taken within so long counts for its threshold, in milliseconds. */
const TIMELY = 5 * 60_000;

/** A storm that is certainly over its threshold is told. */
function piledUp(observed: Observed, told: readonly Told[]): readonly string[] {
  const failed = observed.callbacks.filter(
    ({ told: about, answers }) =>
      about?.status === 'FAILED' &&
      about.reason === 'RECIPIENT_INVALID' &&
      about.trigger === 'MESSAGE_DELIVERY' &&
      answers.some(({ status }) => status === 200),
  );
  return [...Map.groupBy(failed, ({ told: about }) => about?.app ?? '')].flatMap(([app, some]) => {
    // What comes too late counts for no window.
    const timely = some.filter(({ eventAt, answers }) =>
      answers.some(
        ({ status, isDeferred, at }) => status === 200 && !isDeferred && at - eventAt < TIMELY,
      ),
    );
    const times = timely.map(({ eventAt }) => eventAt).toSorted((a, b) => a - b);
    const { count, within } = TERMS.pileUp;
    const isOver = times.some(
      (at, place) => (times[place + count - 1] ?? Number.POSITIVE_INFINITY) - at < within,
    );
    const title = `Failures pile up at ${app}`;
    const messages = told.filter((one) => one.title === title);
    if (isOver && messages.length === 0)
      return [`“${title}”: ${times.length} failed and nobody was told`];
    return some.length < count && messages.length > 0
      ? [`“${title}”: was told of ${some.length} failures`]
      : [];
  });
}
