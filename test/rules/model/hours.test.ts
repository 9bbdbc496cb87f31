import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { formatHours, Hours, isWithin } from '../../../src/rules/model/hours.ts';

const within = (hours: object, time: string): boolean =>
  isWithin(v.parse(Hours, hours))(Date.parse(time));
const stockholm = { timeZone: 'Europe/Stockholm' };
const office = { from: '09:00', to: '17:00', ...stockholm };
const night = { from: '22:00', to: '06:00', ...stockholm };

describe('withinHours', () => {
  test.each([
    // 20 November 2026 is a Friday; Stockholm is an hour ahead of UTC in winter and two in summer.
    ['the first minute counts', office, '2026-11-20T08:00:00Z', true],
    ['the minute before does not', office, '2026-11-20T07:59:59Z', false],
    ['the last minute counts', office, '2026-11-20T15:59:59Z', true],
    ['the closing time does not', office, '2026-11-20T16:00:00Z', false],
    ['summer time is an hour earlier', office, '2026-07-01T07:00:00Z', true],
    ['and closes an hour earlier', office, '2026-07-01T15:00:00Z', false],
    ['a night spans midnight: before it', night, '2026-11-20T21:00:00Z', true],
    ['a night spans midnight: after it', night, '2026-11-20T04:59:00Z', true],
    ['a night ends', night, '2026-11-20T05:00:00Z', false],
    [
      'a night belongs to the day it starts on',
      { ...night, days: ['fri'] },
      '2026-11-21T03:00:00Z',
      true,
    ],
    ['and not to the day it ends on', { ...night, days: ['sat'] }, '2026-11-21T03:00:00Z', false],
    ['Sunday’s night ends on Monday', { ...night, days: ['sun'] }, '2026-11-23T03:00:00Z', true],
    [
      'days are the time zone’s',
      { from: '00:00', to: '24:00', timeZone: 'Asia/Tokyo', days: ['sat'] },
      '2026-11-20T15:00:00Z',
      true,
    ],
    [
      'midnight itself is 00:00',
      { from: '00:00', to: '00:01', timeZone: 'UTC' },
      '2026-11-20T00:00:30Z',
      true,
    ],
    [
      'a whole day',
      { from: '00:00', to: '24:00', timeZone: 'UTC', days: ['fri'] },
      '2026-11-20T23:59:59Z',
      true,
    ],
    [
      'half-hour zones',
      { from: '09:00', to: '17:00', timeZone: 'Asia/Kolkata' },
      '2026-11-20T03:30:00Z',
      true,
    ],
    // The clocks go from 02:00 to 03:00 on 29 March 2026, and from 03:00 back to 02:00 on 25 October.
    [
      'the hour that does not exist',
      { from: '02:00', to: '03:00', ...stockholm },
      '2026-03-29T01:00:00Z',
      false,
    ],
    [
      'the hour that comes twice, first',
      { from: '02:00', to: '03:00', ...stockholm },
      '2026-10-25T00:30:00Z',
      true,
    ],
    [
      'the hour that comes twice, again',
      { from: '02:00', to: '03:00', ...stockholm },
      '2026-10-25T01:30:00Z',
      true,
    ],
    [
      'and is then over',
      { from: '02:00', to: '03:00', ...stockholm },
      '2026-10-25T02:00:00Z',
      false,
    ],
  ])('%s', (_, hours, time, expected) => expect(within(hours, time)).toBe(expected));

  test.each([
    [{ ...office, from: '9:00' }],
    [{ ...office, to: '24:01' }],
    [{ ...office, from: '24:00' }],
    [{ ...office, to: '09:00' }],
    [{ ...office, timeZone: '' }],
    [{ ...office, days: [] }],
    [{ ...office, days: ['friday'] }],
    [{ ...office, day: 'fri' }],
  ])('refuses %j', (hours) => expect(v.is(Hours, hours)).toBe(false));

  test('speaks', () =>
    expect(formatHours(v.parse(Hours, { ...office, days: ['mon', 'tue'] }))).toBe(
      '09:00–17:00 on mon and tue (Europe/Stockholm time)',
    ));
});
