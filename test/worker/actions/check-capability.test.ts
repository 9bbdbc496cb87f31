import { afterEach, describe, expect, test, vi } from 'vitest';
import { openBox } from '../box.ts';
import { reset } from '../storage.ts';
import { capability } from './bodies.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

describe('check_capability', () => {
  test('asks again later and later, and stops after five times', async () => {
    const box = openBox();
    let request = '01JFIRST';
    const waits: number[] = [];
    for (let round = 0; round < 8; round++) {
      const before = Date.now();
      await box.take(capability(request));
      const due =
        box.line.waiting().find(({ body }) => JSON.stringify(body).includes('check_capability'))
          ?.due ?? before;
      waits.push(Math.floor((due - before) / 60_000));
      await box.drain(7 * 86_400);
      request = String((await box.arrivals('capability:query')).at(-1)?.body.request_id);
    }
    expect(await box.arrivals('capability:query')).toHaveLength(5);
    expect(waits.slice(0, 4)).toEqual([...waits.slice(0, 4)].toSorted((a, b) => a - b));
  });
});
