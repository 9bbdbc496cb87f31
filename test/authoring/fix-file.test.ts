import { describe, expect, test } from 'vitest';
import { actions } from '../../src/actions/index.ts';
import { correct } from '../../src/authoring/fix-file.ts';
import { compile } from '../../src/rules/compile/compile.ts';
import { factEntries } from '../../src/rules/model/facts.ts';

/** A rule in an author's own layout: four blanks, lists on one line, and a key order of their own. */
const written = (fact: string, trigger: string, operator: string, value: string): string =>
  `{
    "name": "own-layout", "owner": "ops",
    "why": "Spelt by hand.",
    "on": [ "${trigger}" ],
    "when": { "fact": "${fact}",   "operator": "${operator}", "value": ${value} },
    "then": [ { "action": "ignore", "params": { "because": "seen" } } ]
}
`;

/** Each value of a vocabulary that has letters of two cases, and is no other value in its other case. */
const VOCABULARIES = factEntries().flatMap(({ name, type, known = [], triggers, folded }) => {
  const cased = known.filter(
    (value) =>
      value !== otherCase(value) &&
      known.filter((one) => one.toUpperCase() === value.toUpperCase()).length === 1,
  );
  return cased.length === 0 || folded
    ? []
    : [{ name, type, cased, trigger: triggers[0] ?? 'MESSAGE_INBOUND' }];
});

function otherCase(value: string): string {
  return value === value.toUpperCase() ? value.toLowerCase() : value.toUpperCase();
}

describe('a value in another case is corrected, and the layout is kept', () => {
  test('of the states of accounts, numbers and templates, of limits and of every other vocabulary', () => {
    const names = VOCABULARIES.map(({ name }) => name);
    for (const name of ['account_status', 'number_status', 'template_status', 'messaging_limit'])
      expect(names).toContain(name);
  });

  test.each(VOCABULARIES)('of $name', ({ name, type, cased, trigger }) => {
    const operator = type === 'list' ? 'contains' : 'in';
    for (const value of cased) {
      const operand = (text: string): string =>
        type === 'list' ? `"${text}"` : `[ "${text}", "${cased[0]}" ]`;
      const right = written(name, trigger, operator, operand(value));
      const wrong = written(name, trigger, operator, operand(otherCase(value)));
      const source = {
        rules: { 'own-layout.json': JSON.parse(wrong) },
        ...{ lists: {}, conditions: {}, alerts: undefined },
      };
      const finding = compile(source, actions, 'local').findings.find(
        ({ code }) => code === 'wrong-case',
      );
      expect(finding && correct(wrong, finding, source)?.text).toBe(right);
    }
  });
});
