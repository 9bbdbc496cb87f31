import * as v from 'valibot';
import { stableId } from '../../callbacks/callback-id.ts';
import type { DataKey } from '../../crypto/data-key.ts';
import type { Objects } from '../../objects/index.ts';
import { Effect, type Hold } from '../../work/effect.ts';
import type { JournalWriter } from '../../work/services.ts';
import { everybodyIn } from './held-people.ts';

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

/** Which held work is meant; nothing said is all of it. */
export interface Which {
  readonly id?: string | undefined;
  readonly rule?: string | undefined;
  readonly action?: string | undefined;
  readonly pause?: string | undefined;
}

/** What becomes of held work. `released`: it is done, whatever else is paused; `resumed`: other pauses and budgets still count. */
export interface Settlement {
  readonly to: 'released' | 'resumed' | 'dropped';
  readonly actor: string;
  readonly reason: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** How many were settled, and whether there are more. */
export interface Settled {
  readonly settled: number;
  readonly more: boolean;
}

type Outcomes = Pick<JournalWriter, 'outcome'>;

/** What was decided and waits, in D1. */
export interface Held {
  readonly keep: (effect: Effect, hold: Hold) => Promise<void>;
  /** It is done after all: it waits no more. */
  readonly takeBack: (effect: Effect) => Promise<void>;
  /** What waits, the oldest first; or what was settled, the newest first. */
  readonly list: (which: Which, limit: number, settled?: boolean) => Promise<readonly HeldRow[]>;
  /** Lets at most `limit` go on, or drops them; their decisions say so. */
  readonly settle: (
    which: Which,
    settlement: Settlement,
    limit: number,
    journal: Outcomes,
  ) => Promise<Settled>;
  /** Lets go on whatever waits for a pause that is over. */
  readonly sweep: (journal: Outcomes) => Promise<Settled>;
  /** How many wait. */
  readonly count: (which: Which) => Promise<number>;
}

const MATCHES =
  '(?1 IS NULL OR id = ?1) AND (?2 IS NULL OR rule = ?2) AND (?3 IS NULL OR action = ?3) AND (?4 IS NULL OR pause = ?4)';
const boundTo = ({ id, rule, action, pause }: Which) => [
  id ?? null,
  rule ?? null,
  action ?? null,
  pause ?? null,
];

/** So much of a sealed text is its nonce, which no other has. */
const NONCE = 20;

/** The most that one sweep lets go on. */
const SWEPT = 500;

/** Opens what is held. */
export function openHeld(
  { DB, EFFECTS, ARCHIVE }: Pick<Env, 'DB' | 'EFFECTS' | 'ARCHIVE'>,
  dataKey: DataKey,
  objects: Objects,
  now: () => number,
): Held {
  const { lines, pauses } = objects;
  const idOf = ({ key }: Effect): Promise<string> => stableId(['held', key]);

  async function settleRows(
    rows: readonly { id: string; work: string }[],
    { to, actor, reason, at }: Settlement,
    journal: Outcomes,
  ): Promise<void> {
    const words = `${to} by ${actor}: ${reason}`;
    const settled: Effect[] = [];
    for (const { work } of rows) {
      const { held: _, ...effect } = v.parse(Effect, JSON.parse(await dataKey.unseal(work)));
      const { line, key } = effect;
      if (to === 'dropped') {
        if (line) await lines.leave(line.name, key);
      } else {
        if (line) await lines.expect(line.name, key, now());
        await EFFECTS.send({
          ...effect,
          after: words,
          ...(to === 'released' ? { released: true } : {}),
        });
      }
      settled.push(effect);
    }
    // What was let go may be held again by another pause before this is written: then it was sealed anew, and waits.
    await DB.prepare(
      `UPDATE held SET state = ?1, decided_at = ?2, decided_by = ?3, decision_reason = ?4
       WHERE state = 'held' AND id IN (SELECT json_extract(value, '$[0]') FROM json_each(?5))
         AND substr(work, 1, ${NONCE}) IN (SELECT json_extract(value, '$[1]') FROM json_each(?5))`,
    )
      .bind(
        to,
        at,
        actor,
        reason,
        JSON.stringify(rows.map(({ id, work }) => [id, work.slice(0, NONCE)])),
      )
      .run();
    for (const effect of settled)
      journal.outcome(effect, { outcome: to === 'dropped' ? 'skipped' : 'queued', detail: words });
  }

  return {
    async keep(effect, { cause, reason, pause }) {
      const { subject, rule, action } = effect;
      // Whoever was erased since is not brought back. What a pause let go may be held again by another; what a person released or dropped stays as that person said.
      await DB.prepare(
        `INSERT INTO held (id, at, cause, reason, pause, rule, action, app_id, callback_id, people, work)
         SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11
         WHERE NOT EXISTS (SELECT 1 FROM erased_people WHERE person IN (SELECT value FROM json_each(?10)) AND at >= ?12)
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
          JSON.stringify(await everybodyIn(effect, { objects, dataKey, ARCHIVE })),
          await dataKey.seal(JSON.stringify(effect)),
          subject.receivedAt,
        )
        .run();
    },

    async takeBack(effect) {
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

    async sweep(journal) {
      const inForce = (await pauses.pausesNow(now())).map(({ id }) => id);
      const { results } = await DB.prepare(
        `SELECT id, work FROM held WHERE state = 'held' AND cause = 'pause'
         AND pause NOT IN (SELECT value FROM json_each(?)) ORDER BY at, id LIMIT ?`,
      )
        .bind(JSON.stringify(inForce), SWEPT)
        .all<{ id: string; work: string }>();
      const settlement = {
        to: 'resumed',
        actor: 'Signalbox',
        reason: 'its pause is over',
        at: now(),
      } as const;
      await settleRows(results, settlement, journal);
      return { settled: results.length, more: results.length === SWEPT };
    },

    async count(which) {
      const counted = DB.prepare(
        `SELECT count(*) AS n FROM held WHERE state = 'held' AND ${MATCHES}`,
      );
      return (await counted.bind(...boundTo(which)).first<number>('n')) ?? 0;
    },
  };
}
