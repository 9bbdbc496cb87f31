import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import type { FactType, FactValue } from '../../../src/callbacks/facts/fact.ts';
import { operatorNamed, operators } from '../../../src/rules/operators/index.ts';

/** A value that each operator takes, for the tests that run over the whole list. */
const SAMPLES: Readonly<Record<string, unknown>> = {
  text: 'RED',
  number: 5,
  boolean: true,
  time: '2026-11-20T12:00:00Z',
  list: 'a',
  json: 'RED',
};
const sampleOf = (name: string, type: FactType): unknown => {
  const values = operatorNamed(name)?.values[type];
  const candidates = [
    undefined,
    SAMPLES[type],
    // A script without blanks between words.
    '退订',
    5,
    '2026-11-20T12:00:00Z',
    [SAMPLES[type]],
    [5],
    { from: '22:00', to: '06:00', timeZone: 'Europe/Stockholm' },
  ];
  return candidates.find((candidate) => values && v.is(values, candidate));
};
const tests = operators
  .filter(({ expansion }) => !expansion)
  .flatMap((operator) =>
    (Object.keys(operator.values) as FactType[]).map((type) => ({ operator, type })),
  );

const anything: fc.Arbitrary<FactValue> = fc.oneof(
  fc.constantFrom<FactValue>(
    'RED',
    'red',
    '',
    'Stop!',
    5,
    -0,
    0,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    true,
    false,
    '2026-11-20T12:00:00Z',
    9e15,
  ),
  fc.string({ unit: 'binary' }),
  fc.double(),
  fc.array(fc.oneof(fc.string(), fc.integer())),
  fc.object(),
);

describe.each(tests)('$operator.name on a $type', ({ operator, type }) => {
  const value = sampleOf(operator.name, type);
  const negation = operatorNamed(operator.negation);

  test('has a sample value, a sentence and a negation that undoes itself', () => {
    expect(operator.values[type] && v.is(operator.values[type], value)).toBe(true);
    expect(operator.summary(operator.formatOperand(value))).toMatch(/\w/);
    expect(operator.expected(operator.formatOperand(value))).toMatch(/\w/);
    expect(operator.description).toMatch(/\.$/);
    expect(negation?.negation).toBe(operator.name);
    expect(negation?.values[type]).toBe(operator.values[type]);
  });

  test('never throws, and is never true together with its negation', () => {
    const yes = operator.bind(value);
    const no = negation?.bind(value);
    fc.assert(fc.property(anything, (seen) => !(yes(seen) && no?.(seen))));
  });

  test('sees absence only if it says so', () =>
    expect(operator.bind(value)(undefined)).toBe(operator.holdsOnMissing));

  test('is found by its keys wherever it holds', () => {
    const { index } = operator;
    if (!index) return;
    const holds = operator.bind(value);
    const keys = new Set(index.keysOf(value, { type }) ?? []);
    const find = index.finderOf(keys, { type });
    fc.assert(
      fc.property(
        anything,
        (seen) => keys.size === 0 || !holds(seen) || [...find(seen)].some((key) => keys.has(key)),
      ),
    );
  });
});

describe('the operators', () => {
  test('have names of their own', () =>
    expect(new Set(operators.map(({ name }) => name)).size).toBe(operators.length));

  test('that stand for two comparisons are negated by De Morgan', () => {
    for (const { expansion, negation } of operators) {
      if (!expansion) continue;
      const other = operatorNamed(negation)?.expansion;
      expect(other?.group).not.toBe(expansion.group);
      expect(operatorNamed(expansion.now)?.negation).toBe(other?.now);
      expect(operatorNamed(expansion.before)?.negation).toBe(other?.before);
    }
  });
});

describe('an operator', () => {
  const AT = Date.parse('2026-11-20T12:00:00Z');
  test.each<[string, unknown, FactValue, boolean | 'cannot judge']>([
    ['equal', 'RED', 'RED', true],
    ['equal', 'RED', 'red', false],
    ['equal', 5, '5', false],
    ['equal', 0, -0, true],
    ['equal', 5, Number.NaN, false],
    ['equal', 'x', { x: 1 }, false],
    ['in', ['RED', 'YELLOW'], 'RED', true],
    ['in', ['5'], 5, false],
    ['in', [0], -0, true],
    ['lessThan', 5, 4.9, true],
    ['lessThan', 5, 5, false],
    ['lessThan', 5, '4', 'cannot judge'],
    ['lessThan', 5, Number.NaN, 'cannot judge'],
    ['greaterThan', 5, 5.1, true],
    ['greaterThan', 5, 5, false],
    ['greaterThan', 5, Number.POSITIVE_INFINITY, true],
    ['contains', 'a', ['a', 'b'], true],
    ['contains', 'a', [], false],
    ['contains', 'a', 'abc', 'cannot judge'],
    ['contains', '🍕', 'one 🍕, please', true],
    ['contains', '🍕', 'one pasta', false],
    ['contains', '🍕', 'one pasta 🍕', true],
    ['contains', '🍕', '🍕 for one', true],
    ['contains', '⚖️', 'see you ⚖️', true],
    ['doesNotContain', '🍕', 'ok 🍕!', false],
    ['contains', '?', 'really?', true],
    ['says', 'Arrêt', '« arret » !', true],
    ['says', ['stop', 'opt out'], 'OPT-OUT', true],
    ['says', 'stop', "don't stop", false],
    ['says', 'stop', 'stop by at 5', false],
    ['says', '👍', '👍', true],
    ['says', '👍', '👎', false],
    ['says', 'stop', 5, 'cannot judge'],
    ['containsWord', 'stop', "Please, don't STOP.", true],
    ['containsWord', 'stop', 'nonstop', false],
    ['containsWord', 'stop', 'unstoppable', false],
    ['containsWord', 'arrêt', "l'arret", true],
    ['containsWord', 'stop texting', 'please STOP — texting me', true],
    ['containsWord', ['x', 'remove me'], 'Remove me!', true],
    ['containsWord', 'रोकें', 'कृपया रोकें', true],
    ['almostSays', 'stop', 'Stpo', true],
    ['almostSays', 'stop', 'S T O P', true],
    ['almostSays', 'stop', 's.t.o.p.', true],
    ['almostSays', 'stop', 'STO P', true],
    ['almostSays', 'stop', 'ssttooopp!!', true],
    ['almostSays', 'stop', '5t0p', true],
    ['almostSays', 'stop', 'sto', true],
    ['almostSays', 'stop', 'stip', true],
    ['almostSays', 'stop', '$top', true],
    ['almostSays', 'stop', 'st()p', true],
    ['almostSays', 'quit', 'qu!t', true],
    ['almostSays', '🚫', '🚫📱', true],
    ['almostSays', '🚫', '💬🚫!', true],
    ['almostSays', '🚫', '📱', false],
    ['almostSays', '🚫', '🚫🧢', false],
    ['almostSays', 'stop', 'ship', false],
    ['almostSays', 'stop', 'stpo it', false],
    ['almostSays', 'unsubscribe', 'Unsubscibe', true],
    ['almostSays', 'unsubscribe', 'unsubcrib', true],
    ['almostSays', 'unsubscribe', 'subscribe', true],
    ['almostSays', 'end', 'and', false],
    ['almostSays', 'end', 'edn', true],
    ['almostSays', 'td', 'dt', false],
    ['almostSays', 'стоп', 'сотп', true],
    ['almostSays', '수신거부', '수신거뷰', true],
    ['almostSays', ['🛑', '✋'], '🛑🛑 ✋', true],
    ['almostSays', '🛑', '🎉🛑', false],
    ['almostSays', '🛑', '🎉', false],
    ['hasSentence', 'stop', 'I never signed up. Stop!', true],
    ['hasSentence', 'stop', 'Stop, wrong person', true],
    ['hasSentence', 'stop', "don't stop", false],
    ['containsPhrase', '(stop|quit) texting [me]', 'Please QUIT texting', true],
    ['containsPhrase', '(stop|quit) texting me', 'quit, texting me', false],
    ['containsPhrase', "don't text", 'dont text me', true],
    ['containsPhrase', 'dont text', 'don’t text me', true],
    ['containsPhrase', 'remove … number', 'remove my old phone number', true],
    ['containsPhrase', 'remove … number', 'remove the one and only phone number', false],
    ['containsPhrase', '^no more [please]$', 'I have too many. No more please', true],
    ['containsPhrase', '^no more [please]$', 'no more onions', false],
    ['containsPhrase', 'send* *message', 'sending textmessage', true],
    ['containsPhrase', '~unsubscribe me', 'unsubcribe me', true],
    ['containsPhrase', '不要 [再] 发', '请不要再发了', true],
    ['containsPhrase', 'หยุดส่ง', 'กรุณาหยุดส่งข้อความ', true],
    ['startsWith', 'stop', '"Stop this"', true],
    ['startsWith', 'stop', 'please stop', false],
    ['startsWith', '+46', '+46701', true],
    ['matches', '^a+$', 'aaa', true],
    ['matches', 'b', 'abc', true],
    ['matches', '(?i)RED', 'red', true],
    ['matches', 'RED', 'red', false],
    ['before', '2026-11-20T12:00:01Z', AT, true],
    ['before', '2026-11-20T12:00:00Z', AT, false],
    ['before', '2026-11-20T13:00:00+01:00', AT, false],
    ['before', '2026-11-20T12:00:01Z', '2026-11-20T12:00:00Z', true],
    ['before', '2026-11-20T12:00:01Z', 'yesterday', 'cannot judge'],
    ['after', '2026-11-20T11:59:59Z', AT, true],
    ['after', '2026-11-20T12:00:00Z', AT, false],
    ['after', '2026-11-20T12:00:00Z', 9e15, 'cannot judge'],
  ])('%s %j on %j: %s', (name, value, seen, expected) => {
    const operator = operatorNamed(name);
    const negation = operatorNamed(operator?.negation ?? '');
    expect([operator?.bind(value)(seen), negation?.bind(value)(seen)]).toEqual(
      expected === 'cannot judge' ? [false, false] : [expected, !expected],
    );
  });

  test.each([
    '(a+)+$',
    '(a|aa)+$',
    '^([a-z]+)*$',
    '(x+x+)+y',
  ])('matches %s in linear time, which would hang a native pattern', (pattern) => {
    const holds = operatorNamed('matches')?.bind(pattern);
    const started = performance.now();
    expect(holds?.(`${'a'.repeat(5_000)}${'x'.repeat(5_000)}!`)).toBe(false);
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});
