import { describe, expect, test } from 'vitest';
import { alerts, folder, inbound, openShell, stopRule } from './shell.ts';

const example = (text: string, fires: boolean) => ({ name: text, callback: inbound(text), fires });
const folderOf = (rule: object, extra: Record<string, object | string> = {}) =>
  folder({ 'rules/alerts.json': alerts, 'rules/stop.json': rule, ...extra });

describe('test', () => {
  test('runs the examples that ship', async () => {
    const { run, out } = openShell();
    expect(await run('test')).toBe(0);
    expect(out.at(-1)).toMatch(
      /^\d+ rules, \d+ examples, \d+ stories, \d+ guardrails: \d+ passed, 0 failed$/,
    );
  });

  test('tells what passed, and explains what failed', async () => {
    const examples = [example('Stop!', true), example('Hello', true), example('STOP', false)];
    const { run, out } = openShell({ home: folderOf({ ...stopRule, examples }) });
    expect(await run('test')).toBe(1);
    expect(out).toEqual([
      '✗ stop  3 examples',
      expect.stringMatching(/^ {4}"Hello" should fire and does not \(rules\/stop\.json:\d+\)$/),
      expect.stringMatching(/^ {6}stop did not fire: .*HELLO/),
      expect.stringMatching(/^ {4}"STOP" should not fire and does \(rules\/stop\.json:\d+\)$/),
      expect.stringMatching(/^ {6}stop fired: .*STOP/),
      '1 rule, 3 examples: 1 passed, 2 failed',
    ]);
  });

  test('says of an example that cannot be run why', async () => {
    const examples = [{ name: 'odd', callback: { message: {}, event: {} }, fires: true }];
    const { run, out } = openShell({ home: folderOf({ ...stopRule, examples }) });
    expect(await run('test')).toBe(1);
    expect(out.slice(1, 3)).toEqual([
      expect.stringMatching(/^ {4}"odd" could not be run \(rules\/stop\.json:\d+\)$/),
      expect.stringMatching(/"message" and "event"/),
    ]);
  });

  test('puts failures last, and the same failure of several examples together, each with its place', async () => {
    const fails = (name: string) => ({ ...example('Hello', true), name });
    const home = folderOf(
      { ...stopRule, examples: [fails('one'), fails('two'), example('STOP', true)] },
      { 'rules/well.json': { ...stopRule, name: 'well', examples: [example('STOP', true)] } },
    );
    const { run, out } = openShell({ home });
    expect(await run('test')).toBe(1);
    expect(out.filter((line) => !line.startsWith('!'))).toEqual([
      '✓ well  1 example',
      '✗ stop  3 examples',
      expect.stringMatching(/^ {4}"one" should fire and does not \(rules\/stop\.json:\d+\)$/),
      expect.stringMatching(/^ {4}as does "two" \(rules\/stop\.json:\d+\)$/),
      expect.stringMatching(/^ {6}stop did not fire: /),
      '2 rules, 4 examples: 2 passed, 2 failed, 2 unexpected pairs',
    ]);
  });

  test('fails when a rule is broken, even if all examples pass', async () => {
    const home = folderOf(
      { ...stopRule, examples: [example('STOP', true)] },
      { 'rules/other.json': '{' },
    );
    const { run, out } = openShell({ home });
    expect(await run('test')).toBe(1);
    expect(out).toEqual([
      '✓ stop  1 example',
      expect.stringMatching(/^rules\/other\.json:1:2 error not-json /),
      '1 rule, 1 example: 1 passed, 0 failed, 1 error in the rules',
    ]);
  });

  test('runs the rules that are named, and marks those without examples', async () => {
    const home = folderOf(stopRule, { 'rules/start.json': { ...stopRule, name: 'start' } });
    const { run, out } = openShell({ home });
    expect(await run('test', 'start')).toBe(0);
    expect(out).toEqual(['- start  no examples', '1 rule, 0 examples: 0 passed, 0 failed']);
  });

  test('gives results as JSON', async () => {
    const { run, out } = openShell({
      home: folderOf({ ...stopRule, examples: [example('Hello', true)] }),
    });
    expect(await run('test', '--json')).toBe(1);
    expect(JSON.parse(out.join(''))).toEqual({
      rules: ['stop'],
      results: [
        {
          rule: 'stop',
          example: 'Hello',
          expected: true,
          fired: false,
          passed: false,
          sentence: expect.any(String),
        },
      ],
      stories: [],
      guardrails: [],
      crossFires: [],
      findings: [],
    });
  });

  test('names the rule that was probably meant', async () => {
    const { run, err } = openShell({ home: folderOf(stopRule) });
    expect(await run('test', 'stopp')).toBe(1);
    expect(err).toEqual(['no rule is called "stopp": did you mean "stop"?']);
  });

  test.each([
    'test',
    'describe',
  ])('%s says of a rule with an error what the error is', async (command) => {
    const broken = JSON.stringify(stopRule).replace('"owner"', '"ownr"');
    const { run, err } = openShell({
      home: folder({ 'rules/alerts.json': alerts, 'rules/stop.json': broken }),
    });
    expect(await run(command, 'stop')).toBe(1);
    expect(err).toEqual([
      expect.stringMatching(
        /^rules\/stop\.json:1:\d+ error unknown-key unknown key "ownr": did you mean "owner"\?$/,
      ),
    ]);
  });

  test.each([
    ['describe'],
    ['explain', 'stop'],
  ])('%s says which rules have an error and are not among those shown', async (...words) => {
    const home = folder({
      'rules/alerts.json': alerts,
      'rules/stop.json': stopRule,
      'rules/halt.json': '{',
    });
    const { run, err } = openShell({ here: home });
    expect(await run(...words, '--rules', 'rules')).toBe(0);
    expect(err).toEqual(['Left out because of an error: halt. See check.']);
  });
});

describe('describe', () => {
  test('says every rule that ships as a sentence', async () => {
    const { run, out } = openShell();
    expect(await run('describe', '--json')).toBe(0);
    const { rules } = JSON.parse(out.join(''));
    expect(rules.length).toBeGreaterThan(10);
    for (const rule of rules) {
      expect(rule).toEqual({
        rule: expect.stringMatching(/^[a-z0-9-]+$/),
        owner: expect.stringMatching(/./),
        on: expect.any(Array),
        why: expect.stringMatching(/./),
        sentence: expect.stringMatching(/^When .*\.\)?$/),
        texts: expect.any(Object),
      });
    }
  });

  test('says who owns a rule, what it does and why', async () => {
    const { run, out } = openShell({ home: folderOf(stopRule) });
    expect(await run('describe', 'stop')).toBe(0);
    expect(out).toEqual([
      'stop (compliance)',
      expect.stringMatching(/^ {2}When .*STOP.*\.$/),
      '  Why: They said no.',
    ]);
  });
});

describe('explain', () => {
  test('says why each rule fires or does not', async () => {
    const home = folderOf(stopRule, {
      'rules/hello.json': {
        ...stopRule,
        name: 'hello',
        when: { fact: 'keyword', operator: 'equal', value: 'HELLO' },
      },
    });
    const { run, out } = openShell({ home, here: folder({ 'c.json': inbound('stop') }) });
    expect(await run('explain', 'c.json')).toBe(0);
    expect(out).toEqual([
      expect.stringMatching(/^MESSAGE_INBOUND \w{26}$/),
      '  ✓ stop fired: plain text was STOP, direction was TO_APP',
      expect.stringMatching(/^ {2}✗ hello did not fire: plain text was STOP, the rule needs HELLO/),
    ]);
  });

  test.each([
    [[], 0],
    [['--given', 'attempt=3'], 3],
  ])('takes what Signalbox would remember from %j', async (words, attempt) => {
    const rule = {
      ...stopRule,
      on: ['MESSAGE_DELIVERY'],
      when: { fact: 'attempt', operator: 'equal', value: attempt },
    };
    const home = folderOf({
      ...rule,
      then: [{ action: 'ignore', params: { because: 'tried enough' } }],
    });
    const here = folder({
      'c.json': { message_delivery_report: { message_id: 'm', status: 'FAILED' } },
    });
    const { run, out } = openShell({ home, here });
    expect(await run('explain', 'c.json', '--json', ...words)).toBe(0);
    expect(JSON.parse(out.join(''))).toMatchObject({
      trigger: 'MESSAGE_DELIVERY',
      rules: [{ rule: 'stop', outcome: 'fired' }],
    });
  });

  test('explains each change of a notification with several', async () => {
    const rule = {
      ...stopRule,
      on: ['UNSUPPORTED'],
      when: { fact: 'meta_field', operator: 'equal', value: 'security' },
      then: [{ action: 'ignore', params: { because: 'seen' } }],
    };
    const changes = ['calls', 'security'].map((field) => ({ field, value: {} }));
    const payload = JSON.stringify({ entry: [{ id: '1', changes }] });
    const here = folder({
      'c.json': { unsupported_callback: { id: 'u', channel: 'WHATSAPP', payload } },
    });
    const { run, out } = openShell({ home: folderOf(rule), here });
    expect(await run('explain', 'c.json')).toBe(0);
    expect(out).toEqual([
      expect.stringMatching(/^UNSUPPORTED \w{26}$/),
      expect.stringMatching(/^ {2}✗ stop did not fire: Meta field was calls/),
      expect.stringMatching(/^UNSUPPORTED \w{26}$/),
      '  ✓ stop fired: Meta field was security',
    ]);
  });

  test('knows the samples by name, and says when no rule listens', async () => {
    const { run, out } = openShell();
    expect(await run('explain', 'event-composing')).toBe(0);
    expect(out[0]).toMatch(/^EVENT_INBOUND /);
    const { run: runAlone, out: alone } = openShell({
      home: folderOf(stopRule),
      here: folder({ 'c.json': { event: { id: 'e' } } }),
    });
    await runAlone('explain', 'c.json');
    expect(alone[1]).toBe('  no rule listens to this trigger');
  });

  test.each([
    [['explain', 'c.json', '--given', 'text=STOP'], 2, /Signalbox remembers no fact of this name/],
    [['explain', 'c.json', '--given', 'attempt'], 2, /expected path=value/],
    [['explain', 'gone.json'], 1, /^no file and no sample is called "gone.json"/],
    [['explain', 'broken.json'], 1, /not valid JSON/],
  ])('refuses %j', async (words, code, message) => {
    const { run, err } = openShell({
      home: folderOf(stopRule),
      here: folder({ 'c.json': inbound('x'), 'broken.json': '{' }),
    });
    expect(await run(...words)).toBe(code);
    expect(err.join('')).toMatch(message);
  });
});
