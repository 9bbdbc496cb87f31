import { describe, expect, test } from 'vitest';
import { audit } from '../../../src/rules/decide/audit.ts';
import { decide } from '../../../src/rules/decide/decide.ts';
import { callbackWith, forgetful, leaf, rule, rulebookOf } from '../rulebook.ts';

const on = ['MESSAGE_INBOUND'];
const sms = leaf('channel', 'equal', 'SMS');
const rules = [
  rule({ name: 'first', on, when: sms, priority: 9 }),
  rule({ name: 'in-shadow', on, when: sms, mode: 'shadow', stop: true, priority: 8 }),
  rule({ name: 'stops', on, when: sms, stop: true, priority: 7 }),
  rule({ name: 'after-the-stop', on, when: sms }),
  rule({ name: 'off', on, when: sms, enabled: false, priority: 10 }),
  rule({ name: 'over', on, when: sms, expires: '2026-01-01T00:00:00Z', priority: 10 }),
  rule({ name: 'elsewhere', when: sms, priority: 10 }),
  rule({
    name: 'counted',
    on,
    when: sms,
    priority: 10,
    threshold: { count: 3, within: '10m', per: ['app_id'] },
  }),
];
const rulebook = rulebookOf(rules);
const callback = callbackWith('MESSAGE_INBOUND', { channel: 'SMS', app_id: 'a' });
const byPlaces = (places: readonly number[]) =>
  decide(
    { ...rulebook, index: { ...rulebook.index, candidates: () => places } },
    callback,
    forgetful,
  );
const placeOf = (name: string) => rulebook.rules.findIndex((known) => known.name === name);

describe('audit', () => {
  test('says nothing where the sieve and json-rules-engine alone decide the same', async () =>
    expect(
      await audit(
        await decide(rulebook, callback, forgetful),
        rulebook,
        callback,
        forgetful,
        Math.random,
      ),
    ).toEqual({
      dropped: [],
      added: [],
    }));

  test('names what the sieve dropped, fired, in shadow or counted alike', async () =>
    expect(
      await audit(await byPlaces([placeOf('first')]), rulebook, callback, forgetful, Math.random),
    ).toEqual({
      dropped: ['counted', 'in-shadow', 'stops'],
      added: [],
    }));

  test('names what was taken and does not hold', async () => {
    const decision = await byPlaces([placeOf('after-the-stop')]);
    const { added } = await audit(decision, rulebook, callback, forgetful, Math.random);
    expect(added).toEqual(['after-the-stop']);
  });

  test('leaves a rule that cannot be decided to the decision, which says so', async () => {
    const broken = { ...callback, fact: () => fail() };
    const decision = await decide(rulebook, broken, forgetful);
    expect(decision.erred.length).toBeGreaterThan(0);
    expect(await audit(decision, rulebook, broken, forgetful, Math.random)).toEqual({
      dropped: [],
      added: [],
    });
  });
});

const fail = (): never => {
  throw new Error('cannot be read');
};
