import * as v from 'valibot';
import { readCallback, UNKNOWN } from '../callbacks/callback.ts';
import { mayReport, type Secrets } from '../callbacks/signature.ts';
import { stableId } from '../crypto/stable-id.ts';
import { AppError, codeOf, messageOf } from '../errors.ts';

const DAY = 86_400_000;

/** A signed body that cannot be read or that no trigger knows, as the API shows it. Times are milliseconds since 1970. */
export const QuarantineRow = v.object({
  id: v.string(),
  at: v.number(),
  code: v.string(),
  reason: v.string(),
  bytes: v.number(),
  times: v.number(),
  redelivered_at: v.nullable(v.number()),
  dropped: v.nullable(v.string()),
});
export type QuarantineRow = v.InferOutput<typeof QuarantineRow>;

const Whole = v.object({
  ...QuarantineRow.entries,
  signers: v.pipe(v.string(), v.parseJson(), v.array(v.string())),
});

const COLUMNS = 'id, at, code, reason, bytes, times, redelivered_at, dropped';

/** Selects bodies; empty: all. `since` and `until` (exclusive) are milliseconds since 1970. */
export interface QuarantineFilter {
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  readonly code?: string | undefined;
  /** `true`: only those that are neither redelivered nor dropped. */
  readonly open?: boolean | undefined;
}

/** The parameters 1 to 4 of a statement that selects bodies. */
const MATCHES = `at >= coalesce(?1, 0) AND at < coalesce(?2, ${Number.MAX_SAFE_INTEGER}) AND (?3 IS NULL OR code = ?3)
  AND (?4 = 0 OR (redelivered_at IS NULL AND dropped IS NULL))`;
const boundTo = ({ since, until, code, open }: QuarantineFilter) => [
  since ?? null,
  until ?? null,
  code ?? null,
  open ? 1 : 0,
];

const keyOf = (id: string): string => `quarantine/${id}`;

/**
 * Stores a signed body that cannot be read or that no trigger knows, the body in R2 and a row in D1, and returns its id. The
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
     times = times + 1, at = excluded.at, code = excluded.code, reason = excluded.reason, signers = excluded.signers, redelivered_at = NULL, dropped = NULL`,
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
  which: QuarantineFilter = {},
): Promise<readonly QuarantineRow[]> {
  const rows = await DB.prepare(
    `SELECT ${COLUMNS} FROM quarantine WHERE ${MATCHES}
       AND (?5 IS NULL OR (at, id) < (SELECT at, id FROM quarantine WHERE id = ?5)) ORDER BY at DESC, id DESC LIMIT ?6`,
  )
    .bind(...boundTo(which), before ?? null, limit)
    .all();
  return v.parse(v.array(QuarantineRow), rows.results);
}

/** Returns how many bodies of the last day were not redelivered, and why the newest cannot be read. `now` in milliseconds since 1970. */
export async function countRecentQuarantine(
  now: number,
  DB: D1Database,
): Promise<{ readonly last_day: number; readonly newest_code: string | null }> {
  const { results } = await DB.prepare(
    'SELECT code, count(*) OVER () AS n FROM quarantine WHERE at >= ? AND redelivered_at IS NULL AND dropped IS NULL ORDER BY at DESC LIMIT 1',
  )
    .bind(now - DAY)
    .all<{ code: string; n: number }>();
  return { last_day: results[0]?.n ?? 0, newest_code: results[0]?.code ?? null };
}

/**
 * Puts a body on the queue `callbacks`, with the time at which it last arrived.
 * @param now milliseconds since 1970
 * @throws AppError `not_found`; `callback_*` or `unknown_trigger` if it still cannot be read; `conflict` if its secret is for another app
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
  if (!body) throw unknown(id);
  const { signers, ...kept } = v.parse(Whole, row);
  const callback = await readCallback(new Uint8Array(await body.arrayBuffer()), kept.at);
  if (callback.trigger === UNKNOWN)
    throw new AppError('unknown_trigger', 'no trigger of this release reads it');
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

const unknown = (id: string): AppError =>
  new AppError('not_found', `there is no body "${id}" in quarantine`);

/** Returns one row. @throws AppError `not_found` */
export async function readQuarantined(id: string, DB: D1Database): Promise<QuarantineRow> {
  const row = await DB.prepare(`SELECT ${COLUMNS} FROM quarantine WHERE id = ?`).bind(id).first();
  if (!row) throw unknown(id);
  return v.parse(QuarantineRow, row);
}

/** Returns how many bodies are selected. */
export async function countQuarantined(which: QuarantineFilter, DB: D1Database): Promise<number> {
  const counted = DB.prepare(`SELECT count(*) AS n FROM quarantine WHERE ${MATCHES}`);
  return (await counted.bind(...boundTo(which)).first<number>('n')) ?? 0;
}

/** The most bodies that one step redelivers: each is read from R2. */
const STEP = 50;

/** Redelivers up to 50 open bodies, oldest first. Those that still cannot be read stay; `next`: where the next step begins. */
export async function redeliverQuarantine(
  which: QuarantineFilter,
  after: string | undefined,
  now: number,
  secrets: Secrets,
  env: Pick<Env, 'DB' | 'ARCHIVE' | 'CALLBACKS'>,
): Promise<{
  readonly done: number;
  readonly unreadable: number;
  readonly next: string | undefined;
}> {
  const { results } = await env.DB.prepare(
    `SELECT id FROM quarantine WHERE ${MATCHES}
       AND (?5 IS NULL OR (at, id) > (SELECT at, id FROM quarantine WHERE id = ?5)) ORDER BY at, id LIMIT ?6`,
  )
    .bind(...boundTo({ ...which, open: true }), after ?? null, STEP)
    .all<{ id: string }>();
  let done = 0;
  for (const { id } of results) {
    try {
      await redeliverQuarantined(id, now, secrets, env);
      done += 1;
    } catch (error) {
      if (!(error instanceof AppError) || error.retryable) throw error;
    }
  }
  const next = results.length === STEP ? results.at(-1)?.id : undefined;
  return { done, unreadable: results.length - done, next };
}

/** Marks the selected open bodies as dropped; `reason`: by whom and why. They can still be redelivered. Returns how many. */
export async function dropQuarantine(
  which: QuarantineFilter,
  reason: string,
  DB: D1Database,
): Promise<number> {
  const { meta } = await DB.prepare(`UPDATE quarantine SET dropped = ?5 WHERE ${MATCHES}`)
    .bind(...boundTo({ ...which, open: true }), reason)
    .run();
  return meta.changes;
}

/** Marks one body as dropped. @throws AppError `not_found` */
export async function dropQuarantined(
  id: string,
  reason: string,
  DB: D1Database,
): Promise<QuarantineRow> {
  const row = await DB.prepare(
    `UPDATE quarantine SET dropped = ? WHERE id = ? RETURNING ${COLUMNS}`,
  )
    .bind(reason, id)
    .first();
  if (!row) throw unknown(id);
  return v.parse(QuarantineRow, row);
}
