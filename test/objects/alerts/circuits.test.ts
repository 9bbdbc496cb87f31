import { expect, test } from 'vitest';
import { Circuits, FAILURES } from '../../../src/objects/alerts/circuits.ts';
import { openDisk, openStorage } from '../../../src/simulator/models/object-storage.ts';

const MINUTE = 60_000;

function open(): Circuits {
  const { api } = openStorage(openDisk('CIRCUITS'), () => 0);
  // The model has of a storage what the class uses.
  return new Circuits((api as { readonly sql: SqlStorage }).sql);
}

test('attempts that were under way when a destination was paused do not lengthen the pause', () => {
  const circuits = open();
  for (let failure = 0; failure < FAILURES; failure++) circuits.fail('ops', 'no answer', 1_000);
  for (let late = 0; late < 5; late++) circuits.fail('ops', 'no answer', 11_000);
  expect(circuits.blockedUntil('ops', 12_000)).toBe(1_000 + 5 * MINUTE);
});

test('the attempt at the end of a pause doubles it when it fails', () => {
  const circuits = open();
  for (let failure = 0; failure < FAILURES; failure++) circuits.fail('ops', 'no answer', 0);
  expect(circuits.blockedUntil('ops', 5 * MINUTE)).toBeUndefined();
  circuits.fail('ops', 'no answer', 5 * MINUTE + 10_000);
  expect(circuits.blockedUntil('ops', 6 * MINUTE)).toBe(15 * MINUTE + 10_000);
});
