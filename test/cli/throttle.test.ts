import { describe, expect, test } from 'vitest';
import { limited, listen, sender } from './pausing-worker.ts';

describe('throttle', () => {
  test('limits a sender, and says until when', async () => {
    const { run, out, asked } = await listen([sender(limited)]);
    const command = [
      'throttle',
      'app-1',
      'whatsapp',
      '--to',
      '10/minute',
      '--for',
      '7d',
      '--reason',
      'complaints',
    ];
    expect(await run(...command)).toBe(0);
    expect(asked).toEqual([
      {
        what: 'PUT /v1/senders/app-1/whatsapp/throttle',
        body: { to: '10/minute', for: '7d', actor: 'ines', reason: 'complaints' },
      },
    ]);
    expect(out).toEqual([
      'WHATSAPP of app-1: marketing at most 10/minute until 2026-11-20 03:00:00 (by hand)',
    ]);
  });

  test('to nothing says that it is stopped', async () => {
    const { run, out } = await listen([sender({ ...limited, to: '0' })]);
    expect(await run('throttle', 'app-1', 'SMS', '--to', '0', '--for', '1h', '--reason', 'x')).toBe(
      0,
    );
    expect(out).toEqual(['SMS of app-1: marketing stopped until 2026-11-20 03:00:00 (by hand)']);
  });

  test('tells of an app that nobody ever heard of', async () => {
    const { run, out } = await listen([
      { ...sender(limited), warning: 'no callback of app app-2 is on record' },
    ]);
    expect(await run('throttle', 'app-2', 'SMS', '--to', '0', '--for', '1h', '--reason', 'x')).toBe(
      0,
    );
    expect(out[1]).toBe(
      'But no callback of app app-2 is on record. Is it a typing mistake? --lift takes it back.',
    );
  });

  test('--lift ends every limit, with who and why', async () => {
    const { run, out, asked } = await listen([sender(null)]);
    expect(await run('throttle', 'app-1', 'SMS', '--lift', '--reason', 'Meta was wrong')).toBe(0);
    expect(asked[0]?.what).toBe(
      'DELETE /v1/senders/app-1/SMS/throttle?actor=ines&reason=Meta+was+wrong',
    );
    expect(out).toEqual(['SMS of app-1 is not limited; a rule that fires again limits it again']);
  });

  test.each([
    ['neither a rate nor --lift', ['--reason', 'x'], 'say how fast and for how long'],
    [
      'both',
      ['--lift', '--to', '0', '--for', '1h', '--reason', 'x'],
      '--lift ends limits; leave --to and --for out',
    ],
    ['no reason', ['--lift'], 'say why'],
  ])('%s is bad usage', async (_, words, said) => {
    const { run, err, asked } = await listen([sender(null)]);
    expect(await run('throttle', 'app-1', 'SMS', ...words)).toBe(2);
    expect(err.join('\n')).toContain(said);
    expect(asked).toEqual([]);
  });
});
