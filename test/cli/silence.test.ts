import { afterEach, describe, expect, test, vi } from 'vitest';
import { env, rule, worker } from './alerting-worker.ts';
import { openShell, alerts as plainAlerts } from './shell.ts';

afterEach(() => vi.restoreAllMocks());

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
      '01JSILENCE  silenced until 2026-11-20 14:00:00: rule lawyer, label team legal',
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
