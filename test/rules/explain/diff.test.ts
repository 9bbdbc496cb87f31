import { describe, expect, test } from 'vitest';
import { actions } from '../../../src/actions/index.ts';
import { compile } from '../../../src/rules/compile/compile.ts';
import { describe as sentenceOf } from '../../../src/rules/explain/describe.ts';
import { diffRulebooks } from '../../../src/rules/explain/diff.ts';
import { differenceLines } from '../../../src/rules/explain/difference-lines.ts';

const stop = {
  name: 'stop',
  why: 'They said no.',
  owner: 'compliance',
  on: ['MESSAGE_INBOUND'],
  when: {
    all: [{ condition: 'plain' }, { fact: 'keyword', operator: 'in', value: { list: 'words' } }],
  },
  then: [{ action: 'suppress', params: { scope: 'all' } }],
};
const base = {
  rules: { 'stop.json': stop } as Record<string, object>,
  lists: { 'lists/words.json': { name: 'words', why: 'Words.', values: ['STOP', 'HALT'] } },
  conditions: {
    'conditions/plain.json': {
      name: 'plain',
      why: 'Plain.',
      when: { fact: 'channel', operator: 'equal', value: 'SMS' },
    },
  },
  alerts: { destinations: { ops: {} }, default: 'ops' },
  guardrails: { 'guardrails/stop.json': { name: 'stop' } } as Record<string, object>,
};
const made = (over: object = {}) => {
  const source = { ...base, ...over };
  return { source, rulebook: compile(source, actions, 'test').rulebook };
};
/** The sentence of the rule for STOP. */
const said = (over: object = {}) => made(over).rulebook.rules.map(sentenceOf).join();
const MARKETING = {
  rules: {
    'stop.json': { ...stop, then: [{ action: 'suppress', params: { scope: 'marketing' } }] },
  },
};
const MMS = {
  conditions: {
    'conditions/plain.json': {
      name: 'plain',
      why: 'Plain.',
      when: { fact: 'channel', operator: 'equal', value: 'MMS' },
    },
  },
};
const linesOf = (over: object) =>
  diffRulebooks(made(), made(over)).flatMap((one) => differenceLines(one));

describe('the difference of two rulebooks', () => {
  test('is nothing for the same rules, whatever examples and editor hints they carry', () => {
    const noted = { ...stop, $schema: './rule.schema.json', examples: [] };
    expect(linesOf({ rules: { 'stop.json': noted } })).toEqual([]);
    const hint = { $schema: './some.schema.json' };
    const guardrail = { name: 'g', why: 'Because.' };
    const [old, now] = [made(), made()].map((one, at) => ({
      ...one,
      source: {
        ...one.source,
        alerts: at ? hint : {},
        guardrails: { 'g.json': at ? { ...hint, ...guardrail } : guardrail },
      },
    }));
    expect(old && now && diffRulebooks(old, now)).toEqual([]);
  });

  test.each<[string, object, readonly string[]]>([
    [
      'a changed rule, old and new',
      MARKETING,
      [
        '~ rule stop changed',
        `    old: ${said()}`,
        `    new: ${said(MARKETING)}`,
        '    suppress scope',
        '      old: all',
        '      new: marketing',
      ],
    ],
    ['a rule that goes', { rules: {} }, ['- rule stop removed', `    old: ${said()}`]],
    [
      'a list, by its words',
      { lists: { 'lists/words.json': { name: 'words', why: 'Words.', values: ['STOP', 'QUIT'] } } },
      ['~ list words changed', '    without HALT; with QUIT'],
    ],
    [
      'a shared condition, by the rules that use it',
      MMS,
      [
        ...['~ rule stop changed', `    old: ${said()}`, `    new: ${said(MMS)}`],
        ...['~ condition plain changed', '    "when" is not what it was; used by stop'],
      ],
    ],
    [
      'where alerts go',
      { alerts: {} },
      ['~ alerts.json changed', '    "default", "destinations" is not what it was'],
    ],
    ['a guardrail that goes', { guardrails: {} }, ['- guardrail stop removed']],
  ])('names %s', (_, over, lines) => expect(linesOf(over)).toEqual(lines));

  test('names a shared condition that asks for something else under the same words', () => {
    const file = 'conditions/plain.json';
    const missing = { fact: 'injected', operator: 'missing' };
    const plain = { ...base.conditions[file], says: '{it} is plain', when: missing };
    const wider = {
      ...plain,
      when: { any: [missing, { fact: 'injected', operator: 'equal', value: true }] },
    };
    const [old, now] = [plain, wider].map((condition) =>
      made({ conditions: { [file]: condition } }),
    );
    expect(old && now && diffRulebooks(old, now).flatMap((one) => differenceLines(one))).toEqual([
      '~ condition plain changed',
      '    "when" is not what it was; used by stop',
    ]);
  });

  test('names the keys of a change that the sentence does not tell', () => {
    const lines = linesOf({ rules: { 'stop.json': { ...stop, why: 'Because.', owner: 'legal' } } });
    expect(lines).toEqual([
      '~ rule stop changed',
      '    the sentence stays',
      '    owner',
      '      old: compliance',
      '      new: legal',
      '    why',
      '      old: They said no.',
      '      new: Because.',
    ]);
  });

  test('names a priority, which the sentence does not tell', () => {
    const lines = linesOf({ rules: { 'stop.json': { ...stop, why: 'Because.', priority: 7 } } });
    expect(lines[2]).toMatch(/\(Priority 7\.\)$/);
  });
});
