import { expect, test } from 'vitest';
import { openEvictions } from '../../src/cli/callbacks/evictions.ts';

test('what a replay had to forget is said at its end, and nothing where nothing was', () => {
  const { window, notes, lines } = openEvictions();
  expect(lines()).toEqual([]);
  window();
  expect(lines()).toEqual([
    '1 window forgotten too early: rules with a threshold may fire less often than in the Worker',
  ]);
  window();
  notes(3);
  notes(1);
  expect(lines()).toEqual([
    '2 windows forgotten too early: rules with a threshold may fire less often than in the Worker',
    '4 earlier ratings and capabilities forgotten: "previous_quality_rating" and its like may be missing',
  ]);
});
