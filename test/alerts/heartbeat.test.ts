import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readAlerts } from '../../src/alerts/config.ts';
import { alertFindings } from '../../src/alerts/findings.ts';
import { heartbeatId, isBeat, reportInterval, silentAt } from '../../src/alerts/heartbeat.ts';
import { drawTree } from '../../src/alerts/tree.ts';
import { unmatched } from '../../src/alerts/unmatched.ts';
import { addWithin, type Hours, isWithin } from '../../src/rules/model/hours.ts';
import { written } from './written.ts';

const beat = { trigger: 'MESSAGE_DELIVERY', quiet_for: '2h', severity: 'critical' } as const;
const office: Hours = { from: '09:00', to: '17:00', timeZone: 'Europe/Stockholm' };
const alerts = (...heartbeats: readonly object[]) => written({ schedules: { office }, heartbeats });
const MINUTE = 60_000;

describe('heartbeats in alerts.json', () => {
  test.each([
    [
      'an unknown trigger',
      { ...beat, trigger: 'MESSAGE_DELIVRY' },
      /did you mean "MESSAGE_DELIVERY"/,
    ],
    ['less than a minute', { ...beat, quiet_for: '59s' }, /expected at least "1m"/],
    ['no duration', { ...beat, quiet_for: '2 hours' }, /expected a duration/],
    ['an unknown schedule', { ...beat, hours: 'offcie' }, /did you mean "office"/],
    ['hours that are none', { ...beat, hours: 5 }, /name of a schedule, or hours/],
    ['an unknown severity', { ...beat, severity: 'urgent' }, /critical/],
    ['an unknown key', { ...beat, quite_for: '2h' }, /quite_for/],
    [
      'a channel where none is named',
      { ...beat, trigger: 'CONTACT_CREATE', channel: 'SMS' },
      /no channel/,
    ],
  ])('are refused with %s', (_, heartbeat, message) => {
    const findings = alertFindings(alerts(heartbeat));
    expect(findings.map((found) => `${found.message} ${found.hint ?? ''}`).join()).toMatch(message);
  });

  test('are refused twice for the same trigger, app, channel and hours', () => {
    expect(() => readAlerts(alerts(beat, { ...beat, quiet_for: '1h' }))).toThrow(
      'heartbeat 1 has the same trigger, app_id, channel and hours',
    );
    expect(() => readAlerts(alerts(beat, { ...beat, hours: 'office' }))).not.toThrow();
  });

  test('with an unknown channel are warned about, and routes may name their alerts', () => {
    const heard = { ...beat, channel: 'WHATSUP' };
    const route = { match: { rule: 'heartbeat-message-delivery' }, to: 'pager' };
    const source = {
      ...alerts(heard),
      routes: [route, { match: { rule: 'heartbeat-x' }, to: 'ops' }],
    };
    const found = unmatched({ alerts: source, rules: {} }).map(({ path }) => path.join('.'));
    expect(found).toEqual(['routes.1.match.rule', 'heartbeats.0.channel']);
  });

  test('are drawn below the tree', () => {
    const lines = drawTree(
      readAlerts(alerts({ ...beat, app_id: 'A', channel: 'SMS', hours: 'office' })),
    );
    expect(lines.slice(-2)).toEqual([
      'Heartbeats:',
      '  MESSAGE_DELIVERY of app A on SMS: no callback for 2 hours within office, 09:00–17:00 (Europe/Stockholm time) raises an alert of severity critical',
    ]);
  });

  test('keep their id when only the duration or the severity changes', () => {
    expect(heartbeatId({ ...beat, quiet_for: '5m', severity: 'low' })).toBe(heartbeatId(beat));
    expect(heartbeatId({ ...beat, channel: 'SMS' })).not.toBe(heartbeatId(beat));
  });

  test.each([
    [{}, true],
    [{ app_id: 'A' }, true],
    [{ app_id: 'B' }, false],
    [{ channel: 'SMS' }, true],
    [{ channel: 'RCS' }, false],
    [{ trigger: 'MESSAGE_INBOUND' }, false],
  ])('with %j listen to a receipt of app A on SMS: %s', (changes, heard) => {
    const callback = { trigger: 'MESSAGE_DELIVERY', appId: 'A', channel: 'SMS' };
    expect(isBeat({ ...beat, ...changes }, callback)).toBe(heard);
  });
});

describe('the time until a heartbeat is silent', () => {
  const at = (time: string) => Date.parse(`2026-11-${time}:00Z`);
  const hours = { ...beat, hours: 'office' };
  const late = reportInterval(beat);

  test.each([
    ['without hours', beat, '20T23:00', at('21T01:00') + late],
    ['within the hours', hours, '20T09:00', at('20T11:00') + late],
    // Stockholm is an hour ahead: half an hour before the end of the day, the rest the next morning.
    ['over a night', hours, '20T15:30', at('21T09:30') + late],
    ['from before the hours', hours, '20T03:00', at('20T10:00') + late],
    ['with hours of its own', { ...beat, hours: office }, '20T03:00', at('20T10:00') + late],
  ])('%s', (_, heartbeat, last, due) => {
    expect(silentAt(at(last), heartbeat, { office })).toBe(due);
  });

  test('is at most a twentieth longer than written', () => {
    expect(late).toBe(5 * MINUTE);
    expect(reportInterval({ quiet_for: '1m' })).toBe(3_000);
  });

  const time = fc
    .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
    .map((parts) => parts.map((part) => String(part).padStart(2, '0')).join(':'));
  const anyHours = fc
    .record({
      from: time,
      to: time,
      timeZone: fc.constantFrom(
        'Europe/Stockholm',
        'America/New_York',
        'Asia/Kathmandu',
        'Australia/Lord_Howe',
      ),
      days: fc.option(fc.subarray(['mon', 'wed', 'sat', 'sun'] as const, { minLength: 1 }), {
        nil: undefined,
      }),
    })
    .filter(({ from, to }) => from !== to);

  test('within any hours, also when clocks change, is that of counting minutes', () => {
    // A day in March or October 2026 on which clocks change somewhere, and those around it.
    const from = fc
      .tuple(
        fc.constantFrom('2026-03-08', '2026-03-29', '2026-04-05', '2026-10-04', '2026-10-25'),
        fc.integer({ min: -1440, max: 1440 }),
      )
      .map(([day, minute]) => Date.parse(day) + minute * MINUTE);
    fc.assert(
      fc.property(anyHours, from, fc.integer({ min: 1, max: 600 }), (some, start, count) => {
        const within = isWithin(some);
        let [left, now] = [count, start];
        while (left > 0 && now < start + 9 * 1440 * MINUTE) {
          if (within(now)) left -= 1;
          now += MINUTE;
        }
        fc.pre(left === 0);
        expect(addWithin(some, start, count * MINUTE)).toBe(now);
      }),
      { numRuns: 60 },
    );
  });

  test('ends after 400 days for hours that are hardly ever open', () => {
    const rare: Hours = { ...office, from: '09:00', to: '09:01', days: ['mon'] };
    expect(addWithin(rare, 0, 600 * MINUTE)).toBe(400 * 1440 * MINUTE);
  });
});
