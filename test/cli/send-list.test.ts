import { describe, expect, test } from 'vitest';
import { HOME, openShell } from './shell.ts';

describe('send --list', () => {
  test('lists every sample with its trigger and what is in it', async () => {
    const { run, out } = openShell({ home: HOME });
    expect(await run('send', '--list')).toBe(0);
    expect(out).toContainEqual(
      expect.stringMatching(/^whatsapp-quality-red +CHANNEL_EVENT +WHATSAPP, .*RED, quality$/),
    );
    expect(out).toContainEqual(expect.stringMatching(/^stop +MESSAGE_INBOUND +SMS, Stop\./));
    expect(out.every((line) => line.split(/ {2,}/).length === 3)).toBe(true);
  });

  test('lists them as JSON', async () => {
    const { run, out } = openShell();
    await run('send', '--list', '--json');
    const { samples } = JSON.parse(out.join(''));
    expect(samples).toContainEqual({
      name: 'stop',
      trigger: 'MESSAGE_INBOUND',
      summary: expect.stringContaining('Stop.'),
    });
  });
});
