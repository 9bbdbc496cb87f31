import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { reset } from '../storage.ts';
import { NAME, NOW, rated, sender } from './sender.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: NOW }));

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

describe('a quality rating', () => {
  test('is answered with the one before it by event time; a redelivery gets its first answer', async () => {
    expect(await sender().noteRating(NAME, rated('GREEN', NOW))).toEqual({});
    expect(await sender().noteRating(NAME, rated('RED', NOW + 2))).toEqual({ previous: 'GREEN' });
    expect(await sender().noteRating(NAME, rated('YELLOW', NOW + 1))).toEqual({
      previous: 'GREEN',
    });
    expect(await sender().noteRating(NAME, rated('RED', NOW + 2))).toEqual({ previous: 'GREEN' });
    expect(await sender().noteRating(NAME, rated('GREEN', NOW))).toEqual({});
  });

  test('is preceded by what Sinch says preceded it', async () => {
    await sender().noteRating(NAME, rated('GREEN', NOW));
    expect(
      await sender().noteRating(NAME, { ...rated('RED', NOW + 1), previous: 'YELLOW' }),
    ).toEqual({
      previous: 'YELLOW',
    });
    expect(await sender().noteRating(NAME, rated('RED', NOW + 1))).toEqual({ previous: 'YELLOW' });
  });

  test('of the same moment precedes none', async () => {
    await sender().noteRating(NAME, rated('GREEN', NOW));
    expect(await sender().noteRating(NAME, rated('RED', NOW))).toEqual({});
  });

  test('can be looked at without being kept', async () => {
    await sender().noteRating(NAME, rated('GREEN', NOW));
    expect(await sender().ratingBefore(rated('RED', NOW + 1))).toEqual({ previous: 'GREEN' });
    expect(await sender().read(NOW + 2)).toMatchObject({
      quality: 'GREEN',
      history: { length: 1 },
    });
  });

  test('has been since it changed, not since it was last said', async () => {
    for (const note of [rated('GREEN', NOW), rated('RED', NOW + 1), rated('RED', NOW + 5)])
      await sender().noteRating(NAME, note);
    expect(await sender().read(NOW + 9)).toMatchObject({ quality: 'RED', since: NOW + 1 });
    await sender().noteRating(NAME, rated('YELLOW', NOW + 3));
    expect(await sender().read(NOW + 9)).toMatchObject({ quality: 'RED', since: NOW + 5 });
  });

  test('is unknown of a sender that nobody heard of', async () => {
    expect(await sender('app-2:SMS').read(NOW)).toEqual({
      quality: null,
      since: null,
      messagingLimit: null,
      throttle: null,
      limits: [],
      history: [],
    });
  });
});
