import { expect, test } from 'vitest';
import { shareTests } from '../../../src/rules/compile/shared-tests.ts';
import type { Leaf } from '../../../src/rules/model/tree.ts';
import { leaf, list, rule, rulebookOf } from '../rulebook.ts';

/** The conditions of rules, whose comparisons note each evaluation. */
function conditionsOf(whens: readonly object[], lists = {}) {
  const evaluated: string[] = [];
  const rules = whens.map((when, at) =>
    rule({ name: `r-${String(at).padStart(2, '0')}`, on: ['MESSAGE_INBOUND'], when }),
  );
  const conditions = rulebookOf(rules, { lists }).rules.map(({ when }) => when);
  const noting = (node: (typeof conditions)[number]): (typeof conditions)[number] => {
    if (node.kind !== 'leaf') return { ...node, of: node.of.map(noting) };
    const holds: Leaf['holds'] = (value) => {
      evaluated.push(node.operator.name);
      return node.holds(value);
    };
    return { ...node, holds };
  };
  return { conditions: conditions.map(noting), evaluated };
}

const texts = (text: string | undefined) => (): { readonly value: string | undefined } => ({
  value: text,
});

test('a comparison that several conditions contain is evaluated once for each callback', () => {
  const starts = leaf('text', 'startsWith', 'go');
  const { conditions, evaluated } = conditionsOf([
    starts,
    { all: [starts, leaf('text', 'matches', '[0-9]')] },
    { not: starts },
    leaf('text', 'startsWith', 'stay'),
  ]);
  const tests = shareTests(conditions);
  const answers = (text: string | undefined) => {
    tests.next();
    return conditions.map((condition) => tests.of(condition)(texts(text)));
  };
  expect(answers('go 7')).toEqual([true, true, false, false]);
  expect(evaluated.toSorted()).toEqual(['doesNotStartWith', 'matches', 'startsWith', 'startsWith']);
  expect(answers('stay')).toEqual([false, false, true, true]);
  expect(answers(undefined)).toEqual([false, false, false, false]);
});

test('operands that are not the same are told apart: a type, an item, a long list', () => {
  const long = (last: string) => [...Array.from({ length: 200 }, (_, at) => `v${at}`), last];
  const lists = {
    'lists/one.json': list('one', long('a')),
    'lists/two.json': list('two', long('b')),
  };
  const wanted = (value: unknown) => leaf('app_id', 'in', value);
  const written = [['a'], ['b'], ['a', 'b'], { list: 'one' }, { list: 'two' }, { list: 'one' }];
  const { conditions, evaluated } = conditionsOf([...written, ...written].map(wanted), lists);
  const tests = shareTests(conditions);
  tests.next();
  const answers = conditions.map((condition) => tests.of(condition)(texts('a')));
  const once = [true, false, true, true, false, true];
  expect(answers).toEqual([...once, ...once]);
  expect(evaluated).toHaveLength(5);
});

test('what cannot be read is thrown to each rule, and nothing is remembered of it', () => {
  const same = leaf('text', 'startsWith', 'go');
  const { conditions } = conditionsOf([same, same]);
  const tests = shareTests(conditions);
  tests.next();
  const unreadable = (): never => {
    throw new Error('unreadable');
  };
  for (const condition of conditions)
    expect(() => tests.of(condition)(unreadable)).toThrow('unreadable');
  expect(conditions.map((condition) => tests.of(condition)(texts('go')))).toEqual([true, true]);
});

test('a fact that has yet to be recalled stays unknown', () => {
  const same = leaf('text', 'startsWith', 'go');
  const { conditions } = conditionsOf([same, same]);
  const tests = shareTests(conditions);
  tests.next();
  const unknown = () => undefined;
  expect(conditions.map((condition) => tests.of(condition)(unknown))).toEqual([
    undefined,
    undefined,
  ]);
});
