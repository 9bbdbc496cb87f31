import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { helpRule, OLD_VERSION, open, tally } from './keeping-worker.ts';
import { alerts, inbound } from './shell.ts';

describe('backtest', () => {
  test('asks until nothing is left, and adds the parts up', async () => {
    let part = 0;
    const body = {
      get next() {
        part += 1;
        return part < 3 ? `cursor-${part}` : null;
      },
      against: OLD_VERSION,
      tally,
    };
    const { run, out, asked } = await open({
      answers: { 'POST /v1/rulebooks/backtest': { body } },
    });
    expect(await run('backtest', '--since', '2d')).toBe(0);
    expect(asked.map(({ body: sent }) => [sent.since, sent.cursor])).toEqual([
      ['2d', undefined],
      ['2d', 'cursor-1'],
      ['2d', 'cursor-2'],
    ]);
    expect(out[1]).toBe('36 callbacks: 9 would end otherwise, 12 are unknown');
  });

  test('of files holds rules/ against those in force, performs nothing, and names the files', async () => {
    const { run, out, asked, home } = await open();
    mkdirSync(join(home, 'calls'));
    writeFileSync(join(home, 'calls', 'a.json'), JSON.stringify(inbound('help me')));
    writeFileSync(
      join(home, 'calls', 'b.ndjson'),
      [inbound('STOP'), inbound('no help')].map((line) => JSON.stringify(line)).join('\n'),
    );
    expect(await run('backtest', '--file', 'calls')).toBe(0);
    expect(out).toEqual([
      `calls, beside ${OLD_VERSION}:`.replace(OLD_VERSION, OLD_VERSION.slice(0, 8)),
      '3 callbacks: 2 would end otherwise',
      '  alert actions: 2 more, 0 fewer',
      '  help',
      '    + 2 × alert support (high): calls/a.json, calls/b.ndjson:2',
      expect.stringMatching(/^ {2}Why\?/),
    ]);
    expect(asked.map(({ what }) => what)).toEqual(['GET /v1/rulebooks/in-force']);
  });

  test('of files against another folder needs no Worker', async () => {
    const { run, out, asked, home } = await open();
    writeFileSync(join(home, 'call.json'), JSON.stringify(inbound('help')));
    mkdirSync(join(home, 'others'));
    writeFileSync(join(home, 'others', 'alerts.json'), JSON.stringify(alerts));
    expect(await run('backtest', '--file', 'call.json', '--against', './others')).toBe(0);
    expect(out[1]).toBe('1 callback: 1 would end otherwise');
    expect(asked).toEqual([]);
  });

  test('of files lets each line know what the lines before it told', async () => {
    const rating = (value: string, minute: number) => ({
      app_id: 'app-1',
      event_time: `2026-11-01T10:0${minute}:00Z`,
      channel_event_notification: {
        channel_event: {
          channel: 'WHATSAPP',
          event_type: 'WHATS_APP_QUALITY_RATING_CHANGED',
          additional_data: { quality_rating: value },
        },
      },
    });
    const fell = {
      ...helpRule,
      name: 'fell',
      on: ['CHANNEL_EVENT'],
      when: { fact: 'previous_quality_rating', operator: 'equal', value: 'GREEN' },
    };
    const { run, out, home } = await open({ rules: { 'rules/fell.json': fell } });
    const lines = [rating('GREEN', 1), rating('RED', 2), rating('YELLOW', 3)].map((line) =>
      JSON.stringify(line),
    );
    writeFileSync(join(home, 'week.ndjson'), lines.join('\n'));
    expect(await run('backtest', '--file', 'week.ndjson')).toBe(0);
    expect(out).toContain('    + 1 × alert support (high): week.ndjson:2');
  });
});
