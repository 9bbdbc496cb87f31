import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clock, readSince, readTime } from '../../src/cli/time.ts';

const now = () => Date.parse('2026-11-20T23:30:00Z');
const ZONES = ['UTC', 'Europe/Stockholm', 'America/New_York', 'Asia/Kolkata', 'Pacific/Auckland'];

describe('clock', () => {
  test.each([
    ['UTC', '2026-11-20 12:00:03'],
    ['Europe/Stockholm', '2026-11-20 13:00:03 +01:00'],
    ['Europe/London', '2026-11-20 12:00:03 +00:00'],
    ['Asia/Kolkata', '2026-11-20 17:30:03 +05:30'],
    ['America/New_York', '2026-11-20 07:00:03 -05:00'],
  ])('shows a time in %s with its offset', (zone, shown) => {
    expect(clock('2026-11-20T12:00:03.412Z', zone)).toBe(shown);
  });
});

describe('readTime', () => {
  test.each([
    ['Europe/Stockholm', '2026-11-21 03:00', '2026-11-21T02:00:00.000Z'],
    ['Europe/Stockholm', '2026-07-21T03:00:30', '2026-07-21T01:00:30.000Z'],
    ['Europe/Stockholm', '2026-11-21', '2026-11-20T23:00:00.000Z'],
    // Already the 21st in Stockholm.
    ['Europe/Stockholm', '03:00', '2026-11-21T02:00:00.000Z'],
    ['UTC', '03:00', '2026-11-20T03:00:00.000Z'],
    ['Asia/Kolkata', '2026-11-21T03:00:00Z', '2026-11-21T03:00:00.000Z'],
    ['Asia/Kolkata', '2026-11-21T03:00:00+01:00', '2026-11-21T02:00:00.000Z'],
    // Skipped by the change to summer time: 02:30 is 03:30.
    ['Europe/Stockholm', '2026-03-29 02:30', '2026-03-29T01:30:00.000Z'],
    // Twice that night: the first.
    ['Europe/Stockholm', '2026-10-25 02:30', '2026-10-25T00:30:00.000Z'],
  ])('in %s, %s is %s', (zone, written, iso) => {
    expect(readTime('--at', written, { now, zone })).toBe(iso);
  });

  test.each([
    'tomorrow',
    '25:00',
    '2026-13-01',
    '2026-11-21T03',
    '',
    '7d',
    '3',
  ])('refuses %j and names the zone', (written) => {
    expect(() => readTime('--at', written, { now, zone: 'Europe/Stockholm' })).toThrow(
      `--at ${written}: expected a time like "2026-11-21 03:00" or "03:00" (in Europe/Stockholm)`,
    );
  });

  test('reads back what clock shows, in every zone', () => {
    const seconds = fc.integer({ min: 1_600_000_000, max: 2_000_000_000 });
    fc.assert(
      fc.property(seconds, fc.constantFrom(...ZONES), (second, zone) => {
        const iso = new Date(second * 1000).toISOString();
        const [date, time, offset = 'Z'] = clock(iso, zone).split(' ');
        expect(readTime('--at', `${date}T${time}${offset}`, { now, zone })).toBe(iso);
      }),
    );
  });
});

test('readSince leaves a duration to the Worker', () => {
  expect(readSince('--since', '7d', { now, zone: 'UTC' })).toBe('7d');
  expect(readSince('--since', '2026-11-20 10:00', { now, zone: 'Asia/Kolkata' })).toBe(
    '2026-11-20T04:30:00.000Z',
  );
});
