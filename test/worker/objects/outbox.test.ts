import { runInDurableObject } from 'cloudflare:test';
import { afterEach, expect, test, vi } from 'vitest';
import { openOutbox } from '../../../src/objects/outbox.ts';
import { env } from '../box.ts';
import { reset } from '../storage.ts';
import { countedSql } from './counted-sql.ts';

afterEach(async () => {
  vi.useRealTimers();
  await reset();
});

test('what is due next, and what is due, is found by as few rows while many copies wait', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: 4e12 });
  const published: string[] = [];
  const [next, flushed] = await runInDurableObject(
    env.RECIPIENTS.getByName('many-copies'),
    async (_, { storage }) => {
      const { sql, rowsReadBy } = countedSql(storage.sql);
      const outbox = openOutbox(sql, async (key) => void published.push(key));
      outbox.mark('first');
      vi.setSystemTime(4e12 + 1_000);
      for (let n = 0; n < 500; n++) outbox.mark(`later-${n}`);
      return [await rowsReadBy(() => outbox.next()), await rowsReadBy(() => outbox.flush())];
    },
  );
  expect(published).toEqual(['first']);
  expect(next).toBeLessThan(10);
  expect(flushed).toBeLessThan(20);
});
