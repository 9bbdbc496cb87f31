import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { evict, reset } from '../storage.ts';

/** Ahead of the runtime's own clock, so that no alarm rings by itself. */
const NOW = Date.parse('2100-01-01T00:00:00Z');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const lines = () => env.FIFO.getByName('shard-0');
const ahead = async (line: string, ticket: string, now = NOW) =>
  (await lines().turn(line, ticket, now)).ahead;

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: NOW }));
afterEach(async () => {
  vi.useRealTimers();
  await reset();
});

describe('a line', () => {
  test('goes in the order in which places were drawn, one after the other', async () => {
    for (const ticket of ['a', 'b', 'c']) await lines().join('x', ticket, NOW);
    expect([await ahead('x', 'a'), await ahead('x', 'b'), await ahead('x', 'c')]).toEqual([
      0, 1, 2,
    ]);
    await lines().leave('x', 'a');
    expect([await ahead('x', 'b'), await ahead('x', 'c')]).toEqual([0, 1]);
  });

  test('knows nothing of another', async () => {
    await lines().join('x', 'a', NOW);
    await lines().join('y', 'b', NOW);
    expect(await ahead('y', 'b')).toBe(0);
  });

  test('keeps a place that is drawn again, also when the object was evicted', async () => {
    const first = await lines().join('x', 'a', NOW);
    expect(await lines().join('x', 'b', NOW)).toBeGreaterThan(first);
    await evict(lines());
    expect(await lines().join('x', 'a', NOW + HOUR)).toBe(first);
    expect(await ahead('x', 'b')).toBe(1);
  });

  test('gives places that only grow, also when it was empty meanwhile', async () => {
    const first = await lines().join('x', 'a', NOW);
    await lines().leave('x', 'a');
    expect(await lines().join('x', 'b', NOW)).toBeGreaterThan(first);
  });

  test.each([
    ['left', async () => lines().leave('x', 'b')],
    ['never drew', async () => {}],
  ])('makes nobody wait who %s', async (_, before) => {
    await lines().join('x', 'a', NOW);
    await before();
    expect(await lines().turn('x', 'b', NOW)).toEqual({ ahead: 0, wait: 0 });
  });
});

describe('how long to wait', () => {
  test.each([
    ['is short while the first is under way', NOW, NOW, 200],
    ['lasts until the first is tried again', NOW + 40 * MINUTE, NOW, 40 * MINUTE + 200],
    ['grows while the first is overdue', NOW, NOW + 4 * MINUTE, MINUTE + 200],
    [
      'is a quarter of an hour at most when the first is long overdue',
      NOW,
      NOW + 5 * HOUR,
      15 * MINUTE + 200,
    ],
    [
      'is a quarter of an hour when the first waits for a person',
      Number.POSITIVE_INFINITY,
      NOW,
      15 * MINUTE + 200,
    ],
  ])('%s', async (_, due, now, wait) => {
    await lines().join('x', 'a', NOW);
    await lines().join('x', 'b', now);
    await lines().setDue('x', 'a', due);
    expect(await lines().turn('x', 'b', now)).toEqual({ ahead: 1, wait });
  });
});

describe('a place that nobody leaves', () => {
  test('is passed over when its owner is six hours overdue', async () => {
    for (const ticket of ['a', 'b']) await lines().join('x', ticket, NOW);
    expect(await ahead('x', 'b', NOW + 6 * HOUR - 1)).toBe(1);
    expect(await ahead('x', 'b', NOW + 6 * HOUR)).toBe(0);
  });

  test.each([
    ['of one that is tried again and again', 12 * HOUR],
    ['of one that waits for a person', Number.POSITIVE_INFINITY],
  ])('%s ends after three days', async (_, later) => {
    for (const ticket of ['a', 'b']) await lines().join('x', ticket, NOW);
    for (let now = NOW; now < NOW + 3 * DAY; now += 12 * HOUR) {
      await lines().setDue('x', 'a', now + later);
      await lines().setDue('x', 'b', now + later);
      expect(await ahead('x', 'b', now)).toBe(1);
    }
    expect([await ahead('x', 'b', NOW + 3 * DAY), await ahead('x', 'a', NOW + 3 * DAY)]).toEqual([
      0, 0,
    ]);
  });

  test('is forgotten by the alarm', async () => {
    await lines().join('x', 'a', NOW);
    await lines().join('x', 'b', NOW + DAY);
    const places = () =>
      runInDurableObject(lines(), (_, { storage }) =>
        storage.sql.exec('SELECT ticket FROM tickets').toArray(),
      );
    vi.setSystemTime(NOW + 3 * DAY);
    await runDurableObjectAlarm(lines());
    expect(await places()).toEqual([{ ticket: 'b' }]);
    vi.setSystemTime(NOW + 4 * DAY);
    await runDurableObjectAlarm(lines());
    expect(await places()).toEqual([]);
  });
});
