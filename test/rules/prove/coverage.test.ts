import { describe, expect, test } from 'vitest';
import { actions } from '../../../src/actions/index.ts';
import { crossFires } from '../../../src/rules/check/cross-fire.ts';
import { compile } from '../../../src/rules/compile/compile.ts';
import { openCoverage, percentOf } from '../../../src/rules/prove/coverage.ts';
import { readSample, sampleBody } from '../../../src/samples/samples.ts';

const is = (fact: string, value: string) => ({ fact, operator: 'equal', value });
const example = (sample: string, fires: boolean, name = sample) => ({
  name,
  callback: sampleBody(sample),
  fires,
});
const rule = (name: string, rest: object) => ({
  [`${name}.json`]: {
    name,
    why: 'A test.',
    owner: 'ops',
    on: ['CHANNEL_EVENT'],
    when: { all: [is('channel', 'WHATSAPP'), is('quality_rating', 'RED')] },
    then: [{ action: 'ignore', params: { because: 'a test' } }],
    ...rest,
  },
});
const book = (...rules: readonly object[]) =>
  compile(
    { rules: Object.assign({}, ...rules), lists: {}, conditions: {}, alerts: undefined },
    actions,
    'test',
  ).rulebook;

const RED = 'whatsapp-quality-red';
const GREEN = 'whatsapp-quality-green';

describe('coverage', () => {
  test('counts each comparison twice: seen to hold, and not to', async () => {
    const rulebook = book(rule('red', { examples: [example(RED, true)] }));
    const coverage = await openCoverage(rulebook, rulebook.rules);
    expect(coverage.result()).toEqual([
      {
        rule: 'red',
        file: 'red.json',
        conditions: 2,
        seen: 2,
        of: 4,
        missing: [
          { condition: 'its channel is WHATSAPP', never: false },
          { condition: 'its quality rating is RED', never: false },
        ],
      },
    ]);
    expect(percentOf(coverage.result())).toBe(50);
  });

  test('grows by what comes in stories, and not by callbacks of other triggers', async () => {
    const rulebook = book(rule('red', { examples: [example(RED, true), example('stop', false)] }));
    const coverage = await openCoverage(rulebook, rulebook.rules);
    expect(percentOf(coverage.result())).toBe(50);
    await coverage.see(await readSample(GREEN), async () => undefined);
    expect(percentOf(coverage.result())).toBe(75);
  });

  test('takes "has changed to" as the one comparison that its author wrote', async () => {
    const when = { fact: 'quality_rating', operator: 'changedTo', value: 'RED' };
    const examples = [
      { ...example(RED, true), given: { previous_quality_rating: 'GREEN' } },
      example(GREEN, false),
    ];
    const rulebook = book(rule('red', { when, examples }));
    expect((await openCoverage(rulebook, rulebook.rules)).result()).toMatchObject([
      { conditions: 1, seen: 2, of: 2 },
    ]);
  });

  test('does not ask to see “always” fail', async () => {
    const rulebook = book(
      rule('all', {
        when: { fact: 'trigger', operator: 'present' },
        examples: [example(RED, true)],
      }),
    );
    expect(percentOf((await openCoverage(rulebook, rulebook.rules)).result())).toBe(100);
  });

  test('sees what comes before in an example of a rule that counts, and its share', async () => {
    const threshold = { share: 0.5, among: is('channel', 'WHATSAPP'), at_least: 2, within: '10m' };
    const examples = [
      { ...example(RED, true), times: 2, before: [{ callback: sampleBody(GREEN) }] },
    ];
    const rulebook = book(rule('reds', { when: is('quality_rating', 'RED'), threshold, examples }));
    expect((await openCoverage(rulebook, rulebook.rules)).result()).toMatchObject([
      { conditions: 2, seen: 3, missing: [{ condition: 'its channel is WHATSAPP', never: false }] },
    ]);
  });
});

describe('cross-fire', () => {
  const red = (rest: object = {}) =>
    rule('red', { examples: [example(RED, true), example(GREEN, false)], ...rest });
  const any = (rest: object = {}) => rule('any', { when: is('channel', 'WHATSAPP'), ...rest });

  test('names who fires on another rule’s examples', async () => {
    expect(await crossFires(book(red(), any()))).toEqual([
      { rule: 'red', also: 'any', examples: [RED] },
    ]);
  });

  test.each<[string, object, object]>([
    ['the rule says so', { also_fires: ['any'] }, {}],
    ['the other one says so', {}, { also_fires: ['red'] }],
    ['the other one is off', {}, { enabled: false }],
    ['the other one is in shadow', {}, { mode: 'shadow' }],
    ['the other one is never asked', { stop: true, priority: 2 }, {}],
    ['the other one only counts', {}, { threshold: { count: 2, within: '1m' } }],
  ])('is silent where %s', async (_, ofRed, ofAny) => {
    expect(await crossFires(book(red(ofRed), any(ofAny)))).toEqual([]);
  });

  test('a rule that is named must exist', () => {
    const source = {
      rules: { ...red({ also_fires: ['anny'] }), ...any() },
      lists: {},
      conditions: {},
      alerts: undefined,
    };
    expect(compile(source, actions, 'test').findings).toMatchObject([
      {
        file: 'red.json',
        path: ['also_fires', 0],
        code: 'unknown-rule',
        hint: 'did you mean "any"?',
      },
    ]);
  });
});
