import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { check, pretty } from './check-rules.ts';
import { alerts, folder, inbound, openShell, stopRule } from './shell.ts';

const examples = [
  { name: 'stop', callback: inbound('stop'), fires: true },
  { name: 'hello', callback: inbound('hello'), fires: false },
];
const RULE = `${JSON.stringify({ ...stopRule, examples }, null, 2)}\n`;

/** Fixes a folder with this rule and whatever else, and gives the rule's text afterwards. */
async function fix(rule: string, more: Record<string, object | string> = {}) {
  const home = folder({ 'rules/alerts.json': alerts, 'rules/stop.json': rule, ...more });
  const { run, out } = openShell({ home });
  const code = await run('check', '--fix');
  const read = (file: string): string => readFileSync(join(home, file), 'utf8');
  return { code, out, read, rule: read('rules/stop.json') };
}

describe('check --fix', () => {
  test.each([
    [
      'a fact that is one letter off',
      ['"keyword"', '"keywrd"'],
      'unknown-fact: "keywrd" is now "keyword"',
    ],
    [
      'a fact in other letters',
      ['"keyword"', '"Key-Word"'],
      'unknown-fact: "Key-Word" is now "keyword"',
    ],
    ['an operator', ['"equal"', '"equals"'], 'unknown-operator: "equals" is now "equal"'],
    ['an action', ['"suppress"', '"supress"'], 'unknown-action: "supress" is now "suppress"'],
    [
      'a trigger',
      ['"MESSAGE_INBOUND"', '"message-inbound"'],
      'unknown-trigger: "message-inbound" is now "MESSAGE_INBOUND"',
    ],
    [
      'a name that is not the file’s',
      ['"name": "stop",\n  "why"', '"name": "halt",\n  "why"'],
      'file-name: "halt" is now "stop"',
    ],
    [
      'a value that is not folded',
      ['"value": "STOP"', '"value": "Stop!"'],
      'not-folded: "Stop!" is now "STOP"',
    ],
  ] as const)('mends %s, and nothing else', async (_, [right, wrong], line) => {
    expect(RULE).toContain(right);
    const { code, out, rule } = await fix(RULE.replace(right, wrong));
    expect(out).toEqual([
      `fixed rules/stop.json ${line}`,
      '1 rule, 0 lists, 0 shared conditions: 0 errors, 0 warnings',
    ]);
    expect(rule).toBe(RULE);
    expect(code).toBe(0);
  });

  test('mends several, one after the other', async () => {
    const { out, rule } = await fix(
      RULE.replace('"keyword"', '"keywrd"').replace('"suppress"', '"supress"'),
    );
    expect(out.filter((line) => line.startsWith('fixed'))).toHaveLength(2);
    expect(rule).toBe(RULE);
  });

  test('mends the name of a list, and removes what stands twice in it', async () => {
    const listed = RULE.replace('"equal"', '"says"').replace(
      '"STOP"\n',
      '{ "list": "stop-word" }\n',
    );
    const list = { name: 'stop-words', why: 'Words.', values: ['STOP', 'stop', 'END'] };
    const { out, rule, read } = await fix(listed, { 'rules/lists/stop-words.json': list });
    expect(out.slice(0, 2)).toEqual([
      'fixed rules/stop.json unknown-list: "stop-word" is now "stop-words"',
      'fixed rules/lists/stop-words.json repeated-value: "stop" removed',
    ]);
    expect(JSON.parse(rule).when.all[0].value).toEqual({ list: 'stop-words' });
    expect(JSON.parse(read('rules/lists/stop-words.json')).values).toEqual(['STOP', 'END']);
  });

  test('writes the schema anew where it is not current', async () => {
    const { out, read } = await fix(RULE, { 'rules/rule.schema.json': {} });
    expect(out[0]).toBe('fixed rules/rule.schema.json schema-not-current: written anew');
    expect(JSON.parse(read('rules/rule.schema.json')).title).toBe('A rule of Signalbox');
  });

  test.each([
    ['a name that could be two', ['"suppress"', '"nsuppress"']],
    ['a name that is like no other', ['"keyword"', '"weather"']],
    ['a value that Sinch was never seen to send', ['"fact": "keyword"', '"fact": "channel"']],
    ['what is not JSON', ['"owner"', 'owner']],
  ] as const)('leaves %s to a person', async (_, [right, wrong]) => {
    const written = RULE.replace(right, wrong);
    const { out, rule } = await fix(written);
    expect(out.filter((line) => line.startsWith('fixed'))).toEqual([]);
    expect(rule).toBe(written);
  });

  test('says in JSON what was mended', async () => {
    const home = folder({
      'rules/alerts.json': alerts,
      'rules/stop.json': RULE.replace('"keyword"', '"keywrd"'),
    });
    const { run, out } = openShell({ home });
    expect(await run('check', '--fix', '--json')).toBe(0);
    expect(JSON.parse(out.join(''))).toEqual({
      findings: [],
      fixed: ['rules/stop.json unknown-fact: "keywrd" is now "keyword"'],
    });
  });

  test('mends the case of a severity, a type and a channel of alerts.json', async () => {
    const right = JSON.stringify(
      {
        destinations: { ops: { type: 'webhook', url: { secret: 'DEST_OPS' } } },
        default: 'ops',
        routes: [{ match: { severity: 'critical', channel: 'WHATSAPP' }, to: 'ops' }],
      },
      null,
      '\t',
    );
    const wrong = right
      .replace('"webhook"', '"Webhook"')
      .replace('"critical"', '"Critical"')
      .replace('"WHATSAPP"', '"WhatsApp"');
    const { code, out, read } = await fix(RULE, { 'rules/alerts.json': wrong });
    expect(out.filter((line) => line.startsWith('fixed'))).toHaveLength(3);
    expect(read('rules/alerts.json')).toBe(right);
    expect(code).toBe(0);
  });

  test('makes a value in another case an error, and mends it', async () => {
    const when = {
      all: [stopRule.when, { fact: 'channel', operator: 'equal', value: 'WhatsApp' }],
    };
    const callback = (channel: string) => ({
      ...inbound('stop'),
      message: {
        direction: 'TO_APP',
        contact_message: { text_message: { text: 'stop' } },
        channel_identity: { channel, identity: '1' },
      },
    });
    const examples = [
      { name: 'stop', callback: callback('WHATSAPP'), fires: true },
      { name: 'hello', callback: inbound('hello'), fires: false },
      { name: 'sms', callback: callback('SMS'), fires: false },
    ];
    const { code, out } = await check(pretty({ ...stopRule, when, examples }));
    expect(code).toBe(1);
    expect(out[0]).toMatch(/ error wrong-case .*: write "WHATSAPP"$/);
    const fixed = await check(pretty({ ...stopRule, when, examples }), '--fix');
    expect(fixed.out[0]).toMatch(
      /^fixed rules\/stop\.json wrong-case: "WhatsApp" is now "WHATSAPP"$/,
    );
  });
});
