import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { PROJECT } from '../setup/home.ts';
import { alerts, folder, inbound, NOW, openShell, stopRule } from './shell.ts';

const home = () => folder({ 'rules/alerts.json': alerts, 'rules/stop.json': stopRule });
const other = { ...inbound('STOP'), message: { ...inbound('STOP').message, id: 'message-2' } };

async function replay(files: Record<string, object | string>, path: string, ...words: string[]) {
  const shell = openShell({ home: home(), here: folder(files) });
  const code = await shell.run('replay', path, '--json', ...words);
  return { code, lines: shell.out.map((line) => JSON.parse(line)), ...shell };
}

describe('replay', () => {
  test('gives one object a callback: file, trigger, id and what fired', async () => {
    const { code, lines } = await replay({ 'one.json': inbound('Stop.') }, 'one.json');
    expect(code).toBe(0);
    expect(lines).toEqual([
      {
        file: 'one.json',
        trigger: 'MESSAGE_INBOUND',
        id: expect.stringMatching(/^\w{26}$/),
        fired: [{ rule: 'stop', actions: ['suppress'] }],
      },
    ]);
  });

  test('reads a folder with all that is below it, in the order of the names', async () => {
    const files = {
      'in/b.json': inbound('Hello'),
      'in/a/z.json': other,
      'in/notes.md': '#',
      'in/c.json': { new_thing: {} },
    };
    const { code, lines } = await replay(files, 'in');
    expect(code).toBe(0);
    expect(lines.map(({ file, trigger, fired }) => [file, trigger, fired.length])).toEqual([
      ['in/a/z.json', 'MESSAGE_INBOUND', 1],
      ['in/b.json', 'MESSAGE_INBOUND', 0],
      ['in/c.json', 'UNKNOWN', 0],
    ]);
  });

  test('reads an NDJSON file line by line', async () => {
    const text = [inbound('STOP'), 'rubbish', other].map((line) =>
      typeof line === 'string' ? line : JSON.stringify(line),
    );
    const { code, lines } = await replay(
      { 'week.ndjson': `${text.join('\r\n')}\r\n\r\n` },
      'week.ndjson',
    );
    expect(code).toBe(1);
    expect(lines).toEqual([
      expect.objectContaining({ file: 'week.ndjson:1', trigger: 'MESSAGE_INBOUND' }),
      { file: 'week.ndjson:2', error: 'callback: not valid JSON' },
      expect.objectContaining({ file: 'week.ndjson:3', trigger: 'MESSAGE_INBOUND' }),
    ]);
  });

  test('cannot know what was sent again: attempts are 0', async () => {
    const rule = {
      ...stopRule,
      on: ['MESSAGE_DELIVERY'],
      when: { fact: 'attempt', operator: 'equal', value: 0 },
    };
    const failed = {
      message_delivery_report: {
        message_id: 'm',
        status: 'FAILED',
        channel_identity: { channel: 'SMS', identity: '1' },
      },
    };
    const shell = openShell({
      home: folder({
        'rules/alerts.json': alerts,
        'rules/stop.json': { ...rule, then: [{ action: 'ignore', params: { because: 'x' } }] },
      }),
      here: folder({ 'all.ndjson': `${JSON.stringify(failed)}\n${JSON.stringify(failed)}\n` }),
    });
    await shell.run('replay', 'all.ndjson', '--json');
    expect(shell.out.map((line) => JSON.parse(line).fired.length)).toEqual([1, 1]);
  });

  test('lets a line know what the lines before it told, and a file stand alone', async () => {
    const rating = (value: string, at: string) => ({
      app_id: 'app-1',
      event_time: at,
      channel_event_notification: {
        channel_event: {
          channel: 'WHATSAPP',
          event_type: 'WHATS_APP_QUALITY_RATING_CHANGED',
          additional_data: { quality_rating: value },
        },
      },
    });
    const [green, red] = [
      rating('GREEN', '2026-11-01T10:00:00Z'),
      rating('RED', '2026-11-01T11:00:00Z'),
    ];
    const when = { fact: 'previous_quality_rating', operator: 'equal', value: 'GREEN' };
    const rule = { ...stopRule, on: ['CHANNEL_EVENT'], when };
    const shell = openShell({
      home: folder({
        'rules/alerts.json': alerts,
        'rules/stop.json': { ...rule, then: [{ action: 'ignore', params: { because: 'x' } }] },
      }),
      here: folder({
        'a.ndjson': `${JSON.stringify(green)}\n${JSON.stringify(red)}\n`,
        'b.ndjson': `${JSON.stringify(red)}\n`,
        'c.json': green,
        'd.json': red,
      }),
    });
    await shell.run('replay', '.', '--json');
    expect(
      shell.out.map((line) => JSON.parse(line)).map(({ file, fired }) => [file, fired.length]),
    ).toEqual([
      ['a.ndjson:1', 0],
      ['a.ndjson:2', 1],
      ['b.ndjson:1', 0],
      ['c.json', 0],
      ['d.json', 0],
    ]);
  });

  test('takes a callback for as old as it was when Sinch sent it', async () => {
    const rule = { ...stopRule, when: { fact: 'age_seconds', operator: 'lessThan', value: 60 } };
    const shell = openShell({
      home: folder({ 'rules/alerts.json': alerts, 'rules/stop.json': rule }),
      here: folder({
        'old.json': inbound('STOP', {
          accepted_time: '2019-01-01T10:00:05Z',
          event_time: '2019-01-01T10:00:00Z',
        }),
      }),
    });
    await shell.run('replay', 'old.json', '--json');
    expect(JSON.parse(shell.out[0] ?? '').fired).toHaveLength(1);
  });

  test('sums up for people', async () => {
    const shell = openShell({
      home: home(),
      here: folder({ 'a.json': inbound('STOP'), 'b.json': inbound('Hi'), 'c.json': '{' }),
    });
    expect(await shell.run('replay', '.')).toBe(1);
    expect(shell.out).toEqual([
      expect.stringMatching(/^a\.json {2}MESSAGE_INBOUND \w{26} {2}fired stop: suppress$/),
      expect.stringMatching(/^b\.json {2}MESSAGE_INBOUND \w{26} {2}no rule fired$/),
      'c.json  could not be read: callback: not valid JSON',
      '3 callbacks: 1 fired a rule, 1 fired none, 1 could not be read',
    ]);
  });

  test.each([
    ['gone', {}, /^there is no file or folder gone$/],
    ['empty', { 'empty/notes.md': '' }, /^empty holds no \.json, \.ndjson or \.jsonl file$/],
  ])('names a path with nothing to read: %s', async (path, files, message) => {
    const shell = openShell({ home: home(), here: folder(files) });
    expect(await shell.run('replay', path)).toBe(1);
    expect(shell.err.join('')).toMatch(message);
  });

  test('fails when a rule is broken, and passes the callbacks through the others', async () => {
    const shell = openShell({
      home: folder({
        'rules/alerts.json': alerts,
        'rules/stop.json': stopRule,
        'rules/bad.json': '{',
      }),
      here: folder({ 'a.json': inbound('STOP') }),
    });
    expect(await shell.run('replay', 'a.json', '--json')).toBe(1);
    expect(shell.err[0]).toMatch(/bad\.json:1:2 error/);
    expect(JSON.parse(shell.out[0] ?? '').fired).toHaveLength(1);
  });

  test('prints only sums when asked', async () => {
    const files = { 'a.json': inbound('STOP'), 'b.json': inbound('Hi'), 'c.json': '{' };
    const { code, lines } = await replay(files, '.', '--summary');
    expect({ code, lines }).toEqual({
      code: 1,
      lines: [{ count: 3, fired: 1, unread: 1, rules: { stop: 1 } }],
    });
    const shell = openShell({ home: home(), here: folder(files) });
    await shell.run('replay', '.', '--summary');
    expect(shell.out).toEqual([
      '        1  stop',
      '3 callbacks: 1 fired a rule, 1 fired none, 1 could not be read',
    ]);
  });

  test('holds to the rate that is asked for', async () => {
    let now = NOW;
    const waited: number[] = [];
    const pause = async (milliseconds: number) => {
      waited.push(milliseconds);
      now += milliseconds;
    };
    const lines = Array.from({ length: 5 }, () => JSON.stringify(other)).join('\n');
    const shell = openShell({
      home: home(),
      here: folder({ 'week.ndjson': lines }),
      now: () => now,
      pause,
    });
    expect(await shell.run('replay', 'week.ndjson', '--rate', '50')).toBe(0);
    expect(waited).toEqual([20, 20, 20, 20]);
    expect(await shell.run('replay', 'week.ndjson', '--rate', '0')).toBe(2);
  });

  test('says on a terminal how far it is, ten times a second, and takes the line away', async () => {
    let now = NOW;
    const drawn: string[] = [];
    const lines = Array.from({ length: 40 }, () => JSON.stringify(other)).join('\n');
    const shell = openShell({
      home: home(),
      here: folder({ 'week.ndjson': lines }),
      now: () => (now += 10),
      progress: (line) => drawn.push(line),
    });
    await shell.run('replay', 'week.ndjson', '--summary');
    expect(drawn.length).toBeGreaterThan(3);
    expect(drawn.length).toBeLessThan(20);
    expect(drawn[0]).toMatch(/^\[█+░+\] \d+ % {2}\d+ callbacks, [\d,]+ a second, \d+ s left$/);
    expect(drawn.at(-1)).toBe('');
  });

  const corpus = join(PROJECT, '..', 'shared', 'corpus');
  test(`reads what others recorded of Sinch${existsSync(corpus) ? '' : ' (that folder is not here: nothing was read)'}`, async () => {
    if (!existsSync(corpus)) return;
    const { run, out } = openShell({ here: corpus });
    expect(await run('replay', '.', '--json')).toBe(0);
    const lines = out.map((line) => JSON.parse(line));
    expect(lines).toHaveLength(133);
    for (const { file, trigger } of lines)
      expect(`${trigger} of ${file}`).toBe(
        `${basename(file).replace(/-\d+\.json$/, '')} of ${file}`,
      );
  });
});
