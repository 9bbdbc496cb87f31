import * as v from 'valibot';
import { readCallback } from '../callbacks/callback.ts';
import { stableId } from '../callbacks/callback-id.ts';
import { mayReport, type Secrets } from '../callbacks/signature.ts';
import { AppError, codeOf, messageOf } from '../errors.ts';

const DAY = 86_400_000;

/** A signed body that cannot be read, as the API shows it. Times are milliseconds since 1970. */
export const QuarantineRow = v.object({
  id: v.string(),
  at: v.number(),
  code: v.string(),
  reason: v.string(),
  bytes: v.number(),
  times: v.number(),
  redelivered_at: v.nullable(v.number()),
});
export type QuarantineRow = v.InferOutput<typeof QuarantineRow>;

const Whole = v.object({
  ...QuarantineRow.entries,
  signers: v.pipe(v.string(), v.parseJson(), v.array(v.string())),
});

const COLUMNS = 'id, at, code, reason, bytes, times, redelivered_at';
const keyOf = (id: string): string => `quarantine/${id}`;

/**
 * Stores a signed body that cannot be read, the body in R2 and a row in D1, and returns its id. The
 * same body again only increments `times`.
 * @param signers the apps whose secret signed it
 *
 * @storage R2 quarantine/ | signed bodies that cannot be parsed | `POST /callbacks` | `POST
 *   /v1/quarantine/{id}/redeliver`, and you | 90 days
 */
export async function quarantine(
  body: Uint8Array<ArrayBuffer>,
  error: unknown,
  at: number,
  signers: readonly string[],
  { DB, ARCHIVE }: Pick<Env, 'DB' | 'ARCHIVE'>,
): Promise<string> {
  const id = await stableId(['quarantine'], body);
  await ARCHIVE.put(keyOf(id), body);
  await DB.prepare(
    `INSERT INTO quarantine (id, at, code, reason, bytes, signers) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET
     times = times + 1, at = excluded.at, code = excluded.code, reason = excluded.reason, signers = excluded.signers, redelivered_at = NULL`,
  )
    .bind(id, at, codeOf(error), messageOf(error), body.byteLength, JSON.stringify(signers))
    .run();
  return id;
}

/** Returns at most `limit` rows that are older than `before`, newest first. */
export async function listQuarantine(
  limit: number,
  before: string | undefined,
  DB: D1Database,
): Promise<readonly QuarantineRow[]> {
  const rows = await DB.prepare(
    `SELECT ${COLUMNS} FROM quarantine WHERE ?1 IS NULL OR (at, id) < (SELECT at, id FROM quarantine WHERE id = ?1) ORDER BY at DESC, id DESC LIMIT ?2`,
  )
    .bind(before ?? null, limit)
    .all();
  return v.parse(v.array(QuarantineRow), rows.results);
}

/** Returns how many bodies of the last day were not redelivered, and why the newest cannot be read. `now` in milliseconds since 1970. */
export async function countRecentQuarantine(
  now: number,
  DB: D1Database,
): Promise<{ readonly last_day: number; readonly newest_code: string | null }> {
  const { results } = await DB.prepare(
    'SELECT code, count(*) OVER () AS n FROM quarantine WHERE at >= ? AND redelivered_at IS NULL ORDER BY at DESC LIMIT 1',
  )
    .bind(now - DAY)
    .all<{ code: string; n: number }>();
  return { last_day: results[0]?.n ?? 0, newest_code: results[0]?.code ?? null };
}

/**
 * Puts a body on the queue `callbacks`, with the time at which it last arrived.
 * @param now milliseconds since 1970
 * @throws AppError `not_found`; `callback_*` if it still cannot be read; `conflict` if its secret is for another app
 */
export async function redeliverQuarantined(
  id: string,
  now: number,
  secrets: Secrets,
  { DB, ARCHIVE, CALLBACKS }: Pick<Env, 'DB' | 'ARCHIVE' | 'CALLBACKS'>,
): Promise<QuarantineRow> {
  const row = await DB.prepare(`SELECT ${COLUMNS}, signers FROM quarantine WHERE id = ?`)
    .bind(id)
    .first();
  const body = row && (await ARCHIVE.get(keyOf(id)));
  if (!body) throw new AppError('not_found', `there is no body "${id}" in quarantine`);
  const { signers, ...kept } = v.parse(Whole, row);
  const callback = await readCallback(new Uint8Array(await body.arrayBuffer()), kept.at);
  if (!mayReport(secrets, { app: signers[0] ?? '*', apps: signers }, callback))
    throw new AppError(
      'conflict',
      'it was signed with a secret that is configured for another app',
    );
  await CALLBACKS.send({
    id: callback.id,
    body: { key: keyOf(id) },
    receivedAt: kept.at,
    reason: 'redelivered from quarantine',
  });
  await DB.prepare('UPDATE quarantine SET redelivered_at = ? WHERE id = ?').bind(now, id).run();
  return { ...kept, redelivered_at: now };
}
