import { afterEach, describe, expect, test, vi } from 'vitest';
import { folder, inbound, openShell, alerts as plainAlerts, stopRule } from './shell.ts';

afterEach(() => vi.restoreAllMocks());

const rule = (changes: object = {}) => ({
  ...stopRule,
  name: 'lawyer',
  why: 'A person must answer.',
  owner: 'support',
  labels: { team: 'legal' },
  next_step: 'Call them back.',
  when: { fact: 'text', operator: 'containsWord', value: ['lawyer'] },
  then: [
    {
      action: 'alert',
      params: { severity: 'high', title: 'A threat on {{channel}}', text: '“{{text}}”' },
    },
  ],
  examples: [{ name: 'named', callback: inbound('my lawyer'), fires: true }],
  ...changes,
});
const alerts = {
  destinations: {
    ops: { type: 'webhook', url: { secret: 'DEST_OPS' } },
    legal: { type: 'slack', url: { secret: 'DEST_SLACK' } },
  },
  default: 'ops',
  routes: [{ name: 'law', match: { labels: { team: 'legal' } }, to: 'legal' }],
};
const project = (changes: object = {}) =>
  folder({ 'rules/lawyer.json': rule(changes), 'rules/alerts.json': alerts });

/** The Worker's answers, in order; what was asked of it is kept. */
function worker(...answers: object[]) {
  const asked: { method: string; path: string; body: unknown }[] = [];
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const { method, url } = new Request(input, init);
    asked.push({
      method,
      path: new URL(url).pathname,
      body: init?.body ? JSON.parse(String(init.body)) : undefined,
    });
    return Response.json(answers.shift() ?? {});
  });
  return asked;
}

const env = { SIGNALBOX_TOKEN: 'token' };

describe('alerts test', () => {
  test('says of a rule who would get it, by which route, when, and how it looks there', async () => {
    const { run, out } = openShell({ here: project() });
    expect(await run('alerts', 'test', 'lawyer', '--rules', 'rules')).toBe(0);
    expect(out.slice(0, 5)).toEqual([
      'lawyer [high] A threat on SMS',
      '  → legal: route law: label team legal',
      '    when: after 30 s, together with more of the same; updates at most every 5 min; repeated every 4 h while it lasts (not if it came only once); over after 6 h without a new one',
      '    one alert for: rule lawyer, app_id app-1, channel SMS',
      '    legal (slack) shows:',
    ]);
    expect(out.join('\n')).toContain('│ [high] A threat on SMS');
    expect(out.join('\n')).toContain('│ Next step: Call them back.');
  });

  test('gives the body itself as JSON, secrets by their names', async () => {
    const { run, out } = openShell({ here: project() });
    expect(await run('alerts', 'test', 'lawyer', '--rules', 'rules', '--json')).toBe(0);
    const [{ ways }] = (
      JSON.parse(out.join('')) as { alerts: { ways: { shown: { body: object }[] }[] }[] }
    ).alerts as [{ ways: { shown: { body: object }[] }[] }];
    expect(ways[0]?.shown[0]?.body).toMatchObject({
      blocks: [{ type: 'header' }, {}, {}, {}, {}, { type: 'context' }],
    });
  });

  test('shows the alert of a rule that counts with what its window holds, as its examples can demand it', async () => {
    const example = { callback: inbound('my lawyer'), times: 3, fires: true };
    const counting = rule({
      threshold: { count: 3, within: '10m', per: ['channel'] },
      then: [
        {
          action: 'alert',
          params: { severity: 'high', title: '{{count}} threats in {{within}} on {{channel}}' },
        },
      ],
      examples: [
        {
          ...example,
          name: 'three',
          alert: { title: '3 threats in 10 minutes on SMS', to: 'legal' },
        },
      ],
    });
    const { run, out } = openShell({ here: project(counting) });
    expect(await run('alerts', 'test', 'lawyer', '--rules', 'rules')).toBe(0);
    expect(out[0]).toBe('lawyer [high] 3 threats in 10 minutes on SMS');
    expect(out.join('\n')).toMatch(/callback [0-9A-Z]{26}$/m);
    expect(await run('test', 'lawyer', '--rules', 'rules')).toBe(0);
  });

  test('takes a callback, or labels', async () => {
    const here = project();
    const { run, out } = openShell({ here: folder({ 'callback.json': inbound('a lawyer!') }) });
    expect(await run('alerts', 'test', 'callback.json', '--rules', `${here}/rules`)).toBe(0);
    expect(out[1]).toBe('  → legal: route law: label team legal');
    expect(
      await run('alerts', 'test', 'severity=critical', 'owner=x', '--rules', `${here}/rules`),
    ).toBe(0);
    expect(out.join('\n')).toContain('  → ops: no route matches: the default\n    when: at once');
  });

  test('says so when no alert comes of it', async () => {
    const { run, out } = openShell({ here: folder({ 'callback.json': inbound('hello') }) });
    expect(await run('alerts', 'test', 'callback.json', '--rules', `${project()}/rules`)).toBe(0);
    expect(out).toEqual(['No alert comes of this.']);
  });

  test('--send asks the Worker to send one, and fails where a destination did not take it', async () => {
    const asked = worker({
      sent: [{ route: 'law', to: 'legal', taken: false, message: 'answered 500' }],
    });
    const { run, out } = openShell({ here: project(), env });
    expect(await run('alerts', 'test', 'lawyer', '--rules', 'rules', '--send')).toBe(1);
    expect(out).toEqual(['lawyer [high] A threat on SMS', '  legal (route law): answered 500']);
    expect(asked).toMatchObject([
      {
        method: 'POST',
        path: '/v1/alerts/test',
        body: { rule: 'lawyer', owner: 'support', labels: { team: 'legal' } },
      },
    ]);
  });

  test.each([
    ['nothing', [], /alerts test what/],
    ['a matcher that is none', ['ownr=x'], /did you mean "owner"/],
    ['a name that is none', ['lawyr'], /no file and no sample is called/],
    [
      'a severity that is none',
      ['severity=urgent'],
      /^severity: expected critical, high or low, found "urgent"$/,
    ],
  ])('refuses %s', async (_, words, message) => {
    const { run, err } = openShell({ here: project() });
    expect(await run('alerts', 'test', ...words, '--rules', 'rules')).not.toBe(0);
    expect(err.join()).toMatch(message);
  });
});

describe('alerts tree', () => {
  test('draws the routes', async () => {
    const { run, out } = openShell({ here: project() });
    expect(await run('alerts', 'tree', '--rules', 'rules')).toBe(0);
    expect(out).toEqual(['every alert', '├─ law: label team legal → legal', '└─ else → ops']);
  });

  test.each([
    ['tree'],
    ['test', 'lawyer'],
  ])('%s says where alerts.json is broken', async (...words) => {
    const { run, err } = openShell({
      home: folder({ 'rules/lawyer.json': rule(), 'rules/alerts.json': '{ "default" }' }),
    });
    expect(await run('alerts', ...words)).toBe(1);
    expect(err).toEqual([expect.stringMatching(/^rules\/alerts\.json:1:13 error not-json /)]);
  });
});

const summary = {
  ...{ id: '01JGROUP', state: 'firing', route: 'law', count: 3, resolved_at: null, muted: null },
  ...{
    opened_at: '2026-11-20T12:00:00Z',
    first_at: '2026-11-20T12:00:00Z',
    last_at: '2026-11-20T12:01:00Z',
  },
  members: [
    {
      rule: 'lawyer',
      owner: 'support',
      severity: 'high',
      app_id: 'a',
      channel: 'SMS',
      labels: {},
      title: 'A threat',
    },
  ],
};

describe('alerts list and why', () => {
  test('list what a Worker knows', async () => {
    worker({ alerts: [summary] });
    const { run, out } = openShell({ env });
    expect(await run('alerts', 'list')).toBe(0);
    expect(out).toEqual(['01JGROUP  firing  3  2026-11-20 12:01:00  high A threat']);
  });

  test('say in words what happened to one and what happens next', async () => {
    const trail = [
      { at: '2026-11-20T12:00:00Z', event: 'sent', message: 'sent to ops (once): answered 200' },
    ];
    const message = 'Not sent: repeats every 4 h, next at 2026-11-20 16:00:30 UTC; a rule ends it.';
    worker({ ...summary, group: { rule: 'lawyer' }, message, next_at: null, waiting: [], trail });
    const { run, out } = openShell({ env });
    expect(await run('alerts', 'why', '01JGROUP')).toBe(0);
    expect(out).toEqual([
      '01JGROUP  firing, 3 times, route law',
      '  grouped by rule lawyer',
      '  2026-11-20 12:00:00  sent to ops (once): answered 200',
      message,
    ]);
  });
});

describe('silence', () => {
  const silence = {
    ...{
      id: '01JSILENCE',
      match: { rule: 'lawyer', labels: { team: 'legal' } },
      actor: 'Ada',
      reason: 'known',
    },
    ...{ until: '2026-11-20T14:00:00Z', at: '2026-11-20T12:00:00Z' },
  };

  test('is set, with who and why', async () => {
    const asked = worker(silence);
    const { run, out } = openShell({ env: { ...env, SIGNALBOX_AUTHOR: 'ada' } });
    expect(
      await run('silence', 'rule=lawyer', 'label.team=legal', '--for', '2h', '--reason', 'known'),
    ).toBe(0);
    expect(out).toEqual([
      '01JSILENCE  silenced until 2026-11-20 14:00:00 UTC: rule lawyer, label team legal',
    ]);
    expect(asked[0]?.body).toEqual({
      ...{
        match: { rule: 'lawyer', labels: { team: 'legal' } },
        reason: 'known',
        for: '2h',
        actor: 'ada',
      },
    });
  });

  test('says so when nothing in force is called so: it keeps nothing quiet', async () => {
    const rulebook = {
      rules: { 'lawyer.json': rule() },
      lists: {},
      conditions: {},
      alerts: plainAlerts,
      guardrails: {},
    };
    worker(
      { ...silence, match: { rule: 'lawer' } },
      {
        version: 'V1',
        origin: 'published',
        author: 'ada',
        message: '',
        at: silence.at,
        rules: 1,
        in_force: true,
        shadow: false,
        rulebook,
      },
    );
    const { run, out } = openShell({ env });
    expect(await run('silence', 'rule=lawer', '--for', '2h', '--reason', 'known')).toBe(0);
    expect(out[1]).toBe(
      'But no rule is called "lawer", so this matches nothing: did you mean "lawyer"? signalbox silence --end 01JSILENCE',
    );
  });

  test('is listed, and ended', async () => {
    const asked = worker({ silences: [silence] }, { ended: '01JSILENCE' });
    const { run, out } = openShell({ env });
    expect(await run('silence', '--list')).toBe(0);
    expect(await run('silence', '--end', '01JSILENCE')).toBe(0);
    expect(out[0]).toBe(
      '01JSILENCE  until 2026-11-20 14:00:00  Ada  rule lawyer, label team legal  known',
    );
    expect(asked.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /v1/silences',
      'DELETE /v1/silences/01JSILENCE',
    ]);
  });

  test.each([
    ['without matchers', ['--for', '2h', '--reason', 'x']],
    ['without a reason', ['rule=x', '--for', '2h']],
  ])('%s is bad usage', async (_, words) => {
    expect(await openShell({ env }).run('silence', ...words)).toBe(2);
  });
});

describe('check --env', () => {
  test('names each setting that is missing, and who needs it', async () => {
    const { run, out } = openShell({
      here: project(),
      env: { DEST_OPS: 'https://ops.example.com' },
    });
    expect(await run('check', '--rules', 'rules', '--env')).toBe(1);
    expect(out.join('\n')).toContain(
      'setting DEST_SLACK is not set: destination legal of alerts.json needs it',
    );
    expect(out.join('\n')).not.toContain('DEST_OPS');
  });

  test('takes none of the example for set', async () => {
    const { run, out } = openShell({ here: project(), env: { WEBHOOK_SECRETS: 'own' } });
    expect(await run('check', '--rules', 'rules', '--env')).toBe(1);
    expect(out.join('\n')).toContain('setting DATA_KEY is not set');
    expect(out.join('\n')).not.toContain('WEBHOOK_SECRETS');
  });

  test('names the binding that mails need', async () => {
    const mail = { type: 'email', from: 'a@example.com', to: 'b@example.com' };
    const here = folder({
      'rules/stop.json': stopRule,
      'rules/alerts.json': { destinations: { ...plainAlerts.destinations, mail }, default: 'ops' },
    });
    const { run, out } = openShell({ here });
    expect(await run('check', '--rules', 'rules', '--env')).toBe(1);
    expect(out.join('\n')).toContain(
      'the binding EMAIL is missing in wrangler.toml: destination mail of alerts.json needs it',
    );
  });
});

describe('test', () => {
  test.each([
    ['who is told', { to: 'ops' }, 'the alert goes to legal, expected ops'],
    ['how urgent it is', { severity: 'critical' }, 'the alert is high, expected critical'],
    ['the title', { title: 'Another' }, 'the title is “A threat on SMS”, expected “Another”'],
    ['a part of the text', { text: 'judge' }, 'the text is “'],
    ['the time', { after: '0s' }, 'the alert goes out after 30 s, expected 0 s'],
  ])('fails an example that expects of its alert something else: %s', async (_, alert, words) => {
    const examples = [{ name: 'named', callback: inbound('my lawyer'), fires: true, alert }];
    const { run, out } = openShell({ here: project({ examples }) });
    expect(await run('test', '--rules', 'rules')).toBe(1);
    expect(out.join('\n')).toContain('"named" fires, but alerts otherwise');
    expect(out.join('\n')).toContain(words);
  });

  test('passes one whose alert is as expected', async () => {
    const alert = {
      to: 'legal',
      severity: 'high',
      title: 'A threat on SMS',
      text: 'my lawyer',
      after: '30s',
    };
    const examples = [{ name: 'named', callback: inbound('my lawyer'), fires: true, alert }];
    expect(await openShell({ here: project({ examples }) }).run('test', '--rules', 'rules')).toBe(
      0,
    );
  });
});
