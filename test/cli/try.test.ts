import { describe, expect, test } from 'vitest';
import { alerts, folder, openShell, stopRule } from './shell.ts';

const listening = (name: string, when: object) => ({ ...stopRule, name, when });
const text = (operator: string, value: unknown) => ({ fact: 'text', operator, value });
const rules = {
  'rules/alerts.json': alerts,
  'rules/stop.json': stopRule,
  'rules/far.json': listening('far', {
    all: [
      { fact: 'channel', operator: 'equal', value: 'VIBERBM' },
      text('containsWord', 'never'),
      { fact: 'app_id', operator: 'equal', value: 'app-9' },
    ],
  }),
  'rules/near.json': listening('near', {
    all: [{ fact: 'direction', operator: 'equal', value: 'TO_APP' }, text('containsWord', 'halt')],
  }),
  'rules/night.json': listening('night', {
    fact: 'event_time',
    operator: 'withinHours',
    value: { from: '22:00', to: '06:00', timeZone: 'Europe/Stockholm' },
  }),
};

describe('try', () => {
  test('shows the rules that fire, then the nearest misses', async () => {
    const { run, out } = openShell({ home: folder(rules) });
    expect(await run('try', 'Stop!')).toBe(0);
    expect(out).toEqual([
      '"Stop!" on SMS, received 2026-11-20 12:00:00',
      expect.stringMatching(/^ {2}✓ stop fired: /),
      expect.stringMatching(/^ {2}✗ near did not fire: .*halt/),
      expect.stringMatching(/^ {2}✗ night did not fire: /),
      expect.stringMatching(/^ {2}✗ far did not fire: /),
    ]);
  });

  test.each([
    ['Europe/Stockholm', '03:00', 'fired', '2026-11-20 03:00:00 +01:00'],
    ['Europe/Stockholm', '2026-11-20 13:00', 'did not fire', '2026-11-20 13:00:00 +01:00'],
    // 03:00 in New York is 09:00 in Stockholm.
    ['America/New_York', '03:00', 'did not fire', '2026-11-20 03:00:00 -05:00'],
    ['America/New_York', '2026-11-20T02:00:00Z', 'fired', '2026-11-19 21:00:00 -05:00'],
  ])('in %s, --at %s is that time there (night %s)', async (zone, at, outcome, shown) => {
    const { run, out } = openShell({ home: folder(rules), zone });
    expect(await run('try', 'hello', '--at', at, '--rule', 'night')).toBe(0);
    expect(out).toEqual([
      `"hello" on SMS, received ${shown}`,
      expect.stringMatching(new RegExp(`^  . night ${outcome}: `)),
    ]);
  });

  test('takes channel, app and sender, and facts that Signalbox remembers', async () => {
    const { run, out } = openShell({ home: folder(rules) });
    const words = ['--channel', 'viberbm', '--app', 'app-9', '--sender', '46700000001'];
    expect(await run('try', 'never', ...words, '--rule', 'far', '--json')).toBe(0);
    expect(JSON.parse(out[0] ?? '')).toMatchObject({
      trigger: 'MESSAGE_INBOUND',
      rules: [{ rule: 'far', outcome: 'fired' }],
    });
  });

  test.each([
    [
      ['hello', '--channel', 'WHATSAP'],
      2,
      'no channel is called "WHATSAP": did you mean "WHATSAPP"?',
    ],
    [['hello', '--at', 'tomorrow'], 2, /^--at tomorrow: expected a time like/],
    [['hello', '--rule', 'sto'], 1, /^no rule called "sto" listens to this trigger: did you mean/],
    [['hello', '--given', 'text=x'], 2, '--given text: Signalbox remembers no fact of this name'],
    [[' '], 2, 'the text is empty'],
  ])('refuses %j', async (words, code, message) => {
    const { run, err } = openShell({ home: folder(rules) });
    expect(await run('try', ...words)).toBe(code);
    expect(err[0]).toMatch(message);
  });
});
