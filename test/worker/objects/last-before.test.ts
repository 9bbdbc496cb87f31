import { runInDurableObject } from 'cloudflare:test';
import { afterEach, expect, test } from 'vitest';
import { lastBefore } from '../../../src/objects/changes/last-before.ts';
import { env } from '../box.ts';
import { reset } from '../storage.ts';

afterEach(reset);

test('the feed is read from a time on without reading what is before it', async () => {
  await runInDurableObject(env.CHANGES.getByName('any'), (_, { storage: { sql } }) => {
    let read = 0;
    const counted = new Proxy(sql, {
      get:
        () =>
        (text: string, ...values: unknown[]) => {
          const rows = sql.exec(text, ...values).toArray();
          read += rows.length;
          return { toArray: () => rows };
        },
    });
    // Every third change is left, three of them at a time.
    for (let seq = 12; seq <= 900; seq += 3)
      sql.exec(
        `INSERT INTO changes (seq, id, kind, at, recorded_at, stored_at, subject, data)
         VALUES (?1, 'change ' || ?1, 'capability', 0, 0, ?2, 'P', '{}')`,
        ...[seq, Math.floor(seq / 9) * 10],
      );
    const after = (seq: number): unknown[] =>
      sql.exec('SELECT seq FROM changes WHERE seq > ? ORDER BY seq', seq).toArray();
    const since = (time: number): unknown[] =>
      sql.exec('SELECT seq FROM changes WHERE stored_at >= ? ORDER BY seq', time).toArray();
    for (const time of [0, 9, 10, 11, 20, 505, 510, 990, 1_000, 1_001, 9_999]) {
      read = 0;
      expect(after(lastBefore(time, { floor: 9, newest: 903 }, counted))).toEqual(since(time));
      expect(read).toBeLessThan(15);
    }
  });
});
