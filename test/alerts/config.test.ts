import { describe, expect, test } from 'vitest';
import { readAlerts } from '../../src/alerts/config.ts';
import { drawTree } from '../../src/alerts/tree.ts';
import { destinations, hook, written } from './written.ts';

describe('alerts.json', () => {
  test.each([
    [
      'a default that is none',
      { default: 'opps' },
      /default: names no destination.*did you mean "ops"/,
    ],
    [
      'a route that leads nowhere',
      { routes: [{ to: 'pagr' }] },
      /routes\.0\.to: names no destination.*did you mean "pager"/,
    ],
    [
      'a branch below that leads nowhere',
      { routes: [{ routes: [{ to: 'x' }] }] },
      /routes\.0\.routes\.0\.to/,
    ],
    [
      'an unknown schedule',
      { routes: [{ schedule: 'office', to: 'ops' }] },
      /schedule: names no schedule/,
    ],
    [
      'else without a schedule',
      { routes: [{ to: 'ops', else: 'slack' }] },
      /"else" needs a "schedule"/,
    ],
    ['an unknown matcher', { routes: [{ match: { sevrity: 'high' } }] }, /sevrity/],
    ['grouping by severity', { group_by: ['severity'] }, /group_by\.0: expected "rule"/],
    ['a wait that is none', { group_wait: 'soon' }, /group_wait: expected a duration/],
    [
      'two routes of one name',
      { routes: [{ name: 'a' }, { name: 'a' }] },
      /another route is also called "a"/,
    ],
    [
      'a route called default',
      { routes: [{ name: 'default' }] },
      /another route is also called "default"/,
    ],
    [
      'a fallback to itself',
      { destinations: { ops: { ...hook, fallback: 'ops' } } },
      /cannot be its own fallback/,
    ],
    [
      'a fallback to nobody',
      { destinations: { ops: { ...hook, fallback: 'x' } } },
      /fallback: names no destination/,
    ],
    [
      'a secret of another name',
      { destinations: { ops: { ...hook, url: { secret: 'API_TOKEN' } } } },
      /only secrets named DEST_/,
    ],
  ])('with %s is refused, and the place is named', (_, changes, message) => {
    expect(() => readAlerts(written(changes))).toThrow(message);
  });
});

describe('the tree', () => {
  test('is drawn as it is read', () => {
    const alerts = readAlerts({
      destinations: { ...destinations, pager: { ...hook, fallback: 'slack' } },
      default: 'ops',
      repeat: '8h',
      schedules: { office: { from: '09:00', to: '17:00', timeZone: 'Europe/Stockholm' } },
      inhibit: [{ if: { rule: 'red' }, mutes: { rule: 'yellow' } }],
      routes: [
        { name: 'urgent', match: { severity: 'critical' }, to: 'pager', continue: true },
        {
          match: { owner: 'support' },
          schedule: 'office',
          to: 'slack',
          else: 'night',
          routes: [{ match: { rule: 'help' }, group_wait: '5m' }],
        },
      ],
    });
    expect(drawTree(alerts)).toEqual([
      'every alert [repeat 8h]',
      '├─ urgent: severity critical → pager (and continues)',
      '├─ 2: owner support → slack within office, 09:00–17:00 (Europe/Stockholm time), else → night',
      '│  └─ 2.1: rule help [wait 5m]',
      '└─ else → ops',
      '',
      'While the first one is active:',
      '  rule red mutes rule yellow of the same app_id and channel',
      '',
      'Fallbacks:',
      '  pager → slack',
    ]);
  });
});
