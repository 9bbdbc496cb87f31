import { expect, test } from 'vitest';
import { compile } from '../../../src/rules/compile/compile.ts';
import { actions, doing, leaf, rule, sources } from '../rulebook.ts';

const when = (...all: unknown[]) => ({ when: { all } });

const rating = leaf('quality_rating', 'equal', 'RED');
const nested = (depth: number): unknown => (depth === 0 ? rating : { all: [nested(depth - 1)] });

/** Each row: what is refused, the part of the rule that is wrong, the code and the place that the finding points to, and what it says. */
test.each<[string, Record<string, unknown>, string, RegExp]>([
  ['an unknown key', { foo: 1 }, 'unknown-key at foo', /unknown key "foo"/],
  ['a missing key', { owner: undefined }, 'missing-key at owner', /"owner" is missing/],
  ['an empty reason', { why: '' }, 'bad-value at why', /must not be empty/],
  ['a name with capitals', { name: 'Red' }, 'bad-value at name', /lower-case words/],
  ['a priority out of range', { priority: 0 }, 'bad-value at priority', /priority/],
  [
    'an unknown trigger',
    { on: ['CHANEL_EVENT'] },
    'unknown-trigger at on.0',
    /no trigger is called "CHANEL_EVENT"/,
  ],
  ['an unknown action', doing({ action: 'notte' }), 'unknown-action at then.0.action', /"notte"/],
  [
    'an unknown param',
    doing({ action: 'note', params: { txt: 'x' } }),
    'unknown-key at then.0.params.txt',
    /"txt"/,
  ],
  [
    'a missing param',
    doing({ action: 'limit' }),
    'missing-key at then.0.params.to',
    /"to" is missing/,
  ],
  [
    'a param of the wrong kind',
    doing({ action: 'note', params: { level: 'middle' } }),
    'bad-value at then.0.params.level',
    /expected "high" or "low", found "middle"$/,
  ],
  [
    'one trigger without brackets',
    { on: 'CHANNEL_EVENT' },
    'bad-value at on',
    /expected a list: \[ … \], found "CHAN/,
  ],
  [
    'a number in quotes',
    { priority: '5' },
    'bad-value at priority',
    /expected a number without quotes, found "5"$/,
  ],
  [
    'yes in quotes',
    { stop: 'yes' },
    'bad-value at stop',
    /expected true or false without quotes, found "yes"$/,
  ],
  [
    'a number for a text',
    { owner: 5 },
    'bad-value at owner',
    /expected a text in double quotes, found 5$/,
  ],
  [
    'a number for a duration',
    { threshold: { count: 2, within: 10 } },
    'bad-value at threshold.within',
    /expected a duration like "30s"/,
  ],
  [
    'one action without brackets',
    { then: {} },
    'bad-value at then',
    /expected a list: \[ … \], found an object$/,
  ],
  [
    'a word for an action',
    { then: ['note'] },
    'bad-value at then.0',
    /expected an object: \{ … \}, found "note"$/,
  ],
  ['a priority of none', { priority: 0 }, 'bad-value at priority', /expected at least 1, found 0$/],
  [
    'a time that is none',
    { examples: [{ name: 'x', callback: {}, fires: true, at: 'now' }] },
    'bad-value at examples.0.at',
    /expected a time like "/,
  ],
  ['a rule without actions', doing(), 'bad-value at then', /must not be empty/],
  [
    'a template of no fact',
    doing({ action: 'note', params: { text: '{{appid}}' } }),
    'unknown-fact at then.0.params.text',
    /"appid"/,
  ],
  [
    'a template of a fact that never comes',
    doing({ action: 'note', params: { text: '{{keyword}}' } }),
    'fact-not-carried at then.0.params.text',
    /never comes/,
  ],
  [
    'a section in a template',
    doing({ action: 'note', params: { text: '{{#app_id}}x{{/app_id}}' } }),
    'bad-template at then.0.params.text',
    /only plain names/,
  ],
  [
    'a partial in a template',
    doing({ action: 'note', params: { text: '{{> app_id}}' } }),
    'bad-template at then.0.params.text',
    /only plain names/,
  ],
  [
    'triple braces',
    doing({ action: 'note', params: { text: '{{{app_id}}}' } }),
    'bad-template at then.0.params.text',
    /only plain names/,
  ],
  [
    'an unclosed template',
    doing({ action: 'note', params: { text: '{{app_id' } }),
    'bad-template at then.0.params.text',
    /"{{app_id" is not closed/,
  ],
  [
    'the whole payload in a template',
    doing({ action: 'note', params: { text: '{{payload}}' } }),
    'bad-path at then.0.params.text',
    /a path/,
  ],
  ['an empty all', { when: { all: [] } }, 'empty-group at when.all', /"all" is empty/],
  ['an empty any', { when: { any: [] } }, 'empty-group at when.any', /"any" is empty/],
  [
    'all and any at one level',
    { when: { all: [rating], any: [rating] } },
    'mixed-group at when',
    /at one level/,
  ],
  [
    'a group that is no list',
    { when: { all: rating } },
    'bad-value at when.all',
    /a list of conditions/,
  ],
  [
    'a key beside a group',
    { when: { all: [rating], priority: 3 } },
    'unknown-key at when.priority',
    /beside "all"/,
  ],
  ['a condition that is none', { when: 'always' }, 'bad-value at when', /expected a condition/],
  [
    'a comparison without fact',
    when({ operator: 'equal', value: 1 }),
    'missing-key at when.all.0.fact',
    /"fact" is missing/,
  ],
  [
    'nesting beyond 8',
    { when: nested(9) },
    'too-deep at when.all.0.all.0.all.0.all.0.all.0.all.0.all.0.all.0',
    /deeper than 8/,
  ],
  [
    'more than 50 comparisons',
    when(...Array.from({ length: 51 }, () => rating)),
    'too-many-conditions at when',
    /more than 50/,
  ],
  [
    'an unknown shared condition',
    { when: { condition: 'x' } },
    'unknown-condition at when.condition',
    /"x"/,
  ],
])('compile refuses %s', (_, over, fault, message) => {
  const written = { name: 'r', ...over };
  const { rulebook, findings } = compile(sources([rule(written)]), actions, 'v1');
  const errors = findings.filter(({ severity }) => severity === 'error');
  const found = errors.find(({ code, path }) => `${code} at ${path.join('.')}` === fault);
  expect(found, JSON.stringify(findings)).toMatchObject({ file: `${written.name}.json` });
  expect(found?.message).toMatch(message);
  expect(rulebook.rules).toEqual([]);
});

test('compile says where what an action takes belongs', () => {
  const { findings } = compile(
    sources([rule({ then: [{ action: 'note', text: 'x' }] })]),
    actions,
    'v1',
  );
  expect(findings).toMatchObject([
    { code: 'unknown-key', hint: 'write the parameters of an action under "params"' },
  ]);
});

test('compile does not deny the facts of a threshold because the threshold has an error', () => {
  const counting = {
    threshold: { count: '20', within: '10m' },
    ...doing({ action: 'note', params: { text: '{{count}}' } }),
  };
  const { findings } = compile(sources([rule(counting)]), actions, 'v1');
  expect(findings).toMatchObject([{ code: 'bad-value', path: ['threshold', 'count'] }]);
});

test.each([
  ['words (1).json', undefined, 'rename the file to "words.json"'],
  ['words-2.json', undefined, 'rename the file to "words.json", or write "name": "words-2"'],
  ['words-2.json', 'words.json', 'write "name": "words-2"'],
  ['words copy.json', 'words.json', 'give both the same new name, lower-case words joined by "-"'],
])('compile does not tell a copy to be written over the first: %s beside %s', (file, other, hint) => {
  const rules = {
    [file]: rule({ name: 'words' }),
    ...(other && { [other]: rule({ name: 'words' }) }),
  };
  const { findings } = compile({ ...sources([]), rules }, actions, 'v1');
  expect(findings).toMatchObject([{ file, code: 'file-name', hint }]);
});
