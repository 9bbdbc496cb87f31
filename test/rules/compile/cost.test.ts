import { describe, expect, test } from 'vitest';
import { actions } from '../../../src/actions/index.ts';
import { compile } from '../../../src/rules/compile/compile.ts';
import { BUDGET, costFindings, measureCost } from '../../../src/rules/compile/cost.ts';

const values = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, index) => `${prefix} ${index}`);

/** Counts how often the values of a list are read. */
function watched(list: readonly string[]): {
  readonly values: string[];
  readonly reads: () => number;
} {
  let reads = 0;
  const proxy = new Proxy([...list], {
    get(target, name, receiver) {
      if (typeof name === 'string' && /^\d+$/.test(name)) reads += 1;
      return Reflect.get(target, name, receiver);
    },
  });
  return { values: proxy, reads: () => reads };
}

function compiled(
  count: number,
  when: (index: number) => object,
  lists = {},
  on = ['MESSAGE_INBOUND'],
) {
  const rules = Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      `rule-${index}.json`,
      {
        name: `rule-${index}`,
        ...{ why: 'w', owner: 'o', on, when: when(index) },
        then: [{ action: 'ignore', params: { because: 'x' } }],
      },
    ]),
  );
  const named = Object.fromEntries(
    Object.entries(lists).map(([name, of]) => [
      `lists/${name}.json`,
      { name, why: 'w', values: of },
    ]),
  );
  const source = { rules, lists: named, conditions: {}, alerts: {} };
  const { rulebook, findings } = compile(source, actions, 'v');
  expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  return rulebook;
}

describe('a named list', () => {
  test.each([
    'says',
    'in',
    'containsWord',
    'startsWith',
  ])('of "%s" is read a constant number of times, however many rules name it', (operator) => {
    const reads = (rules: number): number => {
      const list = watched(values('word', 2_000));
      const of = { fact: 'text', operator, value: { list: 'words' } };
      compiled(rules, () => of, { words: list.values }).index.unindexed();
      return list.reads();
    };
    expect(reads(50)).toBe(reads(2));
  });
});

describe('the cost of a rulebook', () => {
  test('of 10,000 rules that share ten lists of 10,000 values is within the budget', () => {
    const lists = Object.fromEntries(
      Array.from({ length: 10 }, (_, index) => [`list-${index}`, values(`v${index}`, 10_000)]),
    );
    const rulebook = compiled(
      10_000,
      (index) => ({ fact: 'text', operator: 'says', value: { list: `list-${index % 10}` } }),
      lists,
    );
    expect(costFindings(rulebook)).toEqual([]);
    const shared = measureCost(rulebook);
    expect(shared.byFile.get('lists/list-3.json')?.bytes).toBeGreaterThan(0);
    expect(shared.bytes).toBeLessThan(BUDGET.bytes);
  });

  test('that no isolate can bear is an error at the rule that needs most', () => {
    const pattern = `${'(a|b)'.repeat(150)}{1000}`;
    const rulebook = compiled(1_000, (index) => ({
      fact: 'text',
      operator: index === 7 ? 'matches' : 'says',
      value: index === 7 ? pattern : `word ${index}`,
    }));
    const [finding] = costFindings({
      ...rulebook,
      rules: rulebook.rules.flatMap((rule) =>
        rule.name === 'rule-7' ? Array(20).fill(rule) : rule,
      ),
    });
    expect(finding).toMatchObject({ file: 'rule-7.json', code: 'too-costly', severity: 'error' });
    expect(finding?.message).toMatch(/MB of memory/);
  });

  test('that a list causes is an error at the list', () => {
    const on = ['MESSAGE_INBOUND', 'EVENT_INBOUND', 'MESSAGE_DELIVERY', 'OPT_IN', 'OPT_OUT'];
    const lists = Object.fromEntries(
      Array.from({ length: 300 }, (_, index) => [
        `list-${index}`,
        values(`v${index}`, index === 9 ? 990 : 900),
      ]),
    );
    const rulebook = compiled(
      300,
      (index) => ({ fact: 'app_id', operator: 'in', value: { list: `list-${index}` } }),
      lists,
      on,
    );
    expect(costFindings(rulebook)).toMatchObject([
      { file: 'lists/list-9.json', code: 'too-costly' },
    ]);
  });
});
