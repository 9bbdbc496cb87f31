import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { getLanguageService, TextDocument } from 'vscode-json-languageservice';
import { actions } from '../../../src/actions/index.ts';
import { triggers } from '../../../src/callbacks/triggers/index.ts';
import { factEntries } from '../../../src/rules/model/facts.ts';
import { operatorNames } from '../../../src/rules/operators/index.ts';
import { ruleSchema } from '../../../src/rules/schema/rule-schema.ts';
import { RULEBOOK } from '../../setup/home.ts';

/** VS Code's own JSON language service, with the schema of a rule. */
const service = getLanguageService({
  clientCapabilities: { textDocument: { completion: { completionItem: {} } } },
  // What a rule names in "$schema" is the file that ships.
  schemaRequestService: async () => readFileSync(join(RULEBOOK, 'rule.schema.json'), 'utf8'),
});
service.configure({
  schemas: [
    {
      uri: 'rule.schema.json',
      fileMatch: ['*'],
      schema: Object(
        ruleSchema(actions, { lists: ['stop-words', 'codes'], conditions: ['from-the-person'] }),
      ),
    },
  ],
});

const document = (text: string): TextDocument =>
  TextDocument.create('file:///rules/a.json', 'json', 1, text);

/** What is proposed where `▮` stands. */
async function proposedAt(text: string) {
  const doc = document(text.replace('▮', ''));
  const at = doc.positionAt(text.indexOf('▮'));
  const list = await service.doComplete(doc, at, service.parseJSONDocument(doc));
  return new Map((list?.items ?? []).map((item) => [item.label.replaceAll('"', ''), item]));
}
const namesAt = async (text: string): Promise<string[]> => [...(await proposedAt(text)).keys()];

/** What is marked as wrong, and where. */
async function marks(text: string): Promise<string[]> {
  const doc = document(text);
  const found = await service.doValidation(doc, service.parseJSONDocument(doc), {
    schemaValidation: 'error',
  });
  return found.map(({ range, message }) => `${doc.getText(range)}: ${message}`);
}

const rule = (
  when: string,
  then = '{ "action": "ignore", "params": { "because": "so" } }',
): string =>
  `{ "name": "a", "why": "b", "owner": "c", "on": ["CHANNEL_EVENT"], "when": ${when}, "then": [${then}] }`;

describe('an editor proposes', () => {
  test('the keys of a rule, with their meaning', async () => {
    const proposed = await proposedAt('{ ▮ }');
    expect([...proposed.keys()]).toEqual(
      expect.arrayContaining(['name', 'why', 'on', 'when', 'then', 'stop', 'expires']),
    );
    expect(proposed.get('owner')?.documentation).toMatch(/The team that is responsible/);
  });

  test('all triggers, with when they come', async () => {
    const proposed = await proposedAt('{ "on": ["▮"] }');
    for (const { name, description } of triggers)
      expect(proposed.get(name)?.documentation).toBe(description);
  });

  test('all facts, with their descriptions', async () => {
    const proposed = await proposedAt(rule('{ "all": [{ "fact": "▮" }] }'));
    for (const { name, description } of factEntries())
      expect(proposed.get(name)?.documentation, name).toContain(description);
    expect(proposed.size).toBe(factEntries().length);
  });

  test('what a condition can be', async () => {
    expect(await namesAt(rule('{ ▮ }'))).toEqual(
      expect.arrayContaining(['all', 'any', 'not', 'condition', 'fact', 'operator', 'value']),
    );
  });

  test.each([
    ['quality_rating', 'text', true],
    ['channel', 'text', false],
    ['age_seconds', 'number', false],
    ['injected', 'boolean', false],
    ['event_time', 'time', false],
    ['pii_types', 'list', false],
    ['payload', 'json', false],
  ] as const)('only the operators that suit %s', async (fact, type, remembered) => {
    const suiting = operatorNames(type).filter((name) => remembered || !/hanged/.test(name));
    expect((await namesAt(rule(`{ "fact": "${fact}", "operator": "▮" }`))).sort()).toEqual(
      [...suiting].sort(),
    );
  });

  test.each([
    [
      'the known values of a fact',
      '{ "fact": "quality_rating", "operator": "equal", "value": "▮" }',
      'RED',
    ],
    [
      'them inside a list, too',
      '{ "fact": "channel", "operator": "in", "value": ["▮"] }',
      'WHATSAPP',
    ],
    [
      'them after a change',
      '{ "fact": "quality_rating", "operator": "changedTo", "value": "▮" }',
      'RED',
    ],
    ['yes and no', '{ "fact": "injected", "operator": "equal", "value": ▮ }', 'true'],
    [
      'named lists',
      '{ "fact": "keyword", "operator": "says", "value": { "list": "▮" } }',
      'stop-words',
    ],
    [
      'several named lists',
      '{ "fact": "keyword", "operator": "says", "value": { "list": ["codes", "▮"] } }',
      'stop-words',
    ],
    ['shared conditions', '{ "all": [{ "condition": "▮" }] }', 'from-the-person'],
  ])('%s', async (_, when, name) => expect(await namesAt(rule(when))).toContain(name));

  test('all actions, with their descriptions', async () => {
    const proposed = await proposedAt(rule('{}', '{ "action": "▮" }'));
    for (const { name, description } of actions)
      expect(proposed.get(name)?.documentation).toBe(description);
  });

  test.each(
    actions.filter(({ params }) => Object.keys(Object(params).entries ?? {}).length > 0),
  )('the params of $name, and no others', async ({ name, params }) => {
    const proposed = await namesAt(rule('{}', `{ "action": "${name}", "params": { ▮ } }`));
    expect(proposed.sort()).toEqual(Object.keys(Object(params).entries).sort());
  });

  test('the values of a param', async () => {
    expect(
      await namesAt(rule('{}', '{ "action": "alert", "params": { "severity": "▮" } }')),
    ).toEqual(expect.arrayContaining(['critical', 'high', 'low']));
    expect(
      await namesAt(rule('{}', '{ "action": "throttle", "params": { "for": "▮" } }')),
    ).toContain('7d');
  });
});

describe('an editor marks', () => {
  const red = '{ "fact": "quality_rating", "operator": "equal", "value": "RED" }';
  test.each([
    [
      'an unknown fact',
      '{ "fact": "quality_ratting", "operator": "present" }',
      /^"quality_ratting": Value is not accepted/,
    ],
    [
      'an unknown operator',
      '{ "fact": "channel", "operator": "equals", "value": "SMS" }',
      /^"equals": Value is not accepted/,
    ],
    [
      'an operator that does not suit',
      '{ "fact": "age_seconds", "operator": "says", "value": 1 }',
      /^"says": Value is not/,
    ],
    [
      'a change nobody remembers',
      '{ "fact": "channel", "operator": "changedTo", "value": "SMS" }',
      /^"changedTo"/,
    ],
    [
      'a value of the wrong type',
      '{ "fact": "age_seconds", "operator": "lessThan", "value": "5" }',
      /^"5": Incorrect type/,
    ],
    [
      'a list where one value belongs',
      '{ "fact": "channel", "operator": "equal", "value": ["SMS"] }',
      /Incorrect type/,
    ],
    ['a missing value', '{ "fact": "channel", "operator": "equal" }', /Missing property "value"/],
    [
      'a value that has no place',
      '{ "fact": "channel", "operator": "present", "value": "SMS" }',
      /^"SMS": Value must be true/,
    ],
    [
      'a path that leads nowhere',
      '{ "fact": "channel", "operator": "present", "path": "a" }',
      /have a path/,
    ],
    ['a missing path', '{ "fact": "payload", "operator": "present" }', /Missing property "path"/],
    ['two groups at one level', `{ "all": [${red}], "any": [${red}] }`, /Nothing may stand beside/],
    ['an empty group', '{ "all": [] }', /too few items/],
    [
      'an unknown key',
      '{ "fact": "channel", "operator": "present", "vlaue": 1 }',
      /^"vlaue": Property vlaue is not allowed/,
    ],
    ['half a comparison', '{ "fact": "channel" }', /Missing property "operator"/],
    [
      'a fact as a value',
      '{ "fact": "channel", "operator": "equal", "value": { "fact": "text" } }',
      /Incorrect type/,
    ],
  ])('%s', async (_, when, message) =>
    expect(await marks(rule(when))).toContainEqual(expect.stringMatching(message)));

  test.each([
    ['an unknown action', '{ "action": "throtle" }', /^"throtle": Value is not accepted/],
    [
      'a param that is missing',
      '{ "action": "throttle", "params": { "to": "0" } }',
      /Missing property "for"/,
    ],
    ['params that are missing', '{ "action": "throttle" }', /Missing property "params"/],
    ['an unknown param', '{ "action": "suppress", "params": { "scop": "all" } }', /^"scop"/],
    [
      'a rate that is none',
      '{ "action": "throttle", "params": { "to": "10/min", "for": "7d" } }',
      /^"10\/min": expected a rate/,
    ],
    [
      'an unknown severity',
      '{ "action": "alert", "params": { "severity": "urgent", "title": "x" } }',
      /^"urgent": Value is not/,
    ],
  ])('%s', async (_, then, message) => {
    expect(await marks(rule(red, then))).toContainEqual(expect.stringMatching(message));
  });

  test('a key of a rule that is missing, and one that nobody knows', async () => {
    expect((await marks('{ "nmae": "a" }')).join()).toMatch(
      /Missing property "name".*Property nmae is not allowed/s,
    );
  });

  test('nothing in values that were never seen, because Sinch may send them tomorrow', async () => {
    expect(
      await marks(rule('{ "fact": "quality_rating", "operator": "in", "value": ["BLUE"] }')),
    ).toEqual([]);
    expect(
      await marks(rule('{ "fact": "channel", "operator": "equal", "value": "PIGEON" }')),
    ).toEqual([]);
  });

  const shipped = readdirSync(RULEBOOK).filter(
    (file) => file.endsWith('.json') && !/^alerts|schema/.test(file),
  );
  test.each(shipped)('nothing in %s', async (file) => {
    expect(await marks(readFileSync(join(RULEBOOK, file), 'utf8'))).toEqual([]);
  });
});
