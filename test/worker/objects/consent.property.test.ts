import { env } from 'cloudflare:workers';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openObjects } from '../../../src/objects/index.ts';
import {
  type ConsentEvent,
  type ConsentOutcome,
  type ConsentSource,
  SCOPES,
  type Scope,
} from '../../../src/objects/recipients/consent.ts';
import { runs } from '../../setup/runs.ts';
import { evictAll, reset } from '../storage.ts';
import { NOW } from './recipient.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: NOW }));
afterEach(async () => {
  vi.useRealTimers();
  await reset();
});

/** One change: `at` counts from `NOW`, `who` from 0, and `rule` is made the run's own, since an undo asks every object. */
interface Said {
  readonly key: string;
  readonly who: number;
  readonly at: number;
  readonly scope: Scope;
  readonly to: 'out' | 'in';
  readonly source: ConsentSource;
  readonly rule?: string;
  readonly actor?: string;
}

/** Everything accepted, in the order of arrival, and when. */
interface Book {
  readonly run: string;
  clock: number;
  readonly accepted: (Said & { readonly received: number; undone: boolean })[];
  readonly answers: Map<string, ConsentOutcome>;
}
const { recipients } = openObjects(env, { hash: (text) => text });
type OnPeople = fc.AsyncCommand<Book, typeof recipients>;
const PEOPLE = [0, 1, 2];
let opened = 0;

const addressOf = ({ run }: Book, who: number) => ({
  channel: 'SMS',
  identity: `${run}${who}`,
  appId: '',
});

/** Out since nothing as strong came later: what was set by hand, only a hand takes back; of the same moment `out` holds. */
function refuses({ accepted }: Book, who: number, scope: Scope): boolean {
  const told = accepted.filter((said) => said.who === who && !said.undone);
  const keptOut = (kept: readonly Said[], lifting: readonly Said[]): boolean => {
    const lastOut = Math.max(
      ...kept.filter((said) => said.to === 'out' && said.scope === scope).map(({ at }) => at),
    );
    const lastIn = Math.max(...lifting.map(({ at }) => at));
    return lastOut > Number.NEGATIVE_INFINITY && lastOut >= lastIn;
  };
  const ins = told.filter(
    (said) => said.to === 'in' && (said.scope === scope || said.scope === 'all'),
  );
  const byHand = (said: Said): boolean => said.source === 'hand';
  return (
    keptOut(
      told.filter((said) => !byHand(said)),
      ins,
    ) || keptOut(told.filter(byHand), ins.filter(byHand))
  );
}

function meant(book: Book, who: number): Record<Scope, boolean> {
  const all = refuses(book, who, 'all');
  return {
    all,
    marketing: all || refuses(book, who, 'marketing'),
    notification: all || refuses(book, who, 'notification'),
  };
}

/** Some changes in one call; the clock of the deployment goes on, whatever the events' own times are. */
const changing = (some: readonly Said[]): OnPeople => ({
  check: () => true,
  toString: () => `change(${some.map((said) => JSON.stringify(said)).join(', ')})`,
  async run(book, people) {
    book.clock += 1;
    vi.setSystemTime(NOW + book.clock);
    const expected = some.map((said) => {
      const named = `${said.who}/${said.key}`;
      const first = book.answers.get(named);
      if (first) return first;
      const before = meant(book, said.who);
      book.accepted.push({ ...said, received: book.clock, undone: false });
      const scopes = meant(book, said.who);
      const answer = { changed: SCOPES.some((scope) => before[scope] !== scopes[scope]), scopes };
      book.answers.set(named, answer);
      return answer;
    });
    const outcomes = await people.change(
      some.map(({ who, rule, at, ...said }) => ({
        ...said,
        at: NOW + at,
        ...(rule && { rule: `${book.run}-${rule}` }),
        address: addressOf(book, who),
      })),
    );
    expect(outcomes).toEqual(expected);
  },
});

/** Takes back what a rule did in the last moments, or ever; never what a person decided. */
const undoing = (name: string, moments: number): OnPeople => ({
  check: () => true,
  toString: () => `undo(${name}, of the last ${moments})`,
  async run(book, people) {
    const since = book.clock - moments;
    const taken = book.accepted.filter(
      ({ rule, received, actor, undone }) =>
        rule === name && received >= since && actor === undefined && !undone,
    );
    for (const said of taken) said.undone = true;
    const undo = {
      rule: `${book.run}-${name}`,
      since: NOW + since,
      actor: 'ines',
      reason: 'a bad rule',
    };
    expect(await people.undo(undo)).toMatchObject({
      people: new Set(taken.map(({ who }) => who)).size,
      changes: taken.length,
    });
  },
});

const restarting: OnPeople = {
  check: () => true,
  toString: () => 'restart()',
  run: () => evictAll(),
};

const marked = (
  { scope, to, source }: Pick<ConsentEvent, 'scope' | 'to' | 'source'>,
  at: number,
  undone: boolean,
) => `${at} ${scope} ${to} ${source}${undone ? ' undone' : ''}`;

const reading: OnPeople = {
  check: () => true,
  toString: () => 'read()',
  async run(book, people) {
    const read = await people.read(PEOPLE.map((who) => addressOf(book, who)));
    for (const who of PEOPLE) {
      const scopes = meant(book, who);
      expect(read[who]).toMatchObject({ suppressed: scopes.all, scopes });
      const history = read[who]?.history ?? [];
      const own = book.accepted.filter((said) => said.who === who);
      expect(history).toHaveLength(own.length);
      const times = history.map(({ at }) => at);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
      const told = history.map(({ undone, ...event }) =>
        marked(event, event.at - NOW, undone !== undefined),
      );
      expect(told.toSorted()).toEqual(own.map((one) => marked(one, one.at, one.undone)).toSorted());
    }
  },
};

/** Few keys, people and moments, so that redeliveries, late arrivals and ties are common. */
const said: fc.Arbitrary<Said> = fc
  .record({
    key: fc.integer({ min: 0, max: 30 }),
    who: fc.constantFrom(...PEOPLE),
    at: fc.integer({ min: -6, max: 6 }),
    scope: fc.constantFrom(...SCOPES),
    to: fc.constantFrom('out' as const, 'in' as const),
    how: fc.constantFrom(
      { source: 'keyword' as const, rule: 'stop' },
      { source: 'opt' as const, rule: 'opt' },
      { source: 'channel' as const, rule: 'refused' },
      { source: 'hand' as const, actor: 'ada' },
      // A rule asked and a person decided: by hand, and no undo of the rule takes it back.
      { source: 'keyword' as const, rule: 'stop', actor: 'bo' },
      { source: 'import' as const },
    ),
  })
  .map(({ key, how, ...rest }) => ({ key: `key-${key}`, ...rest, ...how }));

test('consent is what the events that were accepted amount to, whatever comes late, twice, is taken back or restarts', async () => {
  const plans = fc.commands(
    [
      fc.array(said, { minLength: 1, maxLength: 4 }).map(changing),
      said.map((one) => changing([one])),
      fc
        .tuple(fc.constantFrom('stop', 'opt', 'refused'), fc.constantFrom(0, 1, 3, 1_000))
        .map(([rule, moments]) => undoing(rule, moments)),
      fc.constant(restarting),
      fc.constant(reading),
      fc.constant(reading),
    ],
    { maxCommands: 25, size: 'max' },
  );
  await fc.assert(
    fc.asyncProperty(plans, async (commands) => {
      const book: Book = {
        run: `4670${String(++opened).padStart(6, '0')}`,
        clock: 0,
        accepted: [],
        answers: new Map(),
      };
      await fc.asyncModelRun(() => ({ model: book, real: recipients }), [...commands, reading]);
    }),
    { numRuns: runs(60) },
  );
});
