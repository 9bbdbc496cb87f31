import { describe, expect, test } from 'vitest';
import {
  meantDay,
  meantDuration,
  meantRate,
  meantScalar,
  meantShare,
  meantTime,
  meantTimeOfDay,
} from '../../../src/rules/model/meant-values.ts';

/** What a rule author probably means by a value that is refused; `undefined`: nobody can know. */
describe('what is meant by', () => {
  test.each<[unknown, string | undefined]>([
    ['7 days', '7d'],
    ['007 days', '7d'],
    ['a week', '7d'],
    ['1 week', '7d'],
    ['two weeks', '14d'],
    ['an hour', '1h'],
    ['ten minutes', '10m'],
    ['30-sec.', '30s'],
    ['P7D', '7d'],
    ['PT90S', '90s'],
    ['PT1H30M', undefined],
    ['1h 30m', '90m'],
    ['2 hours and 5 minutes', '125m'],
    ['3 bananas', undefined],
    ['many days', undefined],
    ['0 days', undefined],
    [86_400, '1d'],
    [7_200, '2h'],
    [600, '10m'],
    [90, '90s'],
    [59, undefined],
    [60.5, undefined],
    [{}, undefined],
  ])('the duration %j', (written, meant) => expect(meantDuration(written)).toBe(meant));

  test.each<[unknown, string | undefined]>([
    ['10/min', '10/minute'],
    ['10 per minute', '10/minute'],
    ['5 a second', '5/second'],
    ['100 each hour', '100/hour'],
    ['240 per day', '10/hour'],
    ['240 per hour', '240/hour'],
    ['10 per day', undefined],
    ['10 per fortnight', undefined],
    [5, '5/minute'],
    [0, '0'],
    [-1, undefined],
    ['none', '0'],
    ['nothing much', undefined],
  ])('the rate %j', (written, meant) => expect(meantRate(written)).toBe(meant));

  test.each<[unknown, string | undefined]>([
    ['9am', '09:00'],
    ['9:00', '09:00'],
    ['9.30', '09:30'],
    ['12am', '00:00'],
    ['12pm', '12:00'],
    ['11:15 p.m.', '23:15'],
    ['18h', '18:00'],
    ['18:00:59', '18:00'],
    ['23:59', '23:59'],
    ['24:00', '00:00'],
    ['10:60', undefined],
    ['noon', '12:00'],
  ])('the time of day %j', (written, meant) => expect(meantTimeOfDay(written)).toBe(meant));

  test.each<[unknown, string | undefined]>([
    ['2027-01-31', '2027-01-31T00:00:00Z'],
    ['2027/1/3 8:05', '2027-01-03T08:05:00Z'],
    ['31.01.2027', '2027-01-31T00:00:00Z'],
    ['2027-01-31T18:00:09', '2027-01-31T18:00:09Z'],
    ['2027-13-01', undefined],
    ['next week', undefined],
  ])('the time %j', (written, meant) => expect(meantTime(written)).toBe(meant));

  test.each<[unknown, string | undefined]>([
    ['Monday', 'mon'],
    ['THU', 'thu'],
    ['someday', undefined],
  ])('the day %j', (written, meant) => expect(meantDay(written)).toBe(meant));

  test.each<[unknown, number | undefined]>([
    ['5%', 0.05],
    [5, 0.05],
    ['0,5', 0.5],
    [0.25, 0.25],
    [1, 0.01],
    [99, 0.99],
    [100, undefined],
    ['0', undefined],
    ['half', undefined],
  ])('the share %j', (written, meant) => expect(meantShare(written)).toBe(meant));

  test.each<[unknown, string, number | boolean | undefined]>([
    [' 5 ', 'number', 5],
    ['', 'number', undefined],
    ['five', 'number', 5],
    ['5', 'string', undefined],
  ])('%j where a %s is expected', (written, wanted, meant) =>
    expect(meantScalar(written, wanted)).toBe(meant));
});
