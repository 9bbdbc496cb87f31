import * as v from 'valibot';
import { type DataKey, nonceIn, nonceOf } from '../../crypto/data-key.ts';
import { stableId } from '../../crypto/stable-id.ts';
import type { Objects } from '../../objects/index.ts';
import { sendWork } from '../../pipeline/enqueue.ts';
import { Effect, type Hold } from '../../work/effect.ts';
import type { JournalWriter } from '../../work/services.ts';
import { erasesPeople, notErased } from '../erasure/not-erased.ts';
import type { SealedColumn } from '../keys/sealed.ts';
import { peopleNamedIn } from './held-people.ts';

export const HeldRow = v.object({
  id: v.string(),
  at: v.number(),
  cause: v.picklist(['budget', 'pause']),
  reason: v.string(),
  rule: v.string(),
  action: v.string(),
  app_id: v.string(),
  callback_id: v.string(),
  state: v.picklist(['held', 'released', 'resumed', 'dropped']),
  decided_at: v.nullable(v.number()),
  decided_by: v.nullable(v.string()),
  decision_reason: v.nullable(v.string()),
});
export type HeldRow = v.InferOutput<typeof HeldRow>;

/** Selects held work. Empty: all of it. */
export interface HeldFilter {
  readonly id?: string | undefined;
  readonly rule?: string | undefined;
  readonly action?: string | undefined;
  readonly pause?: string | undefined;
}

/** A decision about held work. `released`: it runs, whatever else is paused; `resumed`: other pauses and budgets still apply. */
export interface Settlement {
  readonly to: 'released' | 'resumed' | 'dropped';
  readonly actor: string;
  readonly reason: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** How many were decided, and whether there are more. */
export interface Settled {
  readonly settled: number;
  readonly more: boolean;
}

type Outcomes = Pick<JournalWriter, 'outcome'>;

/** Effects that wait because of a pause or a spent budget, in D1. */
export interface Held {
  readonly keep: (effect: Effect, hold: Hold) => Promise<void>;
  /** Removes held work whose effect runs after all. */
  readonly remove: (effect: Effect) => Promise<void>;
  /** Returns waiting work, oldest first; or with `settled` the decided work, newest first. */
  readonly list: (
    which: HeldFilter,
    limit: number,
    settled?: boolean,
  ) => Promise<readonly HeldRow[]>;
  /** Releases, resumes or drops at most `limit`, and records that in the journal. */
  readonly settle: (
    which: HeldFilter,
    settlement: Settlement,
    limit: number,
    journal: Outcomes,
  ) => Promise<Settled>;
  /** Resumes all work whose pause has ended. */
  readonly resumeEnded: (journal: Outcomes) => Promise<Settled>;
  /** Returns how many wait. */
  readonly count: (which: HeldFilter) => Promise<number>;
}

const MATCHES =
  '(?1 IS NULL OR id = ?1) AND (?2 IS NULL OR rule = ?2) AND (?3 IS NULL OR action = ?3) AND (?4 IS NULL OR pause = ?4)';
const boundTo = ({ id, rule, action, pause }: HeldFilter) => [
  id ?? null,
  rule ?? null,
  action ?? null,
  pause ?? null,
];

/** Held work, for the rotation of keys. */
export const heldWork: SealedColumn = { table: 'held', key: ['id'], column: 'work' };

/** How many one call of `resumeEnded` resumes. */
const MAX_RESUMED = 500;

/** Opens the held work. */
export function openHeld(
  { DB, EFFECTS, FORWARDS, ARCHIVE }: Pick<Env, 'DB' | 'EFFECTS' | 'FORWARDS' | 'ARCHIVE'>,
  dataKey: DataKey,
  objects: Objects,
  now: () => number,
): Held {
  const { fifo, pauses } = objects;
  const idOf = ({ key }: Effect): Promise<string> => stableId(['held', key]);

  async function settleRows(
    rows: readonly { id: string; work: string }[],
    { to, actor, reason, at }: Settlement,
    journal: Outcomes,
  ): Promise<void> {
    const words = `${to} by ${actor}: ${reason}`;
    const settled: Effect[] = [];
    for (const { work } of rows) {
      const { held: _, ...effect } = v.parse(Effect, JSON.parse(await dataKey.decrypt(work)));
      const { fifo: line, key } = effect;
      if (to === 'dropped') {
        if (line) await fifo.leave(line.name, key);
      } else {
        if (line) await fifo.setDue(line.name, key, now());
        const again = { ...effect, after: words, ...(to === 'released' && { released: true }) };
        await sendWork(again, { effects: EFFECTS, forwards: FORWARDS });
      }
      settled.push(effect);
    }
    // Another pause may hold an effect again before this is written: then its nonce differs, and it stays held.
    await DB.prepare(
      `UPDATE held SET state = ?1, decided_at = ?2, decided_by = ?3, decision_reason = ?4
       WHERE state = 'held' AND id IN (SELECT json_extract(value, '$[0]') FROM json_each(?5))
         AND ${nonceIn('work')} IN (SELECT json_extract(value, '$[1]') FROM json_each(?5))`,
    )
      .bind(to, at, actor, reason, JSON.stringify(rows.map(({ id, work }) => [id, nonceOf(work)])))
      .run();
    // Released work may have ended by now: what became of it is the later outcome.
    for (const effect of settled)
      journal.outcome(effect, {
        outcome: to === 'dropped' ? 'skipped' : 'queued',
        detail: words,
        at,
      });
  }

  return {
    async keep(effect, { cause, reason, pause }) {
      const { subject, rule, action } = effect;
      // Work about an event before a person's erasure is not stored. Resumed work may be held again; released or dropped work stays so.
      await DB.prepare(
        `INSERT INTO held (id, at, cause, reason, pause, rule, action, app_id, callback_id, people, work)
         SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11
         WHERE ${notErased('?10', '?12', '?13')}
         ON CONFLICT (id) DO UPDATE SET state = 'held', cause = excluded.cause, reason = excluded.reason,
           pause = excluded.pause, work = excluded.work, decided_at = NULL, decided_by = NULL, decision_reason = NULL
         WHERE held.state IN ('held', 'resumed')`,
      )
        .bind(
          await idOf(effect),
          now(),
          cause,
          reason,
          pause ?? null,
          rule.name,
          action,
          subject.appId,
          subject.callbackId,
          JSON.stringify(await peopleNamedIn(effect, { objects, dataKey, ARCHIVE })),
          await dataKey.encrypt(JSON.stringify(effect)),
          subject.eventTime,
          erasesPeople(action),
        )
        .run();
    },

    async remove(effect) {
      await DB.prepare("DELETE FROM held WHERE id = ? AND state = 'held'")
        .bind(await idOf(effect))
        .run();
    },

    async list(which, limit, settled = false) {
      const rows = await DB.prepare(
        settled
          ? `SELECT * FROM held WHERE state <> 'held' AND ${MATCHES} ORDER BY decided_at DESC, id LIMIT ?5`
          : `SELECT * FROM held WHERE state = 'held' AND ${MATCHES} ORDER BY at, id LIMIT ?5`,
      )
        .bind(...boundTo(which), limit)
        .all();
      return v.parse(v.array(HeldRow), rows.results);
    },

    async settle(which, settlement, limit, journal) {
      const { results } = await DB.prepare(
        `SELECT id, work FROM held WHERE state = 'held' AND ${MATCHES} ORDER BY at, id LIMIT ?5`,
      )
        .bind(...boundTo(which), limit)
        .all<{ id: string; work: string }>();
      await settleRows(results, settlement, journal);
      return { settled: results.length, more: results.length === limit };
    },

    async resumeEnded(journal) {
      const inForce = (await pauses.pausesNow(now())).map(({ id }) => id);
      const { results } = await DB.prepare(
        `SELECT id, work FROM held WHERE state = 'held' AND cause = 'pause'
         AND pause NOT IN (SELECT value FROM json_each(?)) ORDER BY at, id LIMIT ?`,
      )
        .bind(JSON.stringify(inForce), MAX_RESUMED)
        .all<{ id: string; work: string }>();
      const settlement = {
        to: 'resumed',
        actor: 'Signalbox',
        reason: 'its pause has ended',
        at: now(),
      } as const;
      await settleRows(results, settlement, journal);
      return { settled: results.length, more: results.length === MAX_RESUMED };
    },

    async count(which) {
      const counted = DB.prepare(
        `SELECT count(*) AS n FROM held WHERE state = 'held' AND ${MATCHES}`,
      );
      return (await counted.bind(...boundTo(which)).first<number>('n')) ?? 0;
    },
  };
}
