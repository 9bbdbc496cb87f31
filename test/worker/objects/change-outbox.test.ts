import { runInDurableObject } from 'cloudflare:test';
import { afterEach, expect, test } from 'vitest';
import { openChangeOutbox } from '../../../src/objects/changes/change-outbox.ts';
import { env } from '../box.ts';
import { reset } from '../storage.ts';

afterEach(reset);

test('adding a change reads as few rows while many changes wait', async () => {
  const read = await runInDurableObject(
    env.RECIPIENTS.getByName('waiting'),
    (_, { storage: { sql } }) => {
      const cursors: SqlStorageCursor<Record<string, SqlStorageValue>>[] = [];
      const counted = new Proxy(sql, {
        get:
          () =>
          (text: string, ...values: unknown[]) => {
            const cursor = sql.exec(text, ...values);
            cursors.push(cursor);
            return cursor;
          },
      });
      const outbox = openChangeOutbox(counted, async () => {});
      for (let n = 0; n < 500; n++)
        outbox.add({ id: `change-${n}`, kind: 'capability', at: n, subject: 'P', data: {} });
      return cursors.map(({ rowsRead }) => rowsRead);
    },
  );
  expect(read.at(-1)).toBeLessThan(10);
});
