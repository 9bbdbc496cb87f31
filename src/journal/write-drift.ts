import type { Drift } from './journal-message.ts';

/** Writes a drift, once a day. */
export async function writeDrift(drift: Drift, DB: D1Database): Promise<void> {
  const { day, kind, trigger, name, value, at, callbackId, fixture } = drift;
  await DB.prepare(
    'INSERT OR IGNORE INTO drift (day, kind, trigger, name, value, at, callback_id, fixture) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  )
    .bind(day, kind, trigger, name, value, at, callbackId, fixture)
    .run();
}

/** Returns whether a drift of that day is stored. */
export async function hasDrift(
  { day, kind, trigger, name, value }: Drift,
  DB: D1Database,
): Promise<boolean> {
  const found = await DB.prepare(
    'SELECT 1 FROM drift WHERE day = ? AND kind = ? AND trigger = ? AND name = ? AND value = ?',
  )
    .bind(day, kind, trigger, name, value)
    .first();
  return found !== null;
}
