import { describe, expect, test } from 'vitest';
import { actions } from '../../../src/actions/index.ts';
import { compile } from '../../../src/rules/compile/compile.ts';

const rule = {
  name: 'pasted',
  why: 'Pasted from the documentation of json-rules-engine.',
  owner: 'ops',
  on: ['MESSAGE_INBOUND'],
  when: { fact: 'channel', operator: 'equal', value: 'SMS' },
  then: [{ action: 'ignore', params: { because: 'x' } }],
};
const hints = (changed: object): string => {
  const rules = { 'pasted.json': { ...rule, ...changed } };
  const { findings } = compile(
    { rules, lists: {}, conditions: {}, alerts: undefined },
    actions,
    'test',
  );
  return findings.map(({ message, hint }) => `${message}: ${hint}`).join('\n');
};
const compare = (leaf: object) =>
  hints({ when: { fact: 'reply_to', operator: 'equal', value: 'x', ...leaf } });

describe('check answers json-rules-engine’s own words', () => {
  test.each<[string, object, RegExp]>([
    ['conditions', { conditions: { all: [] } }, /"conditions" is called "when" here/],
    ['event', { event: { type: 'x' } }, /"event" is called "then" here, a list of actions/],
    ['onSuccess', { onSuccess: 'x' }, /is called "then" here/],
    ['onFailure', { onFailure: 'x' }, /write a second rule/],
    ['description', { description: 'x' }, /is called "why" here/],
    ['priority 0', { priority: 0 }, /the lowest priority is 1, and it is the default/],
    ['a priority as a word', { priority: 'high' }, /a whole number from 1 to 1000/],
  ])('the key %s', (_, changed, expected) => expect(hints(changed)).toMatch(expected));

  test.each<[string, object, RegExp]>([
    ['equal to null', { value: null }, /write \{"fact": "reply_to", "operator": "missing"\}/],
    [
      'notEqual to null',
      { operator: 'notEqual', value: null },
      /write \{"fact": "reply_to", "operator": "present"\}/,
    ],
    ['in null', { operator: 'in', value: null }, /"operator": "missing"/],
    [
      'equal to undefined',
      { value: undefined },
      /to ask whether it is there at all, write \{"fact": "reply_to", "operator": "missing"\}/,
    ],
    ['contains in a text', { operator: 'contains' }, /use "containsWord"/],
    ['doesNotContain in a text', { operator: 'doesNotContain' }, /use "doesNotContainWord"/],
    [
      'greaterThan of a time',
      { fact: 'event_time', operator: 'greaterThan', value: 1 },
      /use "after"/,
    ],
    ['===', { operator: '===' }, /did you mean "equal"/],
    ['>=', { operator: '>=' }, /did you mean "greaterThanInclusive"/],
    ['not_equals', { operator: 'not_equals' }, /did you mean "notEqual"/],
    ['exists', { operator: 'exists' }, /did you mean "present"/],
    ['params of a fact', { params: { id: 1 } }, /facts take no "params" here/],
    ['priority of a condition', { priority: 2 }, /a condition has no priority here/],
  ])('%s', (_, leaf, expected) => expect(compare(leaf)).toMatch(expected));

  test('a name beside "all"', () =>
    expect(hints({ when: { all: [rule.when], name: 'x' } })).toMatch(
      /a condition has no name here/,
    ));
});
