import { afterEach, describe, expect, test, vi } from 'vitest';
import { env, project, rule, summary, worker } from './alerting-worker.ts';
import { folder, inbound, openShell } from './shell.ts';

afterEach(() => vi.restoreAllMocks());

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
