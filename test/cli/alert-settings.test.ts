import { afterEach, describe, expect, test, vi } from 'vitest';
import { project } from './alerting-worker.ts';
import { folder, inbound, openShell, alerts as plainAlerts, stopRule } from './shell.ts';

afterEach(() => vi.restoreAllMocks());

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
