import { describe, expect, test } from 'vitest';
import { compile } from '../../../src/rules/compile/compile.ts';
import { actions, findingsOf, leaf, rule, rulebookOf, sources } from '../rulebook.ts';

const rating = leaf('quality_rating', 'equal', 'RED');

describe('shared conditions', () => {
  const condition = (name: string, written: unknown) => ({
    [`conditions/${name}.json`]: { name, why: 'reason', when: written },
  });

  test('are filled in', () => {
    const rulebook = rulebookOf([rule({ when: { not: { condition: 'red' } } })], {
      conditions: condition('red', { all: [rating] }),
    });
    expect(rulebook.rules[0]?.when).toMatchObject({
      kind: 'any',
      of: [{ use: { key: 'quality_rating' }, operator: { name: 'notEqual' } }],
    });
  });

  test('may ask for each other, but not in a circle', () => {
    const conditions = {
      ...condition('a', { any: [{ condition: 'b' }, rating] }),
      ...condition('b', { not: { condition: 'a' } }),
    };
    const { rulebook, findings } = compile(
      sources([rule({ when: { condition: 'a' } }), rule({ name: 's' })], { conditions }),
      actions,
      'v1',
    );
    expect(findings.map(({ file, code }) => `${file} ${code}`)).toEqual([
      'conditions/a.json condition-cycle',
      'conditions/b.json condition-cycle',
      'r.json broken-condition',
    ]);
    expect(rulebook.rules.map(({ name }) => name)).toEqual(['s']);
  });

  test('report their own faults once, and every rule that uses them', () => {
    const conditions = condition('a', { all: [leaf('qualty_rating', 'equal', 'RED')] });
    const { findings } = compile(
      sources(
        ['x', 'y'].map((name) => rule({ name, when: { condition: 'a' } })),
        { conditions },
      ),
      actions,
      'v1',
    );
    expect(findings.map(({ file, code }) => `${file} ${code}`)).toEqual([
      'conditions/a.json unknown-fact',
      'x.json broken-condition',
      'y.json broken-condition',
    ]);
  });

  test('are refused where the rule’s triggers never carry their facts, pointing at the place that asks', () => {
    const conditions = condition('red', { all: [rating] });
    expect(
      findingsOf(
        { on: ['MESSAGE_INBOUND'], when: { any: [{ condition: 'red' }] } },
        { conditions },
      ),
    ).toMatchObject([
      { file: 'r.json', code: 'fact-not-carried', path: ['when', 'any', 0, 'condition'] },
    ]);
  });

  test('count as the comparisons they stand for, however often they are doubled', () => {
    const double = (name: string) => ({
      all: Array.from({ length: 40 }, () => ({ condition: name })),
    });
    const conditions = {
      ...condition('a', { all: [rating] }),
      ...condition('b', double('a')),
      ...condition('c', double('b')),
      ...condition('d', double('c')),
    };
    const findings = findingsOf(
      { when: { all: [{ condition: 'b' }, { condition: 'b' }] } },
      { conditions },
    );
    expect(findings.map(({ file, code }) => `${file} ${code}`)).toEqual([
      'conditions/c.json too-many-conditions',
      'conditions/d.json too-many-conditions',
      'r.json too-many-conditions',
    ]);
  });
});
