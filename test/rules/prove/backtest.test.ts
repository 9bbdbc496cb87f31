import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { reportLines } from '../../../src/cli/output/backtest-report.ts';
import {
  addCallback,
  type ComparedCallback,
  emptyTally,
  headWords,
  MOST_PEOPLE,
  merge,
  type Tally,
  totals,
} from '../../../src/rules/prove/backtest.ts';
import type { FiredAction } from '../../../src/rules/prove/fired-actions.ts';

const did = (rule: string, action = 'alert'): FiredAction => ({
  rule,
  action,
  message: `${action} somebody`,
  ...(action === 'suppress' && { consent: 'out' }),
});
const outcomes = (...done: readonly FiredAction[]) => ({ did: done, unknown: [] });
const tallied = (...judged: readonly ComparedCallback[]): Tally => {
  const tally = emptyTally();
  for (const one of judged) addCallback(tally, one);
  return tally;
};

describe('a backtest', () => {
  test('lists people up to a limit, so that its size does not follow the callbacks', () => {
    const tally = emptyTally();
    for (let at = 0; at < MOST_PEOPLE + 5; at++) {
      const [old, now] = [outcomes(), outcomes(did('stop', 'suppress'))];
      addCallback(tally, { id: String(at), person: `person ${at}`, old, new: now });
    }
    expect(tally.suppressed).toHaveLength(MOST_PEOPLE);
    expect(reportLines(tally, 'explain')).toContain('  10000 people or more newly suppressed');
  });

  test('counts what comes more and less often, by rule and action, with callbacks to look at', () => {
    const tally = tallied(
      {
        id: 'a',
        person: undefined,
        old: outcomes(did('x')),
        new: outcomes(did('x'), did('y', 'retry')),
      },
      { id: 'b', person: undefined, old: outcomes(did('x')), new: outcomes() },
      { id: 'c', person: undefined, old: outcomes(did('x')), new: outcomes(did('x')) },
    );
    expect(tally).toMatchObject({ callbacks: 3, changed: 2 });
    expect(tally.shifts).toEqual([
      { ...did('y', 'retry'), more: 1, fewer: 0, moreFor: ['a'], fewerFor: [] },
      { ...did('x'), more: 0, fewer: 1, moreFor: [], fewerFor: ['b'] },
    ]);
    expect(totals(tally, 'alert')).toEqual({ more: 0, fewer: 1 });
  });

  test.each<[string, Partial<FiredAction>, Partial<FiredAction>, object]>([
    [
      'another severity',
      { message: 'alert ops (low)', params: { severity: 'low' } },
      { message: 'alert ops (high)', params: { severity: 'high' } },
      { was: 'alert ops (low)', message: 'alert ops (high)', differs: ['severity'] },
    ],
    [
      'another text',
      { params: { text: 'Old' } },
      { params: { text: 'New' } },
      { was: 'alert somebody', message: 'alert somebody', differs: ['text'] },
    ],
    [
      'another route',
      { params: {}, to: ['ops'] },
      { params: {}, to: ['night', 'ops'] },
      {
        was: 'alert somebody at ops',
        message: 'alert somebody at night, ops',
        differs: ['destination'],
      },
    ],
  ])('%s is one change, not one more and one fewer', (_, was, is, change) => {
    const callback = (id: string) => ({
      id,
      person: undefined,
      old: outcomes({ ...did('x'), ...was }),
      new: outcomes({ ...did('x'), ...is }),
    });
    const tally = tallied(callback('a'), callback('b'));
    expect(tally).toMatchObject({ callbacks: 2, changed: 2, shifts: [] });
    expect(tally.changes).toEqual([
      { rule: 'x', action: 'alert', ...change, count: 2, examples: ['a', 'b'] },
    ]);
    const twice = emptyTally();
    for (const part of [tally, tally]) merge(twice, structuredClone(part));
    expect(twice.changes).toMatchObject([{ count: 4 }]);
  });

  test.each([
    [{ callbacks: 5, changed: 0, unsure: 0 }, 'nothing would be different'],
    [{ callbacks: 5, changed: 0, unsure: 2 }, '2 are unknown, nothing is different in the other 3'],
    [{ callbacks: 1, changed: 0, unsure: 1 }, '1 is unknown'],
    [{ callbacks: 5, changed: 3, unsure: 0 }, '3 would end otherwise'],
    [{ callbacks: 5, changed: 3, unsure: 1 }, '3 would end otherwise, 1 is unknown'],
  ])('of %j says: %s', (tally, words) => {
    expect(headWords(tally)).toBe(words);
  });

  test('tells people, not callbacks, who are newly suppressed or no longer', () => {
    const tally = tallied(
      { id: 'a', person: 'anna', old: outcomes(), new: outcomes(did('stop', 'suppress')) },
      { id: 'b', person: 'anna', old: outcomes(), new: outcomes(did('stop', 'suppress')) },
      { id: 'c', person: 'bo', old: outcomes(did('stop', 'suppress')), new: outcomes() },
      {
        id: 'd',
        person: 'cy',
        old: outcomes(did('stop', 'suppress')),
        new: outcomes(did('other', 'suppress')),
      },
    );
    expect(tally).toMatchObject({ suppressed: ['anna'], released: ['bo'] });
  });

  test('what cannot be known on one side is unknown, and no difference', () => {
    const unsure = { did: [], unknown: [{ rule: 'x', reason: ['text'] }] };
    const tally = tallied(
      { id: 'a', person: 'anna', old: outcomes(did('x', 'suppress')), new: unsure },
      { id: 'b', person: undefined, old: unsure, new: unsure },
    );
    expect(tally).toMatchObject({
      changed: 0,
      unsure: 2,
      shifts: [],
      released: [],
      unknown: [{ rule: 'x', count: 2, reason: ['text'], examples: ['a', 'b'] }],
    });
  });

  test('names ten callbacks at most for each', () => {
    const many = Array.from({ length: 25 }, (_, index) => ({
      id: `${index}`,
      person: undefined,
      old: outcomes(),
      new: outcomes(did('x')),
    }));
    const [shift] = tallied(...many).shifts;
    expect(shift).toMatchObject({
      more: 25,
      moreFor: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
    });
  });

  const Side = fc
    .record({
      done: fc.subarray(['a', 'b', 'c']),
      unsure: fc.subarray(['a', 'b', 'c']),
    })
    .map(({ done, unsure }) => ({
      did: done.map((rule) => did(rule, rule === 'a' ? 'suppress' : 'alert')),
      unknown: unsure.map((rule) => ({ rule, reason: [`fact-${rule}`] })),
    }));
  const Callbacks = fc.array(
    fc.record({
      id: fc.uuid(),
      person: fc.option(fc.constantFrom('p', 'q', 'r'), { nil: undefined }),
      old: Side,
      new: Side,
    }),
    { maxLength: 40 },
  );

  test('comes out the same in parts and in one', () => {
    fc.assert(
      fc.property(Callbacks, fc.nat(40), (all, at) => {
        const parts = tallied(...all.slice(0, at));
        merge(parts, JSON.parse(JSON.stringify(tallied(...all.slice(at)))));
        expect(parts).toEqual(tallied(...all));
      }),
    );
  });

  test('the same rules on both sides change nothing', () => {
    fc.assert(
      fc.property(Callbacks, (all) => {
        expect(tallied(...all.map((one) => ({ ...one, new: one.old })))).toMatchObject({
          changed: 0,
          shifts: [],
          suppressed: [],
        });
      }),
    );
  });
});
