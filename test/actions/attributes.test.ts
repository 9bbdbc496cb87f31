import { expect, test } from 'vitest';
import { actions } from '../../src/actions/index.ts';

const named = (wanted: (action: (typeof actions)[number]) => unknown): readonly string[] =>
  actions
    .filter(wanted)
    .map(({ name }) => name)
    .toSorted();

test('every action has a budget, except those that only leave a record', () => {
  expect(named(({ budget }) => budget === undefined)).toEqual(
    named(({ kind }) => kind === 'record'),
  );
});

test('an action that protects people or evidence runs above its budget, with an alert', () => {
  expect(named(({ budget }) => budget?.over === 'run')).toEqual([
    'alert',
    'archive',
    'compare_consent',
    'review',
    'suppress',
    'throttle',
  ]);
});

test('no pause holds a STOP, nor an action that does nothing', () => {
  expect(named(({ holdable }) => !holdable)).toEqual(['ignore', 'suppress']);
});

test('a change of consent is journalled as proof of consent', () => {
  expect(named(({ journalClass }) => journalClass === 'consent')).toEqual([
    'suppress',
    'unsuppress',
  ]);
});

test('budgets are counted within an hour', () => {
  for (const { budget } of actions) if (budget) expect(budget.within).toBe(3_600_000);
});
