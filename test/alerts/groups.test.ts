import { describe, expect, test } from 'vitest';
import { readAlerts } from '../../src/alerts/config.ts';
import type { Alert } from '../../src/alerts/match.ts';
import { inhibitedBy, silencedBy } from '../../src/alerts/mute.ts';
import { groupId, route } from '../../src/alerts/route.ts';
import { alert, FRIDAY, written } from './written.ts';

const OPTIONS = { resolvable: false };

describe('the timing of a route', () => {
  const timing = (changes: object, about: Partial<Alert> = {}, options: object = {}) =>
    route(alert(about), { ...OPTIONS, ...options }, readAlerts(written(changes)), FRIDAY)[0]
      ?.timing;

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
    expect(timing({ group_wait: '5m' }, {}, { maxWait: 1_000 })).toMatchObject({
      wait: 1_000,
      interval: 1_000,
    });
  });
});

describe('a group', () => {
  const group = (changes: object, about: Partial<Alert> = {}) =>
    route(alert(about), OPTIONS, readAlerts(written(changes)), FRIDAY)[0]?.group;

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
        const [way] = route(one, OPTIONS, readAlerts(written()), FRIDAY);
        return way ? groupId(way) : '';
      }),
    );
    expect(ids[0]).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/);
    expect([ids[0] === ids[1], ids[0] === ids[2]]).toEqual([true, false]);
  });
});

describe('muting', () => {
  const { inhibit } = readAlerts(
    written({
      inhibit: [{ name: 'red first', if: { rule: 'red' }, mutes: { rule: ['yellow', 'red'] } }],
    }),
  );

  test('an active alert mutes others of the same sender, never its own kind', () => {
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
