import { describe, expect, test } from 'vitest';
import { check, pretty, rules, stopRule } from './check-rules.ts';
import { alerts, folder, openShell } from './shell.ts';

describe('check of alerts.json', () => {
  test.each([
    ['url', 'https://hooks.slack.com/services/T0/B0/secret', 'DEST_OPS'],
    ['url', 'ops@example.com', 'DEST_OPS'],
    ['key', 'whsec_c2VjcmV0', 'DEST_OPS_KEY'],
  ])('never repeats an address under %s, and shows where it belongs', async (key, address, name) => {
    const ops = {
      type: 'webhook',
      url: { secret: 'DEST_OPS' },
      key: { secret: 'DEST_KEY' },
      [key]: address,
    };
    const written = { 'rules/alerts.json': pretty({ ...alerts, destinations: { ops } }) };
    const { run, out } = openShell({ home: folder(written) });
    expect(await run('check')).toBe(1);
    const text = out.join('\n');
    expect(text).toMatch(/^rules\/alerts\.json:\d+:\d+ error plain-address /);
    expect(text).toContain(`write {"secret": "${name}"}`);
    expect(text).not.toContain(address);
  });

  test('never repeats an address that stands where a name belongs', async () => {
    const address = 'https://hooks.slack.com/services/T0/B0/secret';
    const then = [{ action: 'alert', params: { severity: 'low', title: 'x', to: address } }];
    const { out } = await check(pretty({ ...stopRule, then }));
    expect(out.join('\n')).toContain('unknown-destination');
    expect(out.join('\n')).not.toContain('slack.com');
  });

  test('names a route that another one before it takes everything from, and times that contradict', async () => {
    const routes = [
      { name: 'night', match: { owner: 'comp*' }, to: 'ops', group_interval: '1h', repeat: '5m' },
      { match: { owner: 'compliance', severity: 'high' }, to: 'ops' },
    ];
    const written = {
      ...rules(pretty(stopRule)),
      'rules/alerts.json': pretty({ ...alerts, routes }),
    };
    const { run, out } = openShell({ home: folder(written) });
    await run('check');
    expect(out.join('\n')).toMatch(/ never-reached .*"night" before it takes owner comp\*/);
    expect(out.join('\n')).toMatch(
      / times-contradict "repeat" \(5 minutes\) is shorter than "group_interval"/,
    );
  });

  test('does not say of a story that its destinations are not there because alerts.json is no JSON', async () => {
    const steps = [{ at: '2026-11-02T03:00:00Z', sample: 'stop', then: { told: ['ops'] } }];
    const { run, out } = openShell({
      here: folder({
        'rules/stop.json': stopRule,
        'rules/alerts.json': '{"default" "ops"}',
        'rules/tests/night.json': { name: 'night', why: 'Told.', steps },
      }),
    });
    expect(await run('check', '--rules', 'rules')).toBe(1);
    expect(out.filter((line) => line.includes(' error '))).toEqual([
      expect.stringMatching(/^rules\/alerts\.json:1:12 error not-json /),
    ]);
  });
});
