import { env } from 'cloudflare:workers';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openObjects } from '../../../src/objects/index.ts';
import type {
  Attempt,
  MessageRecord,
  MessageStatus,
} from '../../../src/objects/messages/lineage.ts';
import { runs } from '../../setup/runs.ts';
import { evictAll, reset } from '../storage.ts';
import { NOW } from './sender.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: NOW }));
afterEach(async () => {
  vi.useRealTimers();
  await reset();
});

const LEASE = 1_000;
const HOLDERS = ['one', 'two'];
const STATUSES = ['QUEUED_ON_CHANNEL', 'DELIVERED', 'READ', 'FAILED'] as const;
type Status = (typeof STATUSES)[number];
/** `unsure`: it went out, or not, and no answer came. `crash`: the same, and nobody could even say so. */
const ENDS = [
  'sent',
  'failed',
  'unsure, out',
  'unsure, not out',
  'crash, out',
  'crash, not out',
] as const;
type End = (typeof ENDS)[number];

/** One root and all that was sent in its place: the first message is 0, each attempt's message its number. */
interface Lineage {
  readonly run: string;
  now: number;
  submitted?: { readonly sealed: string; readonly at: number };
  /** By callback. */
  readonly statuses: Map<
    string,
    { readonly message: number; readonly status: Status; readonly at: number }
  >;
  readonly attempts: Map<number, Attempt>;
  /** Messages that point to the root. */
  readonly linked: Set<number>;
  readonly claims: Map<number, 'done' | { readonly until: number }>;
  /** What left for Sinch, by its attempt. */
  readonly out: number[];
}
const objects = openObjects(env, { hash: (text) => text });
type OnLineage = fc.AsyncCommand<Lineage, typeof objects>;
let opened = 0;

const idOf = ({ run }: Lineage, message: number): string =>
  message === 0 ? run : `${run}-${message}`;
const claimOf = ({ run }: Lineage, n: number): string => `retry/${run}/${n}`;
const proves = (status: Status): boolean => status === 'DELIVERED' || status === 'READ';
const seenOf = ({ statuses, linked }: Lineage) =>
  [...statuses.values()].filter(({ message }) => linked.has(message));
const isDelivered = (lineage: Lineage): boolean =>
  seenOf(lineage).some(({ status }) => proves(status));
const byNumber = (a: { at: number }, b: { at: number }): number => a.at - b.at;

/** Where the newest sending stands: the newest of the statuses that end it, else whatever came closest to that. */
function stands(lineage: Lineage): Status | undefined {
  const newest = Math.max(
    0,
    ...[...lineage.attempts.values()].filter(({ state }) => state === 'sent').map(({ n }) => n),
  );
  const own = seenOf(lineage)
    .filter(({ message }) => message === newest)
    .toSorted(byNumber);
  const last = (...some: Status[]): Status | undefined =>
    own.findLast(({ status }) => some.includes(status))?.status;
  return last('FAILED', 'READ') ?? last('DELIVERED') ?? last('QUEUED_ON_CHANNEL');
}

function recordOf(lineage: Lineage): MessageRecord {
  const seen = seenOf(lineage).toSorted(byNumber);
  const statuses = seen.map(({ message, status, at }): MessageStatus => {
    const messageId = idOf(lineage, message);
    return { messageId, status, at, callbackId: `${messageId}/${at}` };
  });
  const status = stands(lineage);
  const failed = seen.find((one) => one.status === 'FAILED');
  return {
    root: lineage.run,
    ...(lineage.submitted !== undefined && {
      submitted: lineage.submitted.sealed,
      submission: { at: lineage.submitted.at, appId: '', channel: '' },
    }),
    ...(status && { status }),
    statuses,
    attempts: [...lineage.attempts.values()].toSorted((a, b) => a.n - b.n),
    delivered: isDelivered(lineage),
    ...(failed && { firstFailedAt: failed.at }),
  };
}

/** What was sent stays sent. */
function put({ attempts }: Lineage, attempt: Attempt): void {
  if (attempts.get(attempt.n)?.state !== 'sent') attempts.set(attempt.n, attempt);
}

const submitting = (sealed: string): OnLineage => ({
  check: () => true,
  toString: () => `submitted(${sealed})`,
  async run(lineage, { messages }) {
    lineage.submitted ??= { sealed, at: lineage.now };
    await messages.of(lineage.run).noteSubmitted({ sealed, at: lineage.now });
  },
});

/** A receipt of some time, once or again; for a message sent in its place maybe before anybody noted that it is one. */
const receiving = (message: number, status: Status, moment: number): OnLineage => ({
  check: ({ linked }) => linked.has(message) || linked.has(message - 1),
  toString: () => `status(${message}, ${status}, ${moment})`,
  async run(lineage, { messages }) {
    const messageId = idOf(lineage, message);
    // No two at the same time: which one is newer is then not in doubt.
    const at = NOW + moment * 100 + message * 10 + STATUSES.indexOf(status);
    lineage.statuses.set(`${messageId}/${at}`, { message, status, at });
    expect(
      await messages.of(messageId).noteStatus({ status, at, callbackId: `${messageId}/${at}` }),
    ).toMatchObject(
      lineage.linked.has(message)
        ? { root: lineage.run, attempt: message }
        : { root: messageId, attempt: 0 },
    );
  },
});

/** Two that want to send the same message again at once, as the action does it: whoever gets the claim, and whom the lineage lets. */
const sendingAgain = (message: number, later: number, end: End): OnLineage => ({
  check: ({ linked }) => linked.has(message),
  toString: () => `sendAgain(${message}, +${later}, ${end})`,
  async run(lineage, { messages, claims }) {
    lineage.now += later;
    const { now, run } = lineage;
    const { root, attempt } = await messages.lineage(idOf(lineage, message));
    expect([root, attempt]).toEqual([run, message]);
    const n = message + 1;
    const key = claimOf(lineage, n);
    const answers = await Promise.all(
      HOLDERS.map((holder) => claims.take(key, LEASE, now, holder)),
    );
    const holder = HOLDERS[answers.findIndex((answer) => answer !== 'held')] ?? '';
    const claim = lineage.claims.get(n);
    if (claim === 'done') return expect(answers).toEqual(['done', 'done']);
    if (claim && claim.until > now) return expect(answers).toEqual(['held', 'held']);
    const mine = claim ? 'lapsed' : 'taken';
    expect(answers.toSorted()).toEqual(['held', mine].toSorted());
    lineage.claims.set(n, { until: now + LEASE });

    const thread = messages.of(root);
    const record = await thread.read();
    expect(record).toEqual(recordOf(lineage));
    const settle = async (): Promise<void> => {
      const messageId = idOf(lineage, n);
      await messages.of(messageId).link({ root, attempt: n });
      await thread.endAttempt({ n, state: 'sent', messageId, at: now });
      lineage.linked.add(n);
      put(lineage, { n, state: 'sent', messageId, at: now });
      await claims.done(key);
      lineage.claims.set(n, 'done');
    };
    const leave = async (over: boolean): Promise<void> => {
      await (over ? claims.done(key) : claims.free(key, holder));
      if (over) lineage.claims.set(n, 'done');
      else lineage.claims.delete(n);
    };
    if (record.attempts.find((one) => one.n === n)?.state === 'sent') return leave(true);
    if (record.delivered) return leave(mine === 'lapsed');
    // Sinch is asked what became of the earlier try.
    if (mine === 'lapsed' && lineage.out.includes(n)) return settle();
    expect(await thread.startAttempt({ n, at: now })).toEqual(lineage.attempts.get(n));
    put(lineage, { n, state: 'started', at: now });
    if (end === 'sent' || end.endsWith(', out')) {
      expect(lineage.out).not.toContain(n);
      expect(isDelivered(lineage)).toBe(false);
      lineage.out.push(n);
    }
    if (end === 'sent') return settle();
    if (end === 'failed') {
      await thread.endAttempt({ n, state: 'failed', at: now, reason: 'sinch_refused' });
      put(lineage, { n, state: 'failed', at: now, reason: 'sinch_refused' });
      if (mine === 'taken') return leave(false);
    }
    if (end === 'failed' || end.startsWith('unsure')) {
      await claims.lapse(key, holder);
      lineage.claims.set(n, { until: 0 });
    }
  },
});

/** Somebody who was slow says how an attempt began or ended, from any message of the lineage: what was sent stays sent. */
const comingLate = (message: number, n: number, state: 'started' | 'failed'): OnLineage => ({
  check: ({ linked, attempts }) => linked.has(message) && attempts.has(n),
  toString: () => `late(${message}: ${n} ${state})`,
  async run(lineage, { messages }) {
    const { now: at } = lineage;
    const thread = messages.of(idOf(lineage, message));
    if (state === 'started')
      expect(await thread.startAttempt({ n, at })).toEqual(lineage.attempts.get(n));
    else await thread.endAttempt({ n, state, at });
    put(lineage, { n, state, at });
  },
});

const restarting: OnLineage = {
  check: () => true,
  toString: () => 'restart()',
  run: () => evictAll(),
};

const reading = (message: number): OnLineage => ({
  check: ({ linked }) => linked.has(message),
  toString: () => `read(${message})`,
  async run(lineage, { messages }) {
    expect(await messages.of(idOf(lineage, message)).read()).toEqual(recordOf(lineage));
    expect(new Set(lineage.out).size).toBe(lineage.out.length);
  },
});

test('a message is sent again once an attempt and never once it was delivered, and its lineage is what was noted', async () => {
  const message = fc.nat({ max: 3 });
  const status = fc.constantFrom<Status[]>(
    'QUEUED_ON_CHANNEL',
    'FAILED',
    'FAILED',
    'FAILED',
    'DELIVERED',
    'READ',
  );
  const again = fc
    .tuple(
      fc.oneof(fc.constant(0), message),
      fc.constantFrom(0, 1, LEASE - 1, LEASE),
      fc.constantFrom('sent', ...ENDS),
    )
    .map(([which, later, end]) => sendingAgain(which, later, end));
  const plans = fc.commands(
    [
      fc.constantFrom('sealed-1', 'sealed-2').map(submitting),
      fc
        .tuple(message, status, fc.nat({ max: 3 }))
        .map(([which, said, moment]) => receiving(which, said, moment)),
      again,
      again,
      again,
      fc
        .tuple(message, fc.integer({ min: 1, max: 3 }), fc.constantFrom('started', 'failed'))
        .map(([which, n, state]) => comingLate(which, n, state)),
      fc.constant(restarting),
      message.map(reading),
    ],
    { maxCommands: 25, size: 'max' },
  );
  await fc.assert(
    fc.asyncProperty(plans, async (commands) => {
      const lineage: Lineage = {
        ...{ run: `01ROOT${++opened}`, now: NOW, linked: new Set([0]), out: [] },
        ...{ statuses: new Map(), attempts: new Map(), claims: new Map() },
      };
      await fc.asyncModelRun(() => ({ model: lineage, real: objects }), [...commands, reading(0)]);
    }),
    { numRuns: runs(60) },
  );
});
