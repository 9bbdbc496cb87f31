import { describe, expect, test } from 'vitest';
import { isTimeZone, stepsOf } from '../../../src/objects/messages/calendar.ts';

const at = (text: string): number => Date.parse(text);
const steps = (unit: Parameters<typeof stepsOf>[0], since: string, until: string, zone: string) => {
  const { bounds, labels } = stepsOf(unit, { since: at(since), until: at(until) }, zone);
  expect(bounds).toHaveLength(labels.length + 1);
  return labels.map((label, place) => {
    const from = bounds[place] ?? 0;
    return [
      label,
      new Date(from).toISOString().slice(0, 16),
      ((bounds[place + 1] ?? 0) - from) / 3_600_000,
    ];
  });
};

describe('steps of time', () => {
  test('without a unit are one, widened to quarters of an hour', () => {
    expect(steps(undefined, '2026-03-01T10:07:00Z', '2026-03-01T10:31:00Z', 'UTC')).toEqual([
      ['', '2026-03-01T10:00', 0.75],
    ]);
  });

  test.each([
    [
      'days of UTC',
      ['day', '2026-03-01T22:00:00Z', '2026-03-03T01:00:00Z', 'UTC'],
      [
        ['2026-03-01', '2026-03-01T22:00', 2],
        ['2026-03-02', '2026-03-02T00:00', 24],
        ['2026-03-03', '2026-03-03T00:00', 1],
      ],
    ],
    [
      'days when the clocks go forward',
      ['day', '2026-03-27T23:00:00Z', '2026-03-30T22:00:00Z', 'Europe/Stockholm'],
      [
        ['2026-03-28', '2026-03-27T23:00', 24],
        ['2026-03-29', '2026-03-28T23:00', 23],
        ['2026-03-30', '2026-03-29T22:00', 24],
      ],
    ],
    [
      'days when the clocks go back',
      ['day', '2026-10-24T22:00:00Z', '2026-10-26T23:00:00Z', 'Europe/Stockholm'],
      [
        ['2026-10-25', '2026-10-24T22:00', 25],
        ['2026-10-26', '2026-10-25T23:00', 24],
      ],
    ],
    [
      'days of a zone that is a quarter of an hour off',
      ['day', '2026-03-01T18:00:00Z', '2026-03-02T18:15:00Z', 'Asia/Kathmandu'],
      [
        ['2026-03-01', '2026-03-01T18:00', 0.25],
        ['2026-03-02', '2026-03-01T18:15', 24],
      ],
    ],
    [
      'hours',
      ['hour', '2026-03-01T10:30:00Z', '2026-03-01T12:00:00Z', 'Asia/Kolkata'],
      [
        ['2026-03-01T16:00', '2026-03-01T10:30', 1],
        ['2026-03-01T17:00', '2026-03-01T11:30', 0.5],
      ],
    ],
    [
      'months',
      ['month', '2026-01-31T00:00:00Z', '2026-03-01T00:00:00Z', 'UTC'],
      [
        ['2026-01', '2026-01-31T00:00', 24],
        ['2026-02', '2026-02-01T00:00', 28 * 24],
      ],
    ],
  ] as const)('%s', (_, [unit, since, until, zone], expected) => {
    expect(steps(unit, since, until, zone)).toEqual(expected);
  });
});

test('a time zone is one of the tz database', () => {
  expect(['Europe/Stockholm', 'UTC', 'Mars/Base'].map(isTimeZone)).toEqual([true, true, false]);
});
