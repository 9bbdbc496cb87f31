import { describe, expect, test } from 'vitest';
import { AT, listen } from './pausing-worker.ts';

const letter = {
  id: 'L1',
  at: AT,
  queue: 'forwards',
  action: 'forward',
  rule: 'crm',
  destination: 'forward',
  alert: null,
  title: null,
  callback: 'C1',
  code: 'destination_unavailable',
  reason: 'destination forward: answered 404',
  attempts: 76,
  redelivered_at: null,
  dropped: null,
};
const alert = {
  ...letter,
  ...{ id: 'L2', queue: 'effects', action: null, rule: null, callback: null, destination: 'ops' },
  ...{ alert: 'G1', title: 'HELP at app-1', code: 'destination_refused', reason: 'answered 400' },
};
const step = (redelivered: number, next: string | null, unreadable = 0) => ({
  count: 150,
  redelivered,
  unreadable,
  next,
});

describe('dead-letters', () => {
  test('lists what is open, names alert and title, and says what to do', async () => {
    const { run, out, asked } = await listen([{ dead_letters: [letter, alert], next: null }]);
    expect(
      await run(
        'dead-letters',
        '--code',
        'x',
        '--rule',
        'crm',
        '--action',
        'forward',
        '--to',
        'forward',
        '--since',
        '3d',
      ),
    ).toBe(0);
    expect(asked[0]?.what).toBe(
      'GET /v1/dead-letters?code=x&rule=crm&action=forward&destination=forward&since=3d&state=open&limit=200',
    );
    expect(out).toEqual([
      '2026-11-20 03:00:00  destination_unavailable  forward to forward of rule crm    L1',
      '2026-11-20 03:00:00  destination_refused      alert "HELP at app-1" to ops      L2',
      '2 dead letters. Why: signalbox dead-letters show <id>; again: dead-letters redeliver; never: dead-letters drop',
    ]);
  });

  test('lists those that are settled with --all', async () => {
    const { run, asked } = await listen([{ dead_letters: [], next: null }]);
    expect(await run('dead-letters', 'list', '--all')).toBe(0);
    expect(asked[0]?.what).toBe('GET /v1/dead-letters?state=all&limit=200');
  });

  test.each([
    [letter, 'callback C1: signalbox explain C1'],
    [alert, 'alert G1: signalbox alerts why G1'],
  ])('shows one with the command that tells more', async (one, more) => {
    const { run, out } = await listen([one]);
    expect(await run('dead-letters', 'show', one.id)).toBe(0);
    expect(out.join('\n')).toContain(`after 76 tries: ${one.reason} (${one.code})`);
    expect(out.join('\n')).toContain(more);
  });

  test('redelivers all that filters select, step after step', async () => {
    const { run, out, asked } = await listen([step(100, 'L100'), step(50, null)]);
    expect(
      await run(
        'dead-letters',
        'redeliver',
        '--to',
        'forward',
        '--per-second',
        '5',
        '--reason',
        'repaired',
      ),
    ).toBe(0);
    const body = { destination: 'forward', actor: 'ines', reason: 'repaired', per_second: 5 };
    expect(asked.map((one) => [one.what, one.body])).toEqual([
      ['POST /v1/dead-letters/redeliver', body],
      ['POST /v1/dead-letters/redeliver', { ...body, after: 'L100' }],
    ]);
    expect(out).toEqual(['150 dead letters redelivered']);
  });

  test('ends with 1 when some cannot be read, and says so', async () => {
    const { run, out } = await listen([step(3, null, 1)]);
    expect(await run('dead-letters', 'redeliver', '--all', '--reason', 'x')).toBe(1);
    expect(out).toEqual([
      '3 dead letters redelivered; 1 dead letter cannot be read by the deployed version and stays',
    ]);
  });

  test.each([
    [
      'redeliver',
      { count: 7, redelivered: 0, unreadable: 0, next: null },
      '7 dead letters would be redelivered',
    ],
    ['drop', { count: 1, dropped: 0 }, '1 dead letter would be dropped'],
  ])('%s --dry-run only counts', async (verb, answer, words) => {
    const { run, out, asked } = await listen([answer]);
    expect(await run('dead-letters', verb, '--since', '1d', '--dry-run', '--reason', 'x')).toBe(0);
    expect(asked[0]?.body).toMatchObject({ since: '1d', dry_run: true });
    expect(out).toEqual([words]);
  });

  test.each([
    ['redeliver', 'POST /v1/dead-letters/L1/redeliver?reason=x', '1 dead letter redelivered'],
    ['drop', 'POST /v1/dead-letters/L1/drop', '1 dead letter dropped'],
  ])('%s takes one by its id', async (verb, what, words) => {
    const { run, out, asked } = await listen([{}]);
    expect(await run('dead-letters', verb, 'L1', '--reason', 'x')).toBe(0);
    expect(asked[0]?.what).toBe(what);
    expect(out).toEqual([words]);
  });

  test.each([
    [
      ['redeliver', '--reason', 'x'],
      'say what to redeliver: an id, --code, --rule, --action, --to, --since, --until or --all',
    ],
    [['drop', '--all'], 'say why: --reason'],
    [['redeliver', 'L1', '--all', '--reason', 'x'], 'an id or filters, not both'],
    [['show'], 'which one?'],
    [['list', 'L1'], 'dead-letters show L1'],
  ])('%j is refused before the Worker is asked', async (words, message) => {
    const { run, err, asked } = await listen([{}]);
    expect(await run('dead-letters', ...words)).toBe(2);
    expect(err.join('\n')).toContain(message);
    expect(asked).toEqual([]);
  });
});

describe('quarantine', () => {
  const body = {
    ...{ id: 'Q1', at: AT, code: 'unknown_trigger', reason: 'no trigger reads it', bytes: 12 },
    ...{ times: 2, redelivered_at: null, dropped: null },
  };

  test('lists, shows, redelivers and drops', async () => {
    const listed = await listen([{ quarantine: [body], next: null }]);
    expect(await listed.run('quarantine', '--code', 'unknown_trigger')).toBe(0);
    expect(listed.asked[0]?.what).toBe(
      'GET /v1/quarantine?code=unknown_trigger&state=open&limit=200',
    );
    expect(listed.out[0]).toBe(
      '2026-11-20 03:00:00  unknown_trigger  2 times  no trigger reads it    Q1',
    );
    const shown = await listen([body]);
    expect(await shown.run('quarantine', 'show', 'Q1')).toBe(0);
    expect(shown.out.join('\n')).toContain('signalbox-archive/quarantine/Q1');
    const redelivered = await listen([{ count: 2, redelivered: 1, unreadable: 1, next: null }]);
    expect(await redelivered.run('quarantine', 'redeliver', '--all', '--reason', 'x')).toBe(1);
    expect(redelivered.out).toEqual([
      '1 body redelivered; 1 body cannot be read by the deployed version and stays',
    ]);
    const dropped = await listen([{ count: 2, dropped: 2 }]);
    expect(await dropped.run('quarantine', 'drop', '--until', '30d', '--reason', 'old')).toBe(0);
    expect(dropped.asked[0]?.body).toEqual({ until: '30d', actor: 'ines', reason: 'old' });
    expect(dropped.out).toEqual(['2 bodies dropped']);
  });
});
