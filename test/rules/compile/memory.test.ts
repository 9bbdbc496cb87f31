import { expect, test } from 'vitest';
import { actions } from '../../../src/actions/index.ts';
import { compile } from '../../../src/rules/compile/compile.ts';
import { emptyCompileMemory } from '../../../src/rules/compile/memory.ts';
import { leaf, sources } from '../rulebook.ts';

const rule = (name: string, when: unknown = leaf('channel', 'equal', 'SMS')) => ({
  name,
  why: 'reason',
  owner: 'ops',
  on: ['MESSAGE_INBOUND'],
  when,
  then: [{ action: 'alert', params: { severity: 'low', title: 'Look' } }],
});
const words = (values: readonly string[]) => ({ name: 'words', why: 'Words.', values });
const named = leaf('keyword', 'in', { list: 'words' });

test('a compilation with a memory finds what one without it finds, whatever changed before', () => {
  const memory = emptyCompileMemory<never>();
  const [a, b] = [rule('a', named), rule('b')];
  const list = words(['ONE']);
  const steps = [
    sources([a, b], { lists: { 'lists/words.json': list } }),
    sources([a, rule('b', leaf('channel', 'equals', 'SMS'))], {
      lists: { 'lists/words.json': list },
    }),
    sources([a], { lists: { 'lists/words.json': list } }),
    sources([a, b], { lists: { 'lists/words.json': words(['one', 'TWO']) } }),
    sources([a, b]),
    sources([a, { ...b, name: 'a' }], { lists: { 'lists/words.json': list } }),
    sources([a, b], { lists: { 'lists/words.json': list } }),
  ];
  for (const source of steps) {
    const fresh = compile(source, actions, 'v');
    const remembered = compile(source, actions, 'v', memory);
    expect(remembered.findings).toEqual(fresh.findings);
    expect(remembered.rulebook.rules.map(({ name }) => name)).toEqual(
      fresh.rulebook.rules.map(({ name }) => name),
    );
  }
});

test('a rule whose file did not change is not compiled again, unless a list changed', () => {
  const memory = emptyCompileMemory<never>();
  const a = rule('a', named);
  const list = words(['ONE']);
  const compiled = (b: object, held = list) =>
    compile(
      sources([a, b as ReturnType<typeof rule>], { lists: { 'lists/words.json': held } }),
      actions,
      'v',
      memory,
    ).rulebook.rules.find(({ name }) => name === 'a');
  const first = compiled(rule('b'));
  expect(compiled(rule('b', leaf('channel', 'equal', 'RCS')))).toBe(first);
  expect(compiled(rule('b'), words(['TWO']))).not.toBe(first);
});
