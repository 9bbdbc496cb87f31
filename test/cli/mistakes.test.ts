import { describe, expect, test } from 'vitest';
import { pretty, stopRule } from './check-rules.ts';
import { alerts, folder, openShell } from './shell.ts';

/** A rule on reports of delivery, with a threshold. */
const failed = {
  name: 'failed',
  why: 'Somebody looks.',
  owner: 'ops',
  on: ['MESSAGE_DELIVERY'],
  when: {
    all: [
      { fact: 'status', operator: 'equal', value: 'FAILED' },
      { fact: 'channel', operator: 'equal', value: 'RCS' },
    ],
  },
  threshold: { count: 20, within: '10m', per: ['app_id'] },
  cooldown: '1h',
  then: [{ action: 'alert', params: { severity: 'high', title: 'RCS fails for {{app_id}}' } }],
  examples: [true, false].map((fires) => ({
    name: fires ? 'twenty' : 'nineteen',
    callback: {
      app_id: 'A',
      message_delivery_report: {
        message_id: 'm',
        status: 'FAILED',
        channel_identity: { channel: 'RCS', identity: '12025550143' },
      },
    },
    times: fires ? 20 : 19,
    fires,
  })),
};

const written = (rule: object, from: string, to: string): string => {
  const text = pretty(rule);
  expect(text).toContain(from);
  return text.replace(from, to);
};

/** Checks a folder of these files beside the rules above, and returns the causes with their lines. */
async function findings(files: Readonly<Record<string, string>>) {
  const home = folder({ 'rules/alerts.json': alerts, ...files });
  const { run, out } = openShell({ home });
  await run('check', '--json');
  const { findings: found } = JSON.parse(out.join('')) as {
    findings: { file: string; line: number; code: string; message: string; hint?: string }[];
  };
  return found.map(({ file, line, code, message, hint = '' }) => ({
    at: `${file}:${line}`,
    code,
    words: `${message}: ${hint}`,
  }));
}

const inFailed = (from: string, to: string) => ({
  'rules/failed.json': written(failed, from, to),
});
const inStop = (from: string, to: string) => ({ 'rules/stop.json': written(stopRule, from, to) });

describe('a mistake is one finding, at its line, with what to write instead', () => {
  test.each([
    ['two letters swapped in a key', inFailed('"when"', '"whne"'), 'rules/failed.json:8', /"when"/],
    ['"and" for "all"', inFailed('"all"', '"and"'), 'rules/failed.json:9', /"all" here/],
    ['"ALL" for "all"', inFailed('"all"', '"ALL"'), 'rules/failed.json:9', /did you mean "all"/],
    [
      'another program’s key',
      inFailed('"within"', '"window"'),
      'rules/failed.json:24',
      /"within" here/,
    ],
    ['a number for a duration', inFailed('"10m"', '600'), 'rules/failed.json:24', /write "10m"/],
    ['hours and minutes', inFailed('"10m"', '"1h30m"'), 'rules/failed.json:24', /write "90m"/],
    ['a shortened fact', inFailed('"app_id"\n', '"app"\n'), 'rules/failed.json:26', /"app_id"/],
    [
      'a key of the rule in its threshold',
      inFailed('"count": 20', '"cooldown": "1h",\n    "count": 20'),
      'rules/failed.json:23',
      /belongs to the rule/,
    ],
    [
      'a time of day as a fact',
      inFailed('"channel"', '"hour"'),
      'rules/failed.json:16',
      /withinHours/,
    ],
    [
      'an action of another name',
      inFailed('"action": "alert"', '"action": "notify"'),
      'rules/failed.json:32',
      /"alert"/,
    ],
    [
      'a semicolon',
      inStop('"why": "They said no.",', '"why": "They said no.";'),
      'rules/stop.json:3',
      /";"/,
    ],
    [
      'a name with blanks',
      inStop('"name": "stop"', '"name": "Stop It"'),
      'rules/stop.json:2',
      /write "stop-it"/,
    ],
    [
      'a day that no month has',
      inStop('"owner"', '"expires": "2027-02-30T00:00:00Z",\n  "owner"'),
      'rules/stop.json:4',
      /no such day/,
    ],
    [
      'a trigger named twice',
      inStop('"MESSAGE_INBOUND"', '"MESSAGE_INBOUND",\n    "MESSAGE_INBOUND"'),
      'rules/stop.json:7',
      /twice/,
    ],
    [
      'a comparison beside a group',
      inFailed('"all": [', '"fact": "status",\n    "all": ['),
      'rules/failed.json:9',
      /put both into the list/,
    ],
    [
      'an example of the name of another',
      inFailed('"nineteen"', '"twenty"'),
      'rules/failed.json:57',
      /"twenty" too/,
    ],
    [
      'a template in a condition',
      inFailed('"value": "RCS"', '"value": "{{channel}}"'),
      'rules/failed.json:18',
      /compared as it stands/,
    ],
    [
      'a misspelt field inside a message',
      inStop('"text": "hello"', '"txt": "hello"'),
      /^rules\/stop\.json:\d+$/,
      /did you mean "text"/,
    ],
    [
      'a state that is misspelt',
      inFailed('"value": "RCS"', '"value": "RCSS"'),
      'rules/failed.json:18',
      /did you mean "RCS"/,
    ],
  ] as const)('%s', async (_, files, at, words) => {
    const found = await findings(files);
    expect(found).toHaveLength(1);
    if (typeof at === 'string') expect(found[0]?.at).toBe(at);
    else expect(found[0]?.at).toMatch(at);
    expect(found[0]?.words).toMatch(words);
  });

  test('the name of a list as a text', async () => {
    const list = { name: 'no-words', why: 'They say no.', values: ['NO'] };
    const found = await findings({
      'rules/lists/no-words.json': pretty(list),
      'rules/stop.json': written(
        { ...stopRule, when: { fact: 'text', operator: 'says', value: 'no-words' } },
        '"name": "stop"',
        '"name": "stop"',
      ),
      'rules/failed.json': pretty(failed),
    });
    expect(found.map(({ code }) => code)).toContain('list-name-as-text');
    const filled = await findings(inFailed('"value": "RCS"', '"value": "{{channel}}"'));
    expect(filled.map(({ code }) => code)).toEqual(['not-filled']);
  });

  test.each([
    ['{{first_name}}', []],
    ['{{identity}}', ['not-filled']],
  ])('%s in a text is looked for where no fact has the name', async (value, codes) => {
    const when = { fact: 'text', operator: 'contains', value };
    const found = await findings({ 'rules/stop.json': pretty({ ...stopRule, when }) });
    expect(found.map(({ code }) => code).filter((code) => code === 'not-filled')).toEqual(codes);
  });

  test.each([
    ['an empty text', '""', 'rules/lists/no-words.json:6', 'bad-value'],
    ['the same word twice', '"NO"', 'rules/lists/no-words.json:6', 'repeated-value'],
  ])('%s in a list', async (_, value, at, code) => {
    const list = `{
  "name": "no-words",
  "why": "They say no.",
  "values": [
    "NO",
    ${value}
  ]
}`;
    const rule = {
      ...stopRule,
      when: { fact: 'keyword', operator: 'says', value: { list: 'no-words' } },
    };
    const found = await findings({
      'rules/lists/no-words.json': list,
      'rules/stop.json': pretty({ ...rule, examples: [] }),
    });
    expect(found).toContainEqual(expect.objectContaining({ at, code }));
  });

  test('a language, a state and a channel of a list in small letters', async () => {
    const rule = (name: string, on: string, fact: string, operator: string, value: string) => ({
      [`rules/${name}.json`]: pretty({
        ...failed,
        ...{ name, on: [on], when: { fact, operator, value }, threshold: undefined },
        ...{ cooldown: undefined, examples: [] },
        then: [{ action: 'ignore', params: { because: 'seen' } }],
      }),
    });
    const found = await findings({
      ...rule('a', 'CONTACT_UPDATE', 'language', 'equal', 'pt_br'),
      ...rule('b', 'UNSUPPORTED', 'template_status', 'equal', 'paused'),
      ...rule('c', 'CHANNEL_EVENT', 'number_status', 'equal', 'flagged'),
      ...rule('d', 'CONTACT_UPDATE', 'channels', 'contains', 'sms'),
    });
    const cases = found.filter(({ code }) => code === 'wrong-case').map(({ words }) => words);
    for (const meant of ['PT_BR', 'PAUSED', 'FLAGGED', 'SMS'])
      expect(cases.join('\n')).toContain(`write "${meant}"`);
  });
});
