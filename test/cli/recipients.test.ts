import { describe, expect, test } from 'vitest';
import { listen, person } from './importing-worker.ts';

describe('recipients', () => {
  test('show says what a person refuses, what proves it, and what is known of their channels', async () => {
    const { run, out, asked } = await listen([person]);
    expect(await run('recipients', 'show', 'sms', '+12025550142')).toBe(0);
    expect(asked).toMatchObject([{ method: 'GET', path: '/v1/recipients/sms/+12025550142' }]);
    expect(out).toEqual([
      'SMS +12025550142 refuses everything since 2026-11-20 10:00:00',
      '  SMS said CAPABILITY_FULL at 2026-11-19 10:00:00',
      '  SMS DELIVERED at 2026-11-18 10:00:00: M1',
      '',
      '2026-11-20 10:00:00  stops            all        keyword  “STOP”, rule stop                                            D1',
      '2026-11-20 11:00:00  allows           marketing  import   form v3, ada, imported by bob: moved (list crm)',
      '2026-11-20 12:00:00  no longer stops  marketing  keyword  rule stop-ads, taken back by ines (api-token): a wrong word',
    ]);
  });

  test('put and delete say who and why', async () => {
    const { run, asked } = await listen([{ changed: true, ...person }]);
    expect(
      await run(
        'recipients',
        'put',
        'SMS',
        '12025550142',
        '--reason',
        'she called',
        '--scope',
        'marketing',
      ),
    ).toBe(0);
    expect(
      await run(
        'recipients',
        'delete',
        'SMS',
        '12025550142',
        '--reason',
        'she asked',
        '--actor',
        'bob',
      ),
    ).toBe(0);
    expect(asked).toMatchObject([
      { method: 'PUT', body: '{"actor":"ada","reason":"she called","scope":"marketing"}' },
      { method: 'DELETE', path: '/v1/recipients/SMS/12025550142?actor=bob&reason=she+asked' },
    ]);
  });

  test.each([
    ['without a reason', ['put', 'SMS', '12025550142'], /say why/],
    ['without a person', ['show', 'SMS'], /say whom/],
    ['for an unknown verb', ['erase', 'SMS', '1'], /expected show, put, delete, export or import/],
    ['for an unknown scope', ['put', 'SMS', '1', '--scope', 'ads', '--reason', 'x'], /scope/],
    [
      'for a file of another kind',
      ['import', 'list.xlsx', '--reason', 'x'],
      /\.csv, \.ndjson, \.jsonl/,
    ],
  ])('is bad usage %s', async (_, words, message) => {
    const { run, err, asked } = await listen([{}]);
    expect(await run('recipients', ...words)).toBe(2);
    expect(err.join('\n')).toMatch(message);
    expect(asked).toEqual([]);
  });
});

test('recipients export goes on behind the last line until there is none', async () => {
  const { scopes, suppressed, since, apps, other_apps, review_since, history } = person;
  const line = (cursor: string) =>
    JSON.stringify({
      cursor,
      person: 'P',
      channel: 'SMS',
      identity: '1',
      app_id: '',
      suppressed,
      scopes,
      since,
      apps,
      other_apps,
      review_since,
      history,
    });
  const { run, out, asked } = await listen([`${line('0:A')}\n${line('3:B')}\n`, '']);
  expect(await run('recipients', 'export')).toBe(0);
  expect(out).toEqual([line('0:A'), line('3:B')]);
  expect(asked.map(({ path }) => path)).toEqual([
    '/v1/recipients/export',
    '/v1/recipients/export?cursor=3:B',
  ]);
});

test('recipients export that breaks off says where to go on', async () => {
  const { scopes, suppressed, since, apps, other_apps, review_since, history } = person;
  const line = {
    cursor: '3:B',
    person: 'P',
    channel: null,
    identity: null,
    app_id: null,
    suppressed,
    scopes,
    since,
    apps,
    other_apps,
    review_since,
    history,
  };
  const { run, out, err } = await listen([`${JSON.stringify(line)}\n{"half\n`]);
  expect(await run('recipients', 'export')).toBe(1);
  expect(out[0]).toBe(JSON.stringify(line));
  expect(err).toEqual(['the export broke off: go on with --cursor 3:B']);
});

test('sender shows its rating, its limits, and what happened when', async () => {
  const at = '2026-11-20T10:00:00.000Z';
  const limit = { to: '10/minute', content: 'marketing', until: '2026-11-27T10:00:00.000Z' };
  const { run, out, asked } = await listen([
    {
      quality: 'RED',
      since: at,
      messaging_limit: { limit: 'TIER_10K', since: at },
      throttle: { ...limit, reason: 'quality-red' },
      limits: ['quality-red', 'by hand'].map((reason) => ({ ...limit, reason, since: at })),
      history: [
        { at, event: 'rating', rating: 'RED', previous: 'GREEN', decision: 'D1' },
        { at, event: 'limit', rule: 'quality-red', ...limit, decision: 'D1' },
        { at, event: 'limit', rule: 'by hand', ...limit, decision: 'by hand (ines: complaints)' },
        { at, event: 'release', decision: 'D2' },
        { at, event: 'step', to: '100/minute', decision: 'D3' },
      ],
    },
  ]);
  expect(await run('sender', 'app-1', 'whatsapp')).toBe(0);
  expect(asked).toMatchObject([{ path: '/v1/senders/app-1/whatsapp' }]);
  expect(out).toEqual(
    [
      'WHATSAPP of app-1: RED since 2026-11-20 10:00:00',
      '  messaging limit TIER_10K since 2026-11-20 10:00:00',
      '  marketing at most 10/minute until 2026-11-27 10:00:00, by quality-red',
      '  marketing at most 10/minute until 2026-11-27 10:00:00, by hand',
      '',
      '2026-11-20 10:00:00  ● rating   RED, was GREEN                                             D1',
      '2026-11-20 10:00:00  ▼ limit    marketing 10/minute until 2026-11-27 10:00:00, by quality-red  D1',
      '2026-11-20 10:00:00  ▼ limit    marketing 10/minute until 2026-11-27 10:00:00, by hand  by hand (ines: complaints)',
      '2026-11-20 10:00:00  ▲ release  everything                                                 D2',
      '2026-11-20 10:00:00  · step     to 100/minute                                              D3',
    ].map((line) =>
      expect.stringMatching(
        new RegExp(`^${line.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/ {2,}/g, ' +')}$`),
      ),
    ),
  );
});
