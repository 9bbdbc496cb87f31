import { describe, expect, test } from 'vitest';
import { AT, item, listen } from './pausing-worker.ts';

describe('held', () => {
  test('lists what waits and why, and how to decide', async () => {
    const { run, out, asked } = await listen([{ held: [item], total: 1 }]);
    expect(await run('held', '--id', 'H1', '--rule', 'start')).toBe(0);
    expect(asked[0]?.what).toBe('GET /v1/held?id=H1&rule=start');
    expect(out).toEqual([
      '2026-11-20 03:00:00  unsuppress  start  rule start may unsuppress 500 within 60 minutes  H1',
      '1 action waits. Do it: signalbox held release; never do it: signalbox held drop; each with --rule, --action, --id or --all',
    ]);
  });

  test('says how much more there is', async () => {
    const { run, out } = await listen([{ held: [item], total: 900 }]);
    expect(await run('held')).toBe(0);
    expect(out.at(-1)).toContain('900 actions wait, the oldest 1 are shown.');
  });

  test('says so when nothing waits', async () => {
    const { run, out } = await listen([{ held: [], total: 0 }]);
    expect(await run('held')).toBe(0);
    expect(out).toEqual(['nothing waits']);
  });

  test.each([
    ['release', '507 actions go on now'],
    ['drop', '507 actions will never be done'],
  ])('%s settles all that is meant, and says what became of it', async (verb, words) => {
    const { run, out, asked } = await listen([
      { settled: 500, more: true },
      { settled: 7, more: false },
    ]);
    expect(await run('held', verb, '--rule', 'start', '--reason', 'checked')).toBe(0);
    expect(asked.map(({ what, body }) => [what, body])).toEqual(
      [1, 2].map(() => [
        `POST /v1/held/${verb}`,
        { actor: 'ines', reason: 'checked', rule: 'start' },
      ]),
    );
    expect(out).toEqual([words]);
  });

  test('nothing to settle is said', async () => {
    const { run, out } = await listen([{ settled: 0, more: false }]);
    expect(await run('held', 'release', '--all', '--reason', 'x')).toBe(0);
    expect(out).toEqual(['nothing of that waits']);
  });

  test('--settled lists what was decided about it, by whom and why', async () => {
    const dropped = {
      ...item,
      state: 'dropped',
      decided_at: AT,
      decided_by: 'ada (ops)',
      decision_reason: 'the rule was wrong',
    };
    const { run, out, asked } = await listen([{ held: [dropped], total: 0 }]);
    expect(await run('held', '--settled')).toBe(0);
    expect(asked[0]?.what).toBe('GET /v1/held?state=settled');
    expect(out).toEqual([
      '2026-11-20 03:00:00  dropped  unsuppress  start  by ada (ops): the rule was wrong  H1',
    ]);
  });

  test.each([
    ['held', 'release', '--all'],
    ['held', 'drop', '--all'],
    ['resume', 'everything'],
  ])('%s %s does nothing without a reason', async (...command) => {
    const { run, err, asked } = await listen([]);
    expect(await run(...command)).toBe(2);
    expect(err.join('\n')).toContain('say why: --reason "…" stays on record');
    expect(asked).toEqual([]);
  });

  test('which is not guessed', async () => {
    const { run, err, asked } = await listen([]);
    expect(await run('held', 'drop')).toBe(2);
    expect(err.join('\n')).toContain('say what to drop: --rule, --action, --id or --all');
    expect(asked).toEqual([]);
  });
});
