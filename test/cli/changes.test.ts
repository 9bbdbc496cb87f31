import { describe, expect, test } from 'vitest';
import { AT, listen } from './pausing-worker.ts';

const scopes = { all: true, marketing: true, notification: true };
const about = { id: 'c1', at: AT, recorded_at: AT };
const person = { person: 'P1', channel: 'SMS', identity: '12025550147', app_id: null };
const consent = {
  ...{ kind: 'consent_withdrawn', ...about, ...person, scope: 'all', source: 'keyword' },
  ...{ rule: 'stop', decision_id: 'D1', scopes, apps: {}, other_apps: scopes },
};
const capability = {
  ...{ kind: 'capability', ...about, ...person, channel: 'RCS' },
  ...{ status: 'NO_CAPABILITY', previous: null, decision_id: 'D2' },
};
const merged = {
  ...{ kind: 'contacts_merged', ...about, contact: 'K1', decision_id: 'D3' },
  ...{ preserved_contact_id: '01JKEPT', deleted_contact_id: '01JGONE' },
};
const erased = { kind: 'erased', ...about, subject: 'P1' };
const page = (changes: object[], more = false, missed = false) => ({
  ...{ changes, next: `feedname-${changes.length}`, more, missed },
});

describe('changes', () => {
  test('lists what changed, page by page, and says how to continue', async () => {
    const { run, out, asked } = await listen([
      page([consent, capability], true),
      page([merged, erased]),
    ]);
    expect(await run('changes', '--since', '1d', '--kinds', 'erased,capability')).toBe(0);
    expect(out).toEqual([
      '2026-11-20 03:00:00  consent_withdrawn  SMS 12025550147  all, stop',
      '2026-11-20 03:00:00  capability         RCS 12025550147  unknown → NO_CAPABILITY',
      '2026-11-20 03:00:00  contacts_merged  01JGONE is 01JKEPT now',
      '2026-11-20 03:00:00  erased           P1',
      'continue with: changes --since feedname-2',
    ]);
    expect(asked.map(({ what }) => what)).toEqual([
      'GET /v1/changes?since=1d&kinds=erased%2Ccapability&limit=200',
      'GET /v1/changes?since=feedname-2&kinds=erased%2Ccapability&limit=200',
    ]);
  });

  test('prints a line of JSON for each change, and fails where changes have expired', async () => {
    const { run, out, err } = await listen([page([consent], false, true)]);
    expect(await run('changes', '--json')).toBe(1);
    expect(out.map((line) => JSON.parse(line))).toEqual([consent, { next: 'feedname-1' }]);
    expect(err.join()).toContain('CHANGES_RETENTION');
  });
});

describe('unsupported', () => {
  const kept = {
    ...{ id: '01JD0VSWACRE8FP058C3CN79XA', received_at: AT, app_id: 'app-1' },
    ...{ channel: 'WHATSAPP', type: 'poll_update', callback: { unsupported_callback: {} } },
  };

  test('lists the raw callbacks', async () => {
    const { run, out, asked } = await listen([{ unsupported: [kept], next: null }]);
    expect(await run('unsupported', '--since', '7d')).toBe(0);
    expect(out).toEqual([
      '2026-11-20 03:00:00  01JD0VSWACRE8FP058C3CN79XA  WHATSAPP  poll_update  app-1',
    ]);
    expect(asked.map(({ what }) => what)).toEqual(['GET /v1/unsupported?since=7d&limit=50']);
  });

  test('prints one with a rule drafted from it, and the command that writes it', async () => {
    const command = 'signalbox new polls --from 01JD0VSWACRE8FP058C3CN79XA';
    const { run, out } = await listen([{ ...kept, draft: { name: 'polls' }, command }]);
    expect(await run('unsupported', kept.id)).toBe(0);
    expect(out.join('\n')).toContain('"name": "polls"');
    expect(out.at(-1)).toBe(`Write it to a file with: ${command}`);
  });
});
