import { expect, test } from 'vitest';
import { actions } from '../../src/actions/index.ts';
import { catalogue } from '../../src/authoring/catalogue.ts';

const named = (wanted: (action: (typeof actions)[number]) => unknown): readonly string[] =>
  actions
    .filter(wanted)
    .map(({ name }) => name)
    .toSorted();

const isRecord = ({ kind }: (typeof actions)[number]): boolean => kind === 'record';

test('every action has a budget, except those that only leave a record', () => {
  expect(named(({ budget }) => budget === undefined)).toEqual(named(isRecord));
});

test('an action that protects people or evidence runs above its budget, with an alert', () => {
  expect(named(({ budget }) => budget?.over === 'run')).toEqual(
    expect.arrayContaining([
      'alert',
      'archive',
      'compare_consent',
      'review',
      'suppress',
      'throttle',
    ]),
  );
});

test('no pause holds a STOP, nor an action that only leaves a record', () => {
  const never = named(({ holdable }) => !holdable);
  expect(never).toEqual(expect.arrayContaining(['suppress', ...named(isRecord)]));
});

test('a change of consent is journalled as proof of consent', () => {
  expect(named(({ journalClass }) => journalClass === 'consent')).toEqual(
    named(({ consent }) => consent !== undefined),
  );
  expect(named(({ consent }) => consent !== undefined)).toEqual(
    expect.arrayContaining(['suppress', 'unsuppress']),
  );
});

test('budgets are counted within an hour', () => {
  for (const { budget } of actions) if (budget) expect(budget.within).toBe(3_600_000);
});

test('every param says what it means, for the reference, editors and the form of the console', () => {
  const silent = catalogue().actions.flatMap(({ name, params }) =>
    Object.entries(Object(params.properties ?? {})).flatMap(([param, schema]) =>
      Object(schema).description ? [] : [`${name}.${param}`],
    ),
  );
  expect(silent).toEqual([]);
});
