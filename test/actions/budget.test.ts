import { expect, test } from 'vitest';
import { BUDGETS } from '../../src/actions/budget.ts';
import { actions } from '../../src/actions/index.ts';

test('every action that does something has a budget, and no other name has', () => {
  expect(Object.keys(BUDGETS).toSorted()).toEqual(
    actions
      .filter(({ kind }) => kind !== 'record')
      .map(({ name }) => name)
      .toSorted(),
  );
});

test('what lets somebody back in, goes out or takes away is held past its budget; what protects is done, and told', () => {
  const held = (is: boolean) =>
    Object.entries(BUDGETS).flatMap(([name, budget]) => (budget.held === is ? [name] : []));
  expect(held(true)).toEqual(
    expect.arrayContaining(['retry', 'unsuppress', 'release', 'erase', 'forward']),
  );
  expect(held(false)).toEqual(expect.arrayContaining(['suppress', 'throttle', 'alert', 'review']));
});
