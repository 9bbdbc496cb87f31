import { describe, expect, test } from 'vitest';
import { actions } from '../../../src/actions/index.ts';
import { repeatedParams } from '../../../src/rules/check/templates/repeated-params.ts';
import { compile } from '../../../src/rules/compile/compile.ts';

const context = (text: string, params: object = {}) => {
  const rule = {
    name: 'red',
    why: 'So.',
    owner: 'ops',
    on: ['CHANNEL_EVENT'],
    when: { fact: 'quality_rating', operator: 'equal', value: 'RED' },
    then: [
      {
        action: 'throttle',
        params: { to: '10/minute', for: '7d', ramp: ['100/minute'], ...params },
      },
      { action: 'alert', params: { severity: 'low', title: 'RED', text } },
    ],
  };
  const source = { rules: { 'red.json': rule }, lists: {}, conditions: {}, alerts: null };
  return { source, ...compile(source, actions, 'test') };
};

describe('a text that states a rate of its rule', () => {
  test.each([
    [
      'Marketing is limited to 10 a minute.',
      /repeats "10 a minute", which is "to"/,
      '{{params.to}}',
    ],
    ['At most 10/minute from now.', /repeats "10\/minute"/, '{{params.to}}'],
    ['It sends 10 messages per minute now.', /repeats "10 messages per minute"/, '{{params.to}}'],
    ['Then 100 a minute for a day.', /which is "ramp"/, '{{params.ramp}}'],
    [
      'The limit is 20 a minute.',
      /says "20 a minute", but "to" of this rule is 10 a minute/,
      '{{params.to}}',
    ],
  ])('%s', (text, message, param) => {
    const { source, rulebook } = context(text);
    expect(repeatedParams({ source, rulebook })).toEqual([
      {
        file: 'red.json',
        path: ['then', 1, 'params', 'text'],
        code: 'repeats-param',
        severity: 'warning',
        message: expect.stringMatching(message),
        hint: `write ${param} instead`,
      },
    ]);
  });

  test.each([
    'Marketing is limited to {{params.to}}.',
    'Meta lets a new number send 80 messages a second.',
    'Pause templates that changed in the last 7 days.',
    'Ten people complained in 10 minutes.',
    'WhatsApp recommends 30 an hour. The limit is {{params.to}}.',
  ])('finds nothing in: %s', (text) => {
    const { source, rulebook } = context(text);
    expect(repeatedParams({ source, rulebook })).toEqual([]);
  });

  test('finds nothing where the rule sets no rate', () => {
    const { source, rulebook } = context('Limited to 10 a minute.');
    const rules = rulebook.rules.map((rule) => ({ ...rule, actions: rule.actions.slice(1) }));
    expect(repeatedParams({ source, rulebook: { ...rulebook, rules } })).toEqual([]);
  });
});

describe('{{params.…}}', () => {
  test('becomes the param of another action in words', () => {
    const { rulebook, findings } = context(
      '{{params.to}} for {{ params.for }}, then {{params.ramp}}',
      {
        ramp: ['100/minute', '1000/hour'],
      },
    );
    expect(findings).toEqual([]);
    expect(rulebook.rules[0]?.actions[1]?.params).toMatchObject({
      text: '10 a minute for 7 days, then 100 a minute and 1000 an hour',
    });
  });

  test('of a param that no other action has is an error with the name that was meant', () => {
    const { findings } = context('{{params.too}}');
    expect(findings).toMatchObject([
      {
        code: 'bad-template',
        severity: 'error',
        path: ['then', 1, 'params', 'text'],
        message: '{{params.too}}: no other action of this rule has a param "too"',
        hint: 'did you mean "to"?',
      },
    ]);
  });
});
