import { describe, expect, test } from 'vitest';
import { correct } from '../../src/authoring/fix-file.ts';
import { linesOf, replaced } from './findings-of.ts';

/** A rule, a story and a guardrail of a parcel service; each mistake is one word of a file. */
const RULE = `{
  "name": "late-parcel",
  "why": "The warehouse looks for it.",
  "owner": "warehouse",
  "on": ["MESSAGE_DELIVERY"],
  "when": { "all": [
    { "fact": "status", "operator": "equal", "value": "FAILED" },
    { "fact": "metadata", "operator": "containsWord", "value": "parcel" },
    { "fact": "age_seconds", "operator": "lessThan", "value": 90 }
  ] },
  "then": [{ "action": "alert", "params": { "severity": "low", "title": "Failed" } }],
  "examples": [
    { "name": "a parcel", "fires": true, "at": "2026-11-02T09:00:00Z", "callback": {
      "event_time": "2026-11-02T09:00:00Z", "message_metadata": "parcel",
      "message_delivery_report": { "message_id": "M", "status": "FAILED",
        "channel_identity": { "channel": "RCS", "identity": "12025550142" } } } },
    { "name": "delivered", "fires": false, "at": "2026-11-02T09:00:00Z", "callback": {
      "event_time": "2026-11-02T09:00:00Z", "message_metadata": "parcel",
      "message_delivery_report": { "message_id": "M", "status": "DELIVERED",
        "channel_identity": { "channel": "RCS", "identity": "12025550142" } } } }
  ]
}`;
const STORY = `{
  "name": "parcels",
  "why": "A failed parcel is told.",
  "steps": [
    {
      "at": "2026-11-02T09:00:00Z",
      "callback": { "event_time": "2026-11-02T09:00:00Z", "message_metadata": "parcel",
        "message_delivery_report": { "message_id": "M", "status": "FAILED",
          "channel_identity": { "channel": "RCS", "identity": "12025550142" } } },
      "set": { "message_delivery_report.channel_identity.channel": "RCS" },
      "then": { "fires": ["late-parcel"] }
    }
  ]
}`;
const GUARDRAIL = `{
  "name": "parcels-alert",
  "why": "The warehouse must know.",
  "callback": { "message_metadata": "parcel", "message_delivery_report": { "message_id": "M",
    "status": "FAILED", "channel_identity": { "channel": "RCS", "identity": "12025550142" } } },
  "given": { "age_seconds": 1 },
  "must": ["alert"]
}`;
const FILES: Readonly<Record<string, string>> = {
  'late-parcel.json': RULE,
  'tests/parcels.json': STORY,
  'guardrails/parcels-alert.json': GUARDRAIL,
  'alerts.json': `{ "destinations": { "yard": { "type": "webhook", "url": { "secret": "DEST_YARD" } } }, "default": "yard" }`,
};

const said = (files: Readonly<Record<string, string>>) => linesOf({ ...FILES, ...files });

test('the files without a mistake cause no finding', async () => {
  expect(await said({})).toEqual([]);
});

describe('a list in place of an object is reported where it stands', () => {
  const CALLBACK = `{ "message_metadata": "parcel", "message_delivery_report": { "message_id": "M",
    "status": "FAILED", "channel_identity": { "channel": "RCS", "identity": "12025550142" } } }`;
  test.each([
    ['late-parcel.json', RULE, '"name": "delivered",', '"name": "delivered", "given": [],'],
    ['late-parcel.json', RULE, '"fires": true,', '"fires": true, "before": [{ "callback": [] }],'],
    [
      'guardrails/parcels-alert.json',
      GUARDRAIL,
      `"callback": ${CALLBACK}`,
      `"callback": [${CALLBACK}]`,
    ],
    ['guardrails/parcels-alert.json', GUARDRAIL, '{ "age_seconds": 1 }', '[{ "age_seconds": 1 }]'],
    ['tests/parcels.json', STORY, '"set": {', '"given": [],\n      "set": {'],
  ])('%s: %#', async (file, whole, was, is) => {
    const [text, line] = replaced(whole, was, is);
    const [first, ...more] = await said({ [file]: text });
    expect(first).toMatch(`${file}:${line} `);
    expect(first).toContain('expected an object: { … }, found a list');
    expect(more).toEqual([]);
  });
});

describe('an operator in everyday words names the one that is meant', () => {
  test.each([
    ["isn't", 'notEqual'],
    ['is not equal to', 'notEqual'],
    ['isnt', 'notEqual'],
    ['≠', 'notEqual'],
    ['same as', 'equal'],
    ['matches any of', 'in'],
    ['is not one of', 'notIn'],
    ["doesn't contain", 'doesNotContainWord'],
    ['contain', 'containsWord'],
    ['mentions', 'containsWord'],
    ['contains_ignore_case', 'containsWord'],
    ['not like', 'doesNotMatch'],
    ['!~', 'doesNotMatch'],
    ['does not start with', 'doesNotStartWith'],
    ['is not empty', 'present'],
    ["doesn't exist", 'missing'],
  ])('%s', async (name, meant) => {
    const [text, line] = replaced(RULE, '"containsWord"', JSON.stringify(name));
    expect(await said({ 'late-parcel.json': text })).toEqual([
      `late-parcel.json:${line} no operator is called "${name}": did you mean "${meant}"?`,
    ]);
  });

  test.each([
    ['greater than or equal to', 'greaterThanInclusive'],
    ['no more than', 'lessThanInclusive'],
    ['≥', 'greaterThanInclusive'],
    ['exceeds', 'greaterThan'],
    ['is less than', 'lessThan'],
  ])('%s of a number', async (name, meant) => {
    const [text, line] = replaced(RULE, '"lessThan"', JSON.stringify(name));
    expect(await said({ 'late-parcel.json': text })).toEqual([
      `late-parcel.json:${line} no operator is called "${name}": did you mean "${meant}"?`,
    ]);
  });
});

describe('a value that does not suit says what to write', () => {
  test.each([
    ['"containsWord", "value": "parcel"', '"matches", "value": ["parcel", "box"]', 'containsWord'],
    ['"containsWord", "value": "parcel"', '"contains", "value": ["parcel", "box"]', 'containsWord'],
    ['"containsWord", "value": "parcel"', '"matches", "value": "%parcel%"', 'write "parcel"'],
    [
      '"metadata", "operator": "containsWord"',
      '"metadata", "operator": "withinHours"',
      'event_time',
    ],
    ['"owner": "warehouse"', '"owner": "warehouse", # team', 'JSON has no comments'],
    ['["MESSAGE_DELIVERY"]', '["MESSAGE_DELIVERY, EVENT_DELIVERY"]', '"EVENT_DELIVERY"'],
    ['"params": { "severity": "low", "title": "Failed" }', '"params": []', 'found a list'],
    [
      '"action": "alert",',
      '"action": "alert", "budget": "50/hour",',
      '{"count": 50, "within": "1h"}',
    ],
  ])('%s becomes %s', async (was, is, words) => {
    const [text, line] = replaced(RULE, was, is);
    const [first, ...more] = await said({ 'late-parcel.json': text });
    expect(first).toMatch(`late-parcel.json:${line} `);
    expect(first).toContain(words);
    expect(more).toEqual([]);
  });

  test.each([
    ['"9-17"', 'write {"from": "09:00", "to": "17:00"'],
    ['{ "from": 9, "to": "17:00", "timeZone": "UTC" }', 'write "09:00"'],
    ['{ "from": "24:00", "to": "08:00", "timeZone": "UTC" }', 'write "00:00"'],
    ['{ "start": "09:00", "to": "17:00", "timeZone": "UTC" }', '"start" is called "from" here'],
    ['{ "from": "09:00", "to": "17:00", "tz": "UTC" }', '"tz" is called "timeZone" here'],
    [
      '{ "from": "09:00", "to": "17:00", "timeZone": "UTC", "days": "mon-fri" }',
      'write ["mon","tue","wed","thu","fri"]',
    ],
    [
      '{ "from": "09:00", "to": "17:00", "timeZone": "UTC", "days": "sat-mon" }',
      'write ["sat","sun","mon"]',
    ],
  ])('office hours written %s', async (hours, words) => {
    const comparison = '"age_seconds", "operator": "lessThan", "value": 90';
    const written = `"event_time", "operator": "withinHours", "value": ${hours}`;
    const [text, line] = replaced(RULE, comparison, written);
    const [first, ...more] = await said({ 'late-parcel.json': text });
    expect(first).toMatch(`late-parcel.json:${line} `);
    expect(first).toContain(words);
    expect(more).toEqual([]);
  });
});

describe('stories', () => {
  test.each([
    ['"status": "FAILED"', '"status": "FALIED"', 'did you mean "FAILED"?'],
    ['.channel": "RCS"', '.channel": "WhatsApp"', 'write "WHATSAPP"'],
    ['"fires": ["late-parcel"]', '"not_fires": ["late-parcel"]', 'called "does_not_fire" here'],
    ['{ "fires": ["late-parcel"] }', '["late-parcel"]', 'write { } with keys'],
  ])('%s becomes %s', async (was, is, words) => {
    const [text, line] = replaced(STORY, was, is);
    const [first, ...more] = await said({ 'tests/parcels.json': text });
    expect(first).toMatch(`tests/parcels.json:${line} `);
    expect(first).toContain(words);
    expect(more).toEqual([]);
  });

  test('a story may set a value that resembles none', async () => {
    const [text] = replaced(STORY, '.channel": "RCS"', '.channel": "CARRIER_PIGEON"');
    expect(await said({ 'tests/parcels.json': text })).toEqual([]);
  });
});

test.each([
  ['"enabled": false', 'switched off', 'remove "enabled": false'],
  ['"mode": "shadow"', 'only recorded', 'remove "mode": "shadow"'],
])('a guardrail that a rule with %s would satisfy is reported at that line', async (line, state, remedy) => {
  const text = RULE.replace('"on":', `${line},\n  "on":`);
  const found = await said({
    'late-parcel.json': text,
    'tests/parcels.json':
      '{ "name": "parcels", "why": "x", "steps": [{ "at": "2026-11-02T09:00:00Z", "sample": "x" }] }',
  });
  expect(found.find((one) => one.startsWith('late-parcel.json:5 '))).toContain(state);
  expect(found.find((one) => one.startsWith('late-parcel.json:5 '))).toContain(remedy);
  expect(found.filter((one) => one.startsWith('guardrails/'))).toEqual([]);
});

test('a code in two classes stands in the list that the examples speak against', async () => {
  const rule = RULE.replace(
    '"fact": "status", "operator": "equal", "value": "FAILED"',
    '"fact": "failure_class", "operator": "equal", "value": "permanent"',
  ).replace('"status": "FAILED",', '"status": "FAILED", "reason": { "code": "CHANNEL_REJECT" },');
  const list = (name: string) =>
    JSON.stringify({ name, why: 'Codes.', values: ['CHANNEL_REJECT'] }, undefined, 2);
  const found = await said({
    'late-parcel.json': rule,
    'lists/failure-transient.json': list('failure-transient'),
    'lists/failure-permanent.json': list('failure-permanent'),
  });
  expect(found.filter((one) => one.includes('failure-permanent'))).toEqual([
    'lists/failure-transient.json:5 "CHANNEL_REJECT" is also in failure-permanent, and this list comes first: remove it here or in failure-permanent: a code has one class',
  ]);
  expect(found.filter((one) => one.startsWith('late-parcel.json'))).toEqual([]);
});

test('a share of all callbacks is no rule that is evaluated too often', async () => {
  const text = RULE.replace(
    '"then":',
    '"threshold": { "share": 0.2, "among": { "fact": "status", "operator": "notEqual", "value": "READ" }, "at_least": 5, "within": "1h" },\n  "then":',
  );
  expect(
    (await said({ 'late-parcel.json': text })).filter((one) => /evaluated for/.test(one)),
  ).toEqual([]);
});

test('a correction leaves the lines of a list as they are', () => {
  const text = '{\n  "when": { "value": ["stop",\n    "END", "quit"] }\n}';
  const finding = { file: 'x.json', path: ['when', 'value'], code: 'not-folded' } as const;
  const source = { rules: {}, lists: {}, conditions: {}, alerts: {} };
  expect(correct(text, finding, source)?.text).toBe(
    '{\n  "when": { "value": ["STOP",\n    "END", "QUIT"] }\n}',
  );
});
