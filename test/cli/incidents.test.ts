import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { AT, listen, pause } from './pausing-worker.ts';
import { folder } from './shell.ts';

const overview = {
  health: { ok: true, troubles: [] as string[] },
  reviews: { waiting: 0, oldest_at: null },
  held: { waiting: 0, oldest_at: null },
  ...{ dead_letters: 0, dead_letters_oldest_at: null, quarantined: 0, quarantined_oldest_at: null },
  unseen_triggers: [],
  heartbeats: [],
  limits: [],
  rulebook: { version: 'V1', since: AT, actor: 'ada', message: '' },
  delivery: [],
};

/** Answers of the paths that `status` asks, whatever their order. */
const answers = (changes: object, pauses: object[] = [], alerts: object[] = []) =>
  listen([{ ...overview, ...changes, pauses, past: [], alerts }]);

describe('status', () => {
  test('says that nothing is wrong', async () => {
    const { run, out } = await answers({});
    expect(await run('status')).toBe(0);
    expect(out).toEqual(['no problems', 'rules V1 since 2026-11-20 03:00:00 by ada']);
  });

  test('says what is wrong, since when, and the command for it', async () => {
    const alert = {
      ...{ id: 'G1', state: 'firing', route: 'default', count: 3, opened_at: AT, first_at: AT },
      ...{ last_at: AT, resolved_at: null, muted: null },
      members: [
        {
          ...{ rule: 'signalbox', owner: 'operator', severity: 'critical', app_id: 'a' },
          ...{ channel: '', labels: {}, title: 'forwards to forward fail' },
        },
      ],
    };
    const { run, out } = await answers(
      {
        health: { ok: false, troubles: ['2 dead letters: see signalbox dead-letters'] },
        held: { waiting: 4, oldest_at: AT },
        ...{ dead_letters: 2, dead_letters_oldest_at: AT },
      },
      [{ ...pause, kind: 'destination', name: 'forward' }],
      [alert],
    );
    expect(await run('status')).toBe(1);
    expect(out).toEqual([
      '1 problem',
      '  2 dead letters: see signalbox dead-letters',
      'firing alerts:',
      '  2026-11-20 03:00:00  critical forwards to forward fail (3 times)  signalbox alerts why G1',
      'paused or waiting for a decision:',
      '  2026-11-20 03:00:00  destination forward is paused by ines (ops): it floods support  signalbox resume destination forward',
      '  2026-11-20 03:00:00  4 held actions                                                  signalbox held',
      '  2026-11-20 03:00:00  2 dead letters                                                  signalbox dead-letters',
      'rules V1 since 2026-11-20 03:00:00 by ada',
      'What to do: docs/operators.md, "At 3 a.m."; live log: signalbox logs',
    ]);
  });

  test('prints JSON for a monitor', async () => {
    const { run, out } = await answers({ health: { ok: false, troubles: ['x'] } });
    expect(await run('status', '--json')).toBe(1);
    expect(JSON.parse(out.join(''))).toEqual({
      ok: false,
      problems: ['x'],
      alerts: [],
      waiting: [],
    });
  });
});

describe('erase', () => {
  const report = { addresses: 1, stores: [{ store: 'journal', removed: 4 }] };

  test.each([
    [['SMS', '12025550147'], { channel: 'SMS', identity: '12025550147' }],
    [['--contact', '01JC'], { contact_id: '01JC' }],
    [
      ['MESSENGER', 'x', '--app', 'app-1'],
      { channel: 'MESSENGER', identity: 'x', app_id: 'app-1' },
    ],
  ])('%j erases and reports what was removed', async (words, body) => {
    const { run, out, asked } = await listen([report]);
    expect(await run('erase', ...words, '--reason', 'she asked')).toBe(0);
    expect(asked[0]).toEqual({
      what: 'POST /v1/erase',
      body: { ...body, actor: 'ines', reason: 'she asked' },
    });
    expect(out).toEqual(['erased 1 address', '  journal  4']);
  });

  test.each([
    [[], 'say whom'],
    [['SMS'], 'say whom'],
    [['SMS', '1'], 'say why'],
  ])('%j is refused', async (words, message) => {
    const { run, err, asked } = await listen([report]);
    expect(await run('erase', ...words)).toBe(2);
    expect(err.join()).toContain(message);
    expect(asked).toEqual([]);
  });

  const erasure = {
    ...{ id: 'e1', at: AT, source: 'request', actor: 'ada', reason: 'asked', rule: null },
    ...{ decision_id: null, named: 'address', state: 'done', ended_at: AT, addresses: 1 },
    ...{ removed: 9, stores: [{ store: 'D1', removed: 9 }] },
  };

  test('erasures are listed by whom and why, not whose data, page by page', async () => {
    const byRule = { ...erasure, id: 'e2', source: 'rule', actor: 'rule gone', state: 'started' };
    const { run, out, asked } = await listen([
      { erasures: [erasure], next: 'c1' },
      { erasures: [byRule], next: null },
    ]);
    expect(await run('erasures', '--contact', '01JC')).toBe(0);
    expect(out).toEqual([
      '2026-11-20 03:00:00  by address  1 address  9 records     ada: asked',
      '2026-11-20 03:00:00  by address  1 address  not complete  rule gone: asked',
    ]);
    expect(asked.map(({ what }) => what)).toEqual([
      'GET /v1/erasures?contact_id=01JC&limit=200',
      'GET /v1/erasures?contact_id=01JC&limit=200&cursor=c1',
    ]);
  });
});

describe('recordings', () => {
  const recording = {
    key: 'recording/R1',
    at: AT,
    bytes: 12,
    type: 'audio/wav',
    sha256: 'ab',
    until: AT,
  };

  test('lists page after page', async () => {
    const { run, out, asked } = await listen([
      { recordings: [recording], next: 'recording/R1' },
      { recordings: [{ ...recording, key: 'recording/R2' }], next: null },
    ]);
    expect(await run('recordings')).toBe(0);
    expect(asked.map(({ what }) => what)).toEqual([
      'GET /v1/recordings?limit=200',
      'GET /v1/recordings?limit=199&after=recording%2FR1',
    ]);
    expect(out[1]).toBe(
      '2026-11-20 03:00:00  12  audio/wav  until 2026-11-20 03:00:00  recording/R2',
    );
  });

  test('saves a file', async () => {
    const { run, shell, asked } = await listen([{ the: 'file' }]);
    const file = join(folder({}), 'call.wav');
    expect(await run('recordings', 'recording/R1', '--out', file)).toBe(0);
    expect(asked[0]?.what).toBe('GET /v1/recordings/recording/R1');
    expect(readFileSync(file, 'utf8')).toBe('{"the":"file"}');
    expect(shell.here).not.toBe('');
  });
});
