import { describe, expect, test } from 'vitest';
import { commonFacts } from '../../../src/callbacks/facts/common-facts.ts';
import { triggers } from '../../../src/callbacks/triggers/index.ts';
import { factEntries, factEntry, isCarried } from '../../../src/rules/model/facts.ts';
import { LISTS, readSample, samples } from '../../../src/samples/samples.ts';

/** Facts that the specification lists and that no sample has. */
const RARE = [
  'CAPABILITY processing_mode',
  'CONVERSATION_DELETE channel',
  'CONVERSATION_DELETE identity',
  'CONVERSATION_DELETE contact_id',
  'SMART_CONVERSATIONS processing_mode',
  'UNSUPPORTED identity',
  'UNSUPPORTED contact_id',
  'UNSUPPORTED conversation_id',
];

const callbacks = await Promise.all(samples.map((name) => readSample(name)));

test.each(samples)('%s has every fact that its trigger always has', async (name) => {
  const callback = await readSample(name);
  const always = [
    ...factEntries().flatMap((fact) => (fact.always ? [fact.name] : [])),
    ...(triggers.find((trigger) => trigger.name === callback.trigger)?.always ?? []),
  ];
  expect(always.filter((fact) => callback.fact(fact, LISTS) === undefined)).toEqual([]);
});

test.each(samples)('%s has no fact that its trigger does not carry', async (name) => {
  const callback = await readSample(name);
  const undeclared = factEntries().filter(
    (fact) => callback.fact(fact.name, LISTS) !== undefined && !isCarried(fact, [callback.trigger]),
  );
  expect(undeclared.map((fact) => fact.name)).toEqual([]);
});

describe.each(triggers)('$name', ({ name, always, subjectFacts }) => {
  test('always has only facts that it carries', () => {
    const strange = always.filter((fact) => {
      const entry = factEntry(fact);
      return !entry || entry.recalled || !isCarried(entry, [name]);
    });
    expect(strange).toEqual([]);
    expect(always.length).toBeGreaterThan(0);
  });

  test('has a sample for each fact of the subject that it carries', () => {
    const own = callbacks.filter(({ trigger }) => trigger === name);
    const unseen = subjectFacts.filter((fact) =>
      own.every((callback) => callback.fact(fact, LISTS) === undefined),
    );
    expect(unseen.filter((fact) => !RARE.includes(`${name} ${fact}`))).toEqual([]);
  });
});

test('a common fact is carried by at least one trigger', () => {
  const unused = Object.keys(commonFacts).filter((name) => {
    const fact = factEntry(name);
    return (
      !fact ||
      !isCarried(
        fact,
        triggers.map((trigger) => trigger.name),
      )
    );
  });
  expect(unused).toEqual([]);
});
