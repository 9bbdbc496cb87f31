import { describe, expect, test } from 'vitest';
import { witnessOf } from '../../../src/rules/decide/witness.ts';
import { observeFacts } from '../../../src/rules/model/observed-facts.ts';
import { leavesOf } from '../../../src/rules/model/tree.ts';
import { callbackWith, forgetful, leaf, rule, rulebookOf } from '../rulebook.ts';

const ruleOf = (when: object) => {
  const [found] = rulebookOf([rule({ name: 'r', on: ['MESSAGE_INBOUND'], when })]).rules;
  if (!found) throw new Error('the rule does not compile');
  return found;
};
const factsOf = (facts: Record<string, string>) =>
  observeFacts(callbackWith('MESSAGE_INBOUND', facts), {}, forgetful).peek;
const values = ({ when }: Pick<ReturnType<typeof ruleOf>, 'when'>) =>
  leavesOf(when).map(({ value }) => value);

describe('the witness of a condition', () => {
  const nested = ruleOf({
    all: [
      leaf('app_id', 'equal', 'app'),
      {
        any: [
          leaf('channel', 'equal', 'SMS'),
          { any: [leaf('channel', 'equal', 'MMS'), leaf('channel', 'equal', 'RCS')] },
        ],
      },
    ],
  });

  test('has of each "any" the branch that holds, and all of the rest', () => {
    expect(values(witnessOf(nested, factsOf({ app_id: 'app', channel: 'SMS' })))).toEqual([
      'app',
      'SMS',
    ]);
    expect(values(witnessOf(nested, factsOf({ app_id: 'app', channel: 'RCS' })))).toEqual([
      'app',
      'RCS',
    ]);
  });

  test('is one object for all callbacks that take the same branches', () => {
    const [first, second] = ['a', 'b'].map((text) =>
      witnessOf(nested, factsOf({ app_id: 'app', channel: 'RCS', text })),
    );
    expect(first).toBe(second);
  });

  test('reads only the facts of its comparisons', () =>
    expect(
      witnessOf(
        ruleOf({ any: [leaf('channel', 'equal', 'SMS'), leaf('app_id', 'equal', 'app')] }),
        factsOf({ app_id: 'app', channel: 'RCS' }),
      ).uses.map(({ key }) => key),
    ).toEqual(['app_id']));

  test('is the condition itself where nothing can be left out, or does not hold', () => {
    const plain = ruleOf({ all: [leaf('app_id', 'equal', 'app'), leaf('channel', 'present')] });
    expect(witnessOf(plain, factsOf({ app_id: 'app', channel: 'SMS' }))).toBe(plain);
    const none = witnessOf(nested, factsOf({ app_id: 'app', channel: 'VIBER' }));
    expect(none.when).toBe(nested.when);
  });

  test('is the whole condition from the fifth combination of branches on', () => {
    const many = ruleOf({
      any: ['a', 'b', 'c', 'd', 'e'].map((app) => leaf('app_id', 'equal', app)),
    });
    const sizes = ['a', 'b', 'c', 'd', 'e', 'a'].map(
      (app_id) => values(witnessOf(many, factsOf({ app_id }))).length,
    );
    expect(sizes).toEqual([1, 1, 1, 1, 5, 1]);
  });
});
