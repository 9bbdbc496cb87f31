import { openRandom } from '../../src/simulator/world/random.ts';
import { ModelQueue, type QueueTerms, Servers, serve } from './model.ts';
import { MESSAGES, type ObjectClass, PROFILES, type Profile, SERVICE, TALLY } from './profile.ts';

/** How often a shard of messages counts its figures, in milliseconds: as `Messages` does. */
const COUNT_EVERY = 15 * 60_000;
/** How many consumers of a queue run at once at most. Source: Queues, limits. */
const CONCURRENCY = 250;

/** What became of an object of a class. */
export interface ObjectRow {
  readonly name: string;
  readonly objects: number;
  /** Calls a second to the busiest of them, on average and in its worst second. */
  readonly perSecond: number;
  readonly mostInSecond: number;
  /** The part of its time in which it works. */
  readonly busy: number;
  readonly longestWaitMs: number;
}

/** What became of a queue: how many messages waited at the end of each quarter of the time, and at most. */
export interface QueueRow {
  readonly name: string;
  readonly waiting: readonly number[];
  readonly most: number;
}

export interface Scale {
  readonly perSecond: number;
  readonly seconds: number;
  readonly callbacks: number;
  readonly objects: readonly ObjectRow[];
  readonly queues: readonly QueueRow[];
}

/** How the queues of wrangler.toml deliver. */
export interface ScaleTerms {
  readonly effects: Omit<QueueTerms, 'concurrency'>;
  readonly journal: Omit<QueueTerms, 'concurrency'>;
}

/** Lets callbacks of the mix arrive at random for so many seconds, and works on them as the platform would. */
export function simulateLoad(perSecond: number, seconds: number, terms: ScaleTerms): Scale {
  const random = openRandom('bench/scale');
  const classes = new Map<ObjectClass, Servers>();
  const serversOf = (kind: ObjectClass): Servers => {
    const known = classes.get(kind) ?? new Servers();
    classes.set(kind, known);
    return known;
  };
  const call = (kind: ObjectClass, at: number, service = kind.service): number =>
    serve(serversOf(kind).of(random.int(kind.count)), at, service);
  const database = new Servers();

  // Effects that fired are one in the batch after so many; the rest are notes for windows.
  const pending: Profile[] = [];
  const effects = new ModelQueue({ ...terms.effects, concurrency: CONCURRENCY }, (messages, at) => {
    let end = at + SERVICE.effects;
    let isCounted = false;
    for (const profile of pending.splice(0, messages)) {
      if (profile.isCounted) isCounted = true;
      for (const kind of profile.effectCalls) end = Math.max(end, call(kind, at));
    }
    return isCounted ? Math.max(end, call(TALLY, at)) : end;
  });
  const journal = new ModelQueue({ ...terms.journal, concurrency: CONCURRENCY }, (messages, at) =>
    serve(database.of(0), at, SERVICE.journalBatch + messages * SERVICE.journalEntry),
  );

  const end = seconds * 1_000;
  const quarter = end / 4;
  const changed = new Map<number, number>();
  let callbacks = 0;
  let mark = quarter;
  for (let at = 0; at < end; at += (-Math.log(1 - random.next()) * 1_000) / perSecond) {
    callbacks += 1;
    const profile = draw(random.next());
    for (const kind of profile.calls) {
      const number = random.int(kind.count);
      const servers = serversOf(kind);
      serve(servers.of(number), at, kind.service);
      if (kind !== MESSAGES) continue;
      // Its alarm: first, each shard has its own part of the interval.
      const due = changed.get(number) ?? (number / MESSAGES.count) * COUNT_EVERY;
      if (at < due) changed.set(number, due);
      else {
        const messages = (perSecond * COUNT_EVERY) / 1_000 / MESSAGES.count / 3.6;
        serve(servers.of(number), at, messages * SERVICE.counting);
        changed.set(number, due + COUNT_EVERY);
      }
    }
    for (let n = 0; n < profile.effects; n++) {
      pending.push(profile);
      effects.send(at);
    }
    journal.send(at);
    if (at >= mark) {
      effects.depths.push(effects.waiting);
      journal.depths.push(journal.waiting);
      mark += quarter;
    }
  }
  effects.settle(end);
  journal.settle(end);
  const rows = [...classes].map(([{ name, count }, servers]) =>
    rowOf(name, count, servers, seconds),
  );
  const queueRow = (name: string, queue: ModelQueue): QueueRow => ({
    ...{ name, most: queue.longest },
    waiting: [...queue.depths, queue.waiting],
  });
  return {
    ...{ perSecond, seconds, callbacks },
    objects: [...rows, rowOf('the database of the journal', 1, database, seconds)],
    queues: [queueRow('effects', effects), queueRow('journal', journal)],
  };
}

function rowOf(name: string, objects: number, { all }: Servers, seconds: number): ObjectRow {
  const servers = [...all.values()];
  const most = (of: (server: (typeof servers)[number]) => number): number =>
    Math.max(...servers.map(of));
  const rounded = (n: number): number => Math.round(n * 100) / 100;
  return {
    ...{ name, objects },
    perSecond: rounded(most(({ calls }) => calls) / seconds),
    mostInSecond: most(({ mostInSecond }) => mostInSecond),
    busy: rounded(most(({ busyMs }) => busyMs) / 1_000 / seconds),
    longestWaitMs: Math.round(most(({ longestWait }) => longestWait)),
  };
}

function draw(at: number): Profile {
  let left = at;
  for (const profile of PROFILES) {
    left -= profile.share;
    if (left < 0) return profile;
  }
  // The shares sum up to one, but for rounding.
  return PROFILES[0] ?? { share: 1, calls: [], effects: 0, isCounted: false, effectCalls: [] };
}
