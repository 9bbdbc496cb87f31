import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readAlerts } from '../../src/alerts/config.ts';
import type { Alert } from '../../src/alerts/match.ts';
import { inhibitedBy, silencedBy } from '../../src/alerts/mute.ts';
import { groupId, route } from '../../src/alerts/route.ts';
import { drawTree } from '../../src/alerts/tree.ts';

const hook = { type: 'webhook', url: { secret: 'DEST_OPS' } };
const destinations = { ops: hook, pager: hook, slack: hook, night: hook };
const written = (changes: object = {}) => ({ destinations, default: 'ops', ...changes });

const alert = (changes: Partial<Alert> = {}): Alert => ({
  ...{
    rule: 'red',
    owner: 'messaging-ops',
    severity: 'high',
    app_id: 'app-1',
    channel: 'WHATSAPP',
    labels: {},
  },
  ...changes,
});
const WISH = { resolvable: false };
/** Friday noon and Saturday noon in Stockholm. */
const FRIDAY = Date.parse('2026-11-20T11:00:00Z');
const SATURDAY = Date.parse('2026-11-21T11:00:00Z');

const ways = (changes: object, about: Partial<Alert> = {}, now = FRIDAY) =>
  route(alert(about), WISH, readAlerts(written(changes)), now).map(
    (way) => `${way.route}: ${way.to.join('+')}`,
  );

describe('the way of an alert', () => {
  test('without routes is the default', () => {
    expect(ways({})).toEqual(['default: ops']);
  });

  test.each([
    ['severity', { severity: 'high' }, true],
    ['severity, one of several', { severity: ['critical', 'high'] }, true],
    ['another severity', { severity: 'low' }, false],
    ['owner', { owner: 'messaging-ops' }, true],
    ['rule', { rule: 'red' }, true],
    ['rule by its beginning', { rule: 're*' }, true],
    ['rule by its end', { rule: '*ed' }, true],
    ['rule by its middle', { rule: '*e*' }, true],
    ['another rule', { rule: 'r*d*d' }, false],
    ['app', { app_id: 'app-1' }, true],
    ['channel', { channel: ['SMS', 'WHATSAPP'] }, true],
    ['label', { labels: { team: 'payments' } }, true],
    ['a label that it has not', { labels: { region: 'eu' } }, false],
    ['two things, of which one is not so', { rule: 'red', channel: 'SMS' }, false],
    ['anything', {}, true],
  ])('matches by %s', (_, match, expected) => {
    const found = ways({ routes: [{ match, to: 'pager' }] }, { labels: { team: 'payments' } });
    expect(found).toEqual(expected ? ['1: pager'] : ['default: ops']);
  });

  test('is the first branch that matches', () => {
    expect(ways({ routes: [{ match: { rule: 'red' }, to: 'pager' }, { to: 'slack' }] })).toEqual([
      '1: pager',
    ]);
  });

  test('is several where a branch says continue', () => {
    const routes = [
      { to: 'pager', continue: true },
      { match: { rule: 'other' }, to: 'night' },
      { to: ['slack', 'ops'] },
    ];
    expect(ways({ routes })).toEqual(['1: pager', '3: slack+ops']);
  });

  test('goes to the innermost branch, and to the one above where none of them matches', () => {
    const routes = [
      {
        name: 'whatsapp',
        match: { channel: 'WHATSAPP' },
        to: 'slack',
        routes: [{ match: { severity: 'critical' }, to: 'pager' }],
      },
    ];
    expect(ways({ routes }, { severity: 'critical' })).toEqual(['1.1: pager']);
    expect(ways({ routes })).toEqual(['whatsapp: slack']);
    expect(ways({ routes }, { channel: 'SMS' })).toEqual(['default: ops']);
  });

  const schedules = {
    office: {
      days: ['mon', 'tue', 'wed', 'thu', 'fri'],
      from: '09:00',
      to: '17:00',
      timeZone: 'Europe/Stockholm',
    },
  };
  test('follows the hours: within them one way, else another', () => {
    const routes = [{ schedule: 'office', to: 'slack', else: 'night' }];
    expect(ways({ schedules, routes })).toEqual(['1: slack']);
    expect(ways({ schedules, routes }, {}, SATURDAY)).toEqual(['1: night']);
  });

  test('passes a branch that is closed at this hour', () => {
    expect(
      ways({ schedules, routes: [{ schedule: 'office', to: 'slack' }] }, {}, SATURDAY),
    ).toEqual(['default: ops']);
  });

  test('is what the rule itself says, if it names a destination', () => {
    const alerts = readAlerts(written({ routes: [{ to: 'pager' }] }));
    expect(route(alert(), { ...WISH, to: 'slack' }, alerts, FRIDAY)).toMatchObject([
      { route: 'to:slack', to: ['slack'] },
    ]);
  });

  test('always leads somewhere', () => {
    const name = fc.constantFrom('ops', 'pager', 'slack', 'night');
    const match = fc.record(
      {
        severity: fc.constantFrom('critical', 'high', 'low'),
        rule: fc.constantFrom('red', 'yellow', 'r*'),
      },
      { requiredKeys: [] },
    );
    const leaf = fc.record({ match, to: name, continue: fc.boolean() }, { requiredKeys: ['to'] });
    const branch = fc.record(
      { match, routes: fc.array(leaf, { maxLength: 3 }), continue: fc.boolean() },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(
        fc.array(fc.oneof(leaf, branch), { maxLength: 5 }),
        fc.constantFrom('critical', 'low'),
        (routes, severity) => {
          const found = route(
            alert({ severity: severity === 'low' ? 'low' : 'critical' }),
            WISH,
            readAlerts(written({ routes })),
            FRIDAY,
          );
          expect(found.length).toBeGreaterThan(0);
          for (const { to } of found) expect(to.length).toBeGreaterThan(0);
        },
      ),
    );
  });
});

describe('the timing of a way', () => {
  const timing = (changes: object, about: Partial<Alert> = {}, wish: object = {}) =>
    route(alert(about), { ...WISH, ...wish }, readAlerts(written(changes)), FRIDAY)[0]?.timing;

  test('is half a minute, five minutes, four hours, six hours', () => {
    expect(timing({})).toEqual({
      wait: 30_000,
      interval: 300_000,
      repeat: 14_400_000,
      quiet: 21_600_000,
      once: true,
    });
  });

  test('what is critical does not wait, unless its route says so', () => {
    expect(timing({}, { severity: 'critical' })?.wait).toBe(0);
    expect(timing({ group_wait: '10s' }, { severity: 'critical' })?.wait).toBe(10_000);
  });

  test('what a rule ends is not over by itself', () => {
    expect(timing({}, {}, { resolvable: true })).toMatchObject({ quiet: null, once: false });
    expect(timing({ resolve_after: '1h' }, {}, { resolvable: true })?.quiet).toBe(3_600_000);
  });

  test('is set for all, for a branch, or for one below it', () => {
    const routes = [
      {
        match: { rule: 'red' },
        to: 'slack',
        repeat: '1h',
        routes: [{ match: { channel: 'SMS' }, repeat: 'never' }],
      },
    ];
    expect(timing({ routes, group_interval: '1m' })).toMatchObject({
      repeat: 3_600_000,
      interval: 60_000,
      once: false,
    });
    expect(timing({ routes }, { channel: 'SMS' })?.repeat).toBeNull();
  });

  test('is no longer than this machine allows', () => {
    expect(timing({ group_wait: '5m' }, {}, { atMost: 1_000 })).toMatchObject({
      wait: 1_000,
      interval: 1_000,
    });
  });
});

describe('a group', () => {
  const group = (changes: object, about: Partial<Alert> = {}) =>
    route(alert(about), WISH, readAlerts(written(changes)), FRIDAY)[0]?.group;

  test('is one for each rule and sender, and for each trouble of Signalbox’s own', () => {
    expect(group({})).toEqual({ rule: 'red', app_id: 'app-1', channel: 'WHATSAPP' });
    expect(group({}, { app_id: '', channel: '', labels: { trouble: 'x' } })).toEqual({
      rule: 'red',
      'label.trouble': 'x',
    });
  });

  test('is what the route says', () => {
    expect(group({ group_by: ['owner', 'label.team'] }, { labels: { team: 'payments' } })).toEqual({
      owner: 'messaging-ops',
      'label.team': 'payments',
    });
    expect(group({ group_by: [] })).toEqual({});
  });

  test('keeps its id, whatever else changes', async () => {
    const ids = await Promise.all(
      [alert(), alert({ severity: 'critical' }), alert({ app_id: 'app-2' })].map(async (one) => {
        const [way] = route(one, WISH, readAlerts(written()), FRIDAY);
        return way ? groupId(way) : '';
      }),
    );
    expect(ids[0]).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/);
    expect([ids[0] === ids[1], ids[0] === ids[2]]).toEqual([true, false]);
  });
});

describe('what keeps an alert quiet', () => {
  const { inhibit } = readAlerts(
    written({
      inhibit: [{ name: 'red first', if: { rule: 'red' }, mutes: { rule: ['yellow', 'red'] } }],
    }),
  );

  test('an alert that lasts mutes others of the same sender, never its own kind', () => {
    const yellow = alert({ rule: 'yellow' });
    expect(inhibitedBy(yellow, [alert()], inhibit)?.reason).toBe('red first');
    expect(inhibitedBy(yellow, [alert({ app_id: 'app-2' })], inhibit)).toBeUndefined();
    expect(inhibitedBy(yellow, [alert({ rule: 'green' })], inhibit)).toBeUndefined();
    expect(inhibitedBy(alert(), [alert()], inhibit)).toBeUndefined();
  });

  test('of several silences the one that lasts longest counts, and only in its time', () => {
    const silence = (id: string, until: number) => ({
      id,
      match: { rule: 'red' },
      at: 10,
      until,
      actor: 'Ada',
      reason: 'x',
    });
    const silences = [silence('short', 20), silence('long', 30)];
    expect(silencedBy(alert(), silences, 15)?.id).toBe('long');
    expect(silencedBy(alert(), silences, 9)).toBeUndefined();
    expect(silencedBy(alert(), silences, 30)).toBeUndefined();
    expect(silencedBy(alert({ rule: 'yellow' }), silences, 15)).toBeUndefined();
  });
});

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
      /another route is called "a" too/,
    ],
    [
      'a route called default',
      { routes: [{ name: 'default' }] },
      /another route is called "default" too/,
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
      '├─ urgent: severity critical → pager (and go on)',
      '├─ 2: owner support → slack within office, 09:00–17:00 (Europe/Stockholm time), else → night',
      '│  └─ 2.1: rule help [wait 5m]',
      '└─ else → ops',
      '',
      'While it lasts:',
      '  rule red mutes rule yellow of the same app_id and channel',
      '',
      'When one cannot be told:',
      '  pager → slack',
    ]);
  });
});
