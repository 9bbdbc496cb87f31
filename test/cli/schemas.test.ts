import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { getLanguageService, TextDocument } from 'vscode-json-languageservice';
import { destinations } from '../../src/alerts/destinations/index.ts';
import { HOME, RULEBOOK } from '../setup/home.ts';

/** VS Code's own JSON language service; each file brings its schema along by the "$schema" that it names. */
const service = getLanguageService({
  clientCapabilities: { textDocument: { completion: { completionItem: {} } } },
  workspaceContext: { resolveRelativePath: (path, from) => new URL(path, from).href },
  schemaRequestService: async (uri) => readFileSync(join(RULEBOOK, basename(uri)), 'utf8'),
});

const opened = (file: string, text: string): TextDocument =>
  TextDocument.create(`file:///project/${file}`, 'json', 1, text);

/** What is marked as wrong, and where. */
async function marks(file: string, text: string): Promise<string[]> {
  const doc = opened(file, text);
  const found = await service.doValidation(doc, service.parseJSONDocument(doc), {
    schemaValidation: 'error',
  });
  return found.map(({ range, message }) => `${doc.getText(range)}: ${message}`);
}

/** What is proposed where `▮` stands, with what it means. */
async function proposedAt(file: string, text: string): Promise<ReadonlyMap<string, unknown>> {
  const doc = opened(file, text.replace('▮', ''));
  const list = await service.doComplete(
    doc,
    doc.positionAt(text.indexOf('▮')),
    service.parseJSONDocument(doc),
  );
  return new Map(
    (list?.items ?? []).map((item) => [item.label.replaceAll('"', ''), item.documentation]),
  );
}

const KINDS = [
  ['rules/*.json', './rule.schema.json'],
  ['rules/alerts.json', './alerts.schema.json'],
  ['rules/lists/*.json', '../list.schema.json'],
  ['rules/conditions/*.json', '../condition.schema.json'],
  ['rules/guardrails/*.json', '../guardrail.schema.json'],
  ['rules/tests/*.json', '../story.schema.json'],
] as const;

const shipped = KINDS.flatMap(([files, schema]) =>
  globSync(files, { cwd: HOME })
    .filter(
      (file) =>
        !file.endsWith('.schema.json') &&
        (file === 'rules/alerts.json') === (files === 'rules/alerts.json'),
    )
    .map((file) => ({ file, schema })),
);

describe('every file that ships', () => {
  test('is one of a kind that has a schema', () => {
    const all = globSync('rules/**/*.json', { cwd: HOME }).filter(
      (file) => !file.endsWith('.schema.json'),
    );
    expect(shipped.map(({ file }) => file).sort()).toEqual(all.sort());
  });

  test.each(shipped)('names its schema and keeps to it: $file', async ({ file, schema }) => {
    const text = readFileSync(join(HOME, file), 'utf8');
    expect(JSON.parse(text).$schema).toBe(schema);
    expect(await marks(file, text)).toEqual([]);
  });

  // A schema that is not found marks nothing: so each of them has to mark this.
  test.each(shipped)('is marked where a key is misspelt: $file', async ({ file }) => {
    const text = readFileSync(join(HOME, file), 'utf8').replace('{\n', '{\n  "wy": "",\n');
    expect(await marks(file, text)).toContainEqual(
      expect.stringMatching(/^"wy": Property wy is not allowed/),
    );
  });
});

/** A file of a kind, with the rest of its text. */
const listOf = (rest: string) =>
  ['rules/lists/a.json', `{ "$schema": "../list.schema.json", ${rest} }`] as const;
const conditionOf = (rest: string) =>
  [
    'rules/conditions/a.json',
    `{ "$schema": "../condition.schema.json", "name": "a", "why": "b", ${rest} }`,
  ] as const;
const alertsOf = (rest: string) =>
  [
    'rules/alerts.json',
    `{ "$schema": "./alerts.schema.json", "default": "ops", ${rest} }`,
  ] as const;
const guardrailOf = (rest: string) =>
  [
    'rules/guardrails/a.json',
    `{ "$schema": "../guardrail.schema.json", "name": "a", "why": "b", ${rest} }`,
  ] as const;
const storyOf = (step: string) =>
  [
    'rules/tests/a.json',
    `{ "$schema": "../story.schema.json", "name": "a", "why": "b", "steps": [{ ${step} }] }`,
  ] as const;
const slack = '"destinations": { "ops": { "type": "slack", "url": { "secret": "DEST_OPS" } } }';

describe('an editor marks', () => {
  test.each([
    ['a list without values', listOf('"name": "a", "why": "b"'), /Missing property "values"/],
    [
      'a list with a value that is none',
      listOf('"name": "a", "why": "b", "values": [true]'),
      /^true: Incorrect type/,
    ],
    [
      'a name that is no file name',
      listOf('"name": "A b", "why": "b", "values": []'),
      /^"A b": expected lower-case/,
    ],
    [
      'an unknown fact of a shared condition',
      conditionOf('"when": { "fact": "chanel", "operator": "present" }'),
      /^"chanel": Value is not accepted/,
    ],
    [
      'an operator that does not suit it',
      conditionOf('"when": { "all": [{ "fact": "channel", "operator": "lessThan", "value": 1 }] }'),
      /^"lessThan": Value is not accepted/,
    ],
    [
      'a type of destination',
      alertsOf('"destinations": { "ops": { "type": "slak" } }'),
      /^"slak": Value is not/,
    ],
    [
      'a setting that is missing',
      alertsOf('"destinations": { "ops": { "type": "slack" } }'),
      /Missing property "url"/,
    ],
    [
      'a setting of another type',
      alertsOf(
        '"destinations": { "ops": { "type": "slack", "url": { "secret": "DEST_OPS" }, "from": "x" } }',
      ),
      /^"from": Property from is not allowed/,
    ],
    [
      'a secret that is written out',
      alertsOf(
        '"destinations": { "ops": { "type": "slack", "url": "https://hooks.slack.com/x" } }',
      ),
      /Incorrect type/,
    ],
    [
      'a route',
      alertsOf(`${slack}, "routes": [{ "mach": {} }]`),
      /^"mach": Property mach is not allowed/,
    ],
    [
      'a route inside a route',
      alertsOf(`${slack}, "routes": [{ "routes": [{ "routes": [{ "repeat": "4 hours" }] }] }]`),
      /^"4 hours":/,
    ],
    [
      'a severity',
      alertsOf(`${slack}, "routes": [{ "match": { "severity": "hihg" } }]`),
      /^"hihg":/,
    ],
    ['an action of a guardrail', guardrailOf('"must": ["supress"]'), /^"supress":/],
    [
      'a param of it',
      guardrailOf('"must": [{ "action": "suppress", "params": { "scop": "all" } }]'),
      /^"scop": Property scop is not allowed/,
    ],
    [
      'a key of a story’s step',
      storyOf('"sampel": "stop"'),
      /^"sampel": Property sampel is not allowed/,
    ],
    ['an action that a story wants', storyOf('"then": { "actions": ["throtle"] }'), /^"throtle":/],
    [
      'what a person refuses',
      storyOf('"then": { "refuses": ["al"] }'),
      /^"al"|Value is not accepted/,
    ],
  ])('%s', async (_, [file, text], message) =>
    expect(await marks(file, text)).toContainEqual(expect.stringMatching(message)));

  test.each([
    [
      'only those params that matter',
      guardrailOf('"must": [{ "action": "throttle", "params": { "to": "0" } }]'),
    ],
    ['a story’s action by its name', storyOf('"then": { "actions": ["throttle"] }')],
    [
      'routes in routes',
      alertsOf(`${slack}, "routes": [{ "to": "ops", "routes": [{ "to": ["ops"] }] }]`),
    ],
  ])('nothing in %s', async (_, [file, text]) => expect(await marks(file, text)).toEqual([]));
});

describe('an editor proposes', () => {
  test.each([
    ['the keys of a list', listOf('▮'), ['name', 'values', 'why']],
    [
      'the facts of a shared condition',
      conditionOf('"when": { "fact": "▮" }'),
      ['channel', 'keyword', 'status'],
    ],
    [
      'the types of destinations',
      alertsOf('"destinations": { "ops": { "type": "▮" } }'),
      destinations.map(({ type }) => type),
    ],
    [
      'the settings of a type',
      alertsOf('"destinations": { "ops": { "type": "pagerduty", ▮ } }'),
      ['fallback', 'key'],
    ],
    [
      'the keys of a route',
      alertsOf(`${slack}, "routes": [{ ▮ }]`),
      ['match', 'to', 'schedule', 'repeat', 'routes'],
    ],
    ['the actions that a guardrail wants', guardrailOf('"must": ["▮"]'), ['suppress', 'throttle']],
    ['what a story can ask', storyOf('"then": { ▮ }'), ['fires', 'told', 'refuses', 'limit']],
  ])('%s', async (_, [file, text], names) =>
    expect([...(await proposedAt(file, text)).keys()]).toEqual(expect.arrayContaining([...names])));

  test('them with what they mean', async () => {
    expect((await proposedAt(...alertsOf('▮'))).get('inhibit')).toBe(
      'Alerts that are not sent while another one is active.',
    );
    expect((await proposedAt(...storyOf('▮'))).get('again')).toMatch(
      /^Sinch delivers the same callback again/,
    );
  });
});
