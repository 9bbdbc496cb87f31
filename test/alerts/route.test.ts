import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readAlerts } from '../../src/alerts/config.ts';
import type { Alert } from '../../src/alerts/match.ts';
import { route } from '../../src/alerts/route.ts';
import { alert, FRIDAY, written } from './written.ts';

const OPTIONS = { resolvable: false };
/** Saturday noon in Stockholm. */
const SATURDAY = Date.parse('2026-11-21T11:00:00Z');

const ways = (changes: object, about: Partial<Alert> = {}, now = FRIDAY) =>
  route(alert(about), OPTIONS, readAlerts(written(changes)), now).map(
    (way) => `${way.route}: ${way.to.join('+')}`,
  );

describe('the route of an alert', () => {
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
    expect(route(alert(), { ...OPTIONS, to: 'slack' }, alerts, FRIDAY)).toMatchObject([
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
            OPTIONS,
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
