import { runInDurableObject } from 'cloudflare:test';
import { afterEach, expect, test, vi } from 'vitest';
import type { Change } from '../../../src/objects/changes/change.ts';
import { openChangeOutbox } from '../../../src/objects/changes/change-outbox.ts';
import { env } from '../box.ts';
import { reset } from '../storage.ts';
import { countedSql } from './counted-sql.ts';

afterEach(reset);

test('adding a change reads as few rows while many changes wait', async () => {
  const read = await runInDurableObject(env.RECIPIENTS.getByName('waiting'), (_, { storage }) => {
    const { sql, rowsReadBy } = countedSql(storage.sql);
    const outbox = openChangeOutbox(sql, async () => {});
    const add = (n: number): void =>
      outbox.add({ id: `change-${n}`, kind: 'capability', at: n, subject: 'P', data: {} });
    for (let n = 0; n < 499; n++) add(n);
    return rowsReadBy(() => add(499));
  });
  expect(read).toBeLessThan(10);
});

test('no more changes wait than it may hold, erasures stay, and the feed learns once that some are lost', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => {});
  vi.useFakeTimers({ toFake: ['Date'], now: 4e12 });
  const passed: [first: string | undefined, last: string | undefined, isAfterLost: boolean][] = [];
  const { waiting, reported } = await runInDurableObject(
    env.RECIPIENTS.getByName('lost'),
    async (_, { storage: { sql } }) => {
      const outbox = openChangeOutbox(
        sql,
        async (changes: readonly Change[], isAfterLost) =>
          void passed.push([changes[0]?.id, changes.at(-1)?.id, isAfterLost]),
        1_500,
      );
      outbox.erase('Q');
      for (let n = 2; n <= 4_000; n++)
        outbox.add({ id: `${n}`, kind: 'capability', at: n, subject: 'P', data: {} });
      const { n } = sql.exec<{ n: number }>('SELECT count(*) AS n FROM waiting_changes').one();
      vi.setSystemTime(4e12 + 2_000);
      await outbox.flush();
      return { waiting: n, reported: outbox.next() };
    },
  );
  expect(waiting).toBe(1_501);
  expect(passed.map(([, , isAfterLost]) => isAfterLost)).toEqual([true, false, false, false]);
  expect(passed[0]?.[0]).toBe('erased/Q/4000000000000');
  expect(passed.at(-1)?.[1]).toBe('4000');
  expect(reported).toBe(undefined);
  vi.useRealTimers();
  vi.restoreAllMocks();
});
