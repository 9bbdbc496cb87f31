import { expect, test } from 'vitest';
import { UNKNOWN } from '../../../src/callbacks/callback.ts';
import { alwaysCarried } from '../../../src/callbacks/facts/always.ts';
import { factEntry, isCarried, triggerNames } from '../../../src/rules/model/facts.ts';
import { LISTS, readSample, samples } from '../../../src/samples/samples.ts';

test.each(samples)('%s has every fact that its trigger always has', async (name) => {
  const callback = await readSample(name);
  expect(
    alwaysCarried(callback.trigger).filter((fact) => callback.fact(fact, LISTS) === undefined),
  ).toEqual([]);
});

test.each(triggerNames)('what %s always has are facts that it carries', (trigger) => {
  const strange = alwaysCarried(trigger).filter((name) => {
    const fact = factEntry(name);
    return !fact || fact.recalled || !isCarried(fact, [trigger]);
  });
  expect(strange).toEqual([]);
});

test('every known trigger has something of its own', () => {
  const least = alwaysCarried(UNKNOWN).length;
  expect(triggerNames.filter((name) => alwaysCarried(name).length === least)).toEqual([UNKNOWN]);
});
