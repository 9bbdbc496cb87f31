import { env } from 'cloudflare:workers';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openObjects } from '../../../src/objects/index.ts';
import type { Content } from '../../../src/rules/model/values.ts';
import { runs } from '../../setup/runs.ts';
import { evictAll, reset } from '../storage.ts';
import { DAY, HOUR, NOW } from './sender.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: NOW }));
afterEach(async () => {
  vi.useRealTimers();
  await reset();
});

/** How many each rate names, and in what time, in milliseconds. No two are equally strict. */
const RATES = {
  '0': { size: 0, time: 1_000 },
  '40/hour': { size: 40, time: HOUR },
  '10/minute': { size: 10, time: 60_000 },
  '60/minute': { size: 60, time: 60_000 },
  '3/second': { size: 3, time: 1_000 },
} as const;
type Rate = keyof typeof RATES;
const paceOf = (rate: Rate): number => RATES[rate].size / RATES[rate].time;
const CONTENTS = ['marketing', 'notification'] as const;

interface Limiting {
  readonly rule: string;
  readonly rate: Rate;
  readonly content: Content;
  readonly until: number;
  readonly at: number;
  readonly callbackId: string;
}
interface Releasing {
  readonly rule?: string;
  readonly at: number;
  readonly callbackId: string;
}
/** What was granted under a limit. */
interface Granted {
  readonly now: number;
  readonly rate: Rate;
  granted: number;
}

/** All that a sender was told, and all that it granted under a limit. */
interface Told {
  now: number;
  readonly events: (Limiting | Releasing)[];
  readonly granted: Record<(typeof CONTENTS)[number], Granted[]>;
}
const { senders } = openObjects(env, { hash: (text) => text });
type Sender = ReturnType<typeof senders.of>;
type OnSender = fc.AsyncCommand<Told, Sender>;
let opened = 0;

const isLimit = (event: Limiting | Releasing): event is Limiting => 'rate' in event;

/** The limits in force: of each rule the newest, and of the same moment the strictest, then the longest; unless it was released later. */
function inForce({ now, events }: Told): Limiting[] {
  const rules = Map.groupBy(events.filter(isLimit), ({ rule, content }) => `${rule}/${content}`);
  return [...rules.values()].flatMap((own) => {
    const at = Math.max(...own.map((limit) => limit.at));
    const newest = own.filter((limit) => limit.at === at);
    const pace = Math.min(...newest.map(({ rate }) => paceOf(rate)));
    const strict = newest.filter(({ rate }) => paceOf(rate) === pace);
    const until = Math.max(...strict.map((limit) => limit.until));
    const released = events.some(
      (event) =>
        !isLimit(event) &&
        event.at > at &&
        (event.rule === undefined || event.rule === own[0]?.rule),
    );
    return released || until <= now
      ? []
      : strict.filter((limit) => limit.until === until).slice(0, 1);
  });
}

const strictestOf = (limits: readonly Limiting[]): Limiting | undefined => {
  const pace = Math.min(...limits.map(({ rate }) => paceOf(rate)));
  const strict = limits.filter(({ rate }) => paceOf(rate) === pace);
  return strict.find(({ until }) => until === Math.max(...strict.map((limit) => limit.until)));
};

/**
 * How many may go: of every stretch of asks that ends now, what its first rate names and what came since, less what was
 * granted. That a sender keeps no list but a bucket must not show.
 */
function may(asked: readonly Granted[], now: number, rate: Rate): number {
  let fewest: number = RATES[rate].size;
  let came = 0;
  let went = 0;
  let later = { now, rate };
  for (const one of asked.toReversed()) {
    came += paceOf(later.rate) * (later.now - one.now);
    went += one.granted;
    fewest = Math.min(fewest, RATES[one.rate].size + came - went);
    later = one;
  }
  return Math.max(0, Math.floor(fewest + 1e-6));
}

/** No stretch of time may see more than the loosest of its rates allows: what it names at once, and the pace of it from then on. */
function expectNeverTooMany(asked: readonly Granted[]): void {
  const last = asked.at(-1);
  let sum = 0;
  let size = 0;
  let pace = 0;
  for (const { now, rate, granted } of asked.toReversed()) {
    sum += granted;
    size = Math.max(size, RATES[rate].size);
    pace = Math.max(pace, paceOf(rate));
    expect(sum).toBeLessThanOrEqual(size + pace * ((last?.now ?? now) - now) + 0.001);
  }
}

const tell = async (event: Limiting | Releasing, told: Told, sender: Sender): Promise<void> => {
  told.events.push(event);
  await (isLimit(event) ? sender.limit(event) : sender.release(event));
};

/** Set or released a while ago, and heard of only now: `early` in milliseconds. */
const limiting = (limit: Omit<Limiting, 'at'>, early: number): OnSender => ({
  check: () => true,
  toString: () => `limit(${JSON.stringify(limit)}, ${early} ms ago)`,
  run: (told, sender) =>
    tell({ ...limit, at: told.now - early, until: told.now + limit.until }, told, sender),
});

const releasing = (release: Omit<Releasing, 'at'>, early: number): OnSender => ({
  check: () => true,
  toString: () => `release(${JSON.stringify(release)}, ${early} ms ago)`,
  run: (told, sender) => tell({ ...release, at: told.now - early }, told, sender),
});

const tellingAgain = (place: number): OnSender => ({
  check: ({ events }) => events.length > 0,
  toString: () => `tellAgain(${place})`,
  async run(told, sender) {
    const event = told.events[place % told.events.length];
    if (event) await tell(event, told, sender);
  },
});

async function ask(content: (typeof CONTENTS)[number], count: number, told: Told, sender: Sender) {
  const { now } = told;
  const limit = strictestOf(inForce(told).filter((active) => active.content === content));
  const permit = await sender.permit({ content, count, now });
  if (!limit) {
    expect(permit).toEqual({ granted: count });
    return undefined;
  }
  const asked = told.granted[content];
  expect(permit.granted).toBe(Math.min(count, may(asked, now, limit.rate)));
  asked.push({ now, rate: limit.rate, granted: permit.granted });
  expectNeverTooMany(asked);
  if (permit.granted === count) expect(permit.retryAfter).toBeUndefined();
  else expect(permit.retryAfter).toBeGreaterThanOrEqual(1);
  return { limit, permit };
}

const asking = (content: (typeof CONTENTS)[number], count: number, later: number): OnSender => ({
  check: () => true,
  toString: () => `permit(${content}, ${count}, +${later})`,
  async run(told, sender) {
    told.now += later;
    const first = await ask(content, count, told, sender);
    if (first?.permit.retryAfter === undefined) return;
    // Whoever waits as long as it was told gets one, where the same limit still holds then.
    told.now += first.permit.retryAfter * 1_000;
    const next = await ask(content, 1, told, sender);
    if (next?.limit === first.limit) expect(next.permit.granted).toBe(1);
  },
});

/** Of what was granted under a limit, some is given back; once no limit is in force any more, that fills no bucket. */
const givingBack = (content: (typeof CONTENTS)[number], count: number): OnSender => ({
  check: ({ granted }) => (granted[content].at(-1)?.granted ?? 0) > 0,
  toString: () => `giveBack(${content}, ${count})`,
  async run(told, sender) {
    const last = told.granted[content].at(-1);
    if (!last) return;
    const back = Math.min(count, last.granted);
    if (inForce(told).some((limit) => limit.content === content)) last.granted -= back;
    await sender.giveBack(content, back, told.now);
  },
});

const restarting: OnSender = {
  check: () => true,
  toString: () => 'restart()',
  run: () => evictAll(),
};

const reading: OnSender = {
  check: () => true,
  toString: () => 'read()',
  async run(told, sender) {
    const { limits, throttle, history } = await sender.read(told.now);
    const known = inForce(told);
    const said = known.map(({ rule, rate, content, until, at }) =>
      [rule, rate, content, until, at].join(' '),
    );
    const read = limits.map(({ reason, to, content, until, since }) =>
      [reason, to, content, until, since].join(' '),
    );
    expect(read.toSorted()).toEqual(said.toSorted());
    const strictest = strictestOf(known);
    expect([throttle?.to, throttle?.until]).toEqual([strictest?.rate, strictest?.until]);
    expect(history).toHaveLength(new Set(told.events.map((event) => JSON.stringify(event))).size);
    const left = await sender.left(CONTENTS, told.now);
    for (const [place, content] of CONTENTS.entries()) {
      const limit = strictestOf(known.filter((active) => active.content === content));
      expect(left[place]?.left.granted).toBe(
        limit && may(told.granted[content], told.now, limit.rate),
      );
    }
  },
};

test('a sender grants what the strictest of its limits leaves, whatever comes late or twice, is given back or restarts', async () => {
  const rule = fc.constantFrom('red', 'yellow');
  const content = fc.constantFrom(...CONTENTS);
  const early = fc.constantFrom(0, 0, 1, 6_000, 60_000);
  const later = fc.constantFrom(0, 0, 1, 900, 5_999, 6_000, 20_000, 90_000, HOUR);
  const callbackId = fc.constantFrom('a', 'b');
  const limit = fc
    .tuple(
      rule,
      fc.constantFrom<Rate[]>('0', '40/hour', '10/minute', '60/minute', '3/second'),
      content,
      callbackId,
    )
    .chain(([name, rate, about, callback]) =>
      fc
        .constantFrom(0, 500, 30_000, HOUR, DAY)
        .map((until) => ({ rule: name, rate, content: about, until, callbackId: callback })),
    );
  const asks = fc
    .tuple(content, fc.oneof(fc.nat({ max: 12 }), fc.constantFrom(1, 60, 100)), later)
    .map(([about, count, wait]) => asking(about, count, wait));
  const plans = fc.commands(
    [
      fc.tuple(limit, early).map(([one, ago]) => limiting(one, ago)),
      fc
        .tuple(fc.option(rule, { nil: undefined }), callbackId, early)
        .map(([name, callback, ago]) =>
          releasing({ ...(name && { rule: name }), callbackId: callback }, ago),
        ),
      fc.nat({ max: 20 }).map(tellingAgain),
      asks,
      asks,
      asks,
      fc
        .tuple(content, fc.integer({ min: 1, max: 20 }))
        .map(([about, count]) => givingBack(about, count)),
      fc.constant(restarting),
      fc.constant(reading),
    ],
    { maxCommands: 25, size: 'max' },
  );
  await fc.assert(
    fc.asyncProperty(plans, async (commands) => {
      const sender = senders.of(`trial-${++opened}`, 'WHATSAPP');
      const told: Told = { now: NOW, events: [], granted: { marketing: [], notification: [] } };
      await fc.asyncModelRun(() => ({ model: told, real: sender }), [...commands, reading]);
    }),
    { numRuns: runs(60) },
  );
});

test('what was granted without a limit, given back, fills no bucket of an earlier one', async () => {
  const sender = senders.of('given-back', 'SMS');
  const now = Date.parse('2026-11-20T12:00:00Z');
  const limit = (at: number) =>
    sender.limit({
      rule: 'r',
      rate: '10/minute',
      content: 'marketing',
      at,
      until: now + 86_400_000,
      callbackId: `${at}`,
    });
  await limit(now - 2);
  expect(await sender.permit({ content: 'marketing', count: 10, now })).toMatchObject({
    granted: 10,
  });
  await sender.release({ rule: 'r', at: now - 1, callbackId: 'free' });
  expect(await sender.permit({ content: 'marketing', count: 10, now })).toMatchObject({
    granted: 10,
  });
  await sender.giveBack('marketing', 10, now);
  await limit(now);
  expect(await sender.permit({ content: 'marketing', count: 10, now })).toMatchObject({
    granted: 0,
  });
});
