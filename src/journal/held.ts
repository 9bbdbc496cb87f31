import * as v from 'valibot';
import { addressOf } from '../actions/action.ts';
import { Effect, type Hold } from '../actions/effect.ts';
import { stableId } from '../callbacks/stable-id.ts';
import type { DataKey } from '../data-key.ts';
import type { Entities } from '../entities/index.ts';

export const HeldRow = v.object({
  id: v.string(),
  at: v.number(),
  cause: v.picklist(['budget', 'pause']),
  because: v.string(),
  rule: v.string(),
  action: v.string(),
  app_id: v.string(),
  callback_id: v.string(),
  state: v.picklist(['held', 'released', 'dropped']),
});
export type HeldRow = v.InferOutput<typeof HeldRow>;

/** Which held work is meant; nothing said is all of it. */
export interface Which {
  readonly id?: string | undefined;
  readonly rule?: string | undefined;
  readonly action?: string | undefined;
  readonly pause?: string | undefined;
}

/** What was decided and waits, in D1. */
export interface Held {
  readonly keep: (effect: Effect, hold: Hold) => Promise<void>;
  readonly list: (which: Which, limit: number) => Promise<readonly HeldRow[]>;
  /** Lets at most `limit` go on, or drops them; says how many, and whether there are more. */
  readonly settle: (
    which: Which,
    to: 'released' | 'dropped',
    by: string,
    at: number,
    limit: number,
  ) => Promise<{ readonly settled: number; readonly more: boolean }>;
  readonly count: () => Promise<number>;
}

const WHERE = `state = 'held' AND (?1 IS NULL OR id = ?1) AND (?2 IS NULL OR rule = ?2) AND (?3 IS NULL OR action = ?3) AND (?4 IS NULL OR pause = ?4)`;
const boundTo = ({ id, rule, action, pause }: Which) => [id ?? null, rule ?? null, action ?? null, pause ?? null];

/** Opens what is held. */
export function openHeld(
  { DB, EFFECTS }: Pick<Env, 'DB' | 'EFFECTS'>,
  dataKey: DataKey,
  { recipients, lines }: Pick<Entities, 'recipients' | 'lines'>,
  now: () => number,
): Held {
  return {
    async keep(effect, { cause, because, pause }) {
      const { subject, rule, action, key } = effect;
      const person = subject.channel && subject.identity ? await recipients.personOf(addressOf(subject)) : null;
      await DB.prepare(
        'INSERT OR IGNORE INTO held (id, at, cause, because, pause, rule, action, app_id, callback_id, person, work) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
      )
        .bind(
          await stableId(['held', key]),
          now(),
          cause,
          because,
          pause ?? null,
          rule.name,
          action,
          subject.appId,
          subject.callbackId,
          person,
          await dataKey.seal(JSON.stringify(effect)),
        )
        .run();
    },

    async list(which, limit) {
      const rows = await DB.prepare(`SELECT * FROM held WHERE ${WHERE} ORDER BY at, id LIMIT ?5`)
        .bind(...boundTo(which), limit)
        .all();
      return v.parse(v.array(HeldRow), rows.results);
    },

    async settle(which, to, by, at, limit) {
      const rows = await DB.prepare(`SELECT id, work FROM held WHERE ${WHERE} ORDER BY at, id LIMIT ?5`)
        .bind(...boundTo(which), limit)
        .all<{ id: string; work: string }>();
      const ids = rows.results.map(({ id }) => id);
      for (const { work } of rows.results) {
        const effect = v.parse(Effect, JSON.parse(await dataKey.unseal(work)));
        const { line, key } = effect;
        if (to === 'released') {
          if (line) await lines.expect(line.name, key, now());
          await EFFECTS.send({ ...effect, held: undefined, released: true });
        } else if (line) await lines.leave(line.name, key);
      }
      await DB.prepare(
        'UPDATE held SET state = ?, decided_at = ?, decided_by = ? WHERE id IN (SELECT value FROM json_each(?))',
      )
        .bind(to, at, by, JSON.stringify(ids))
        .run();
      return { settled: ids.length, more: ids.length === limit };
    },

    async count() {
      return (await DB.prepare("SELECT count(*) AS n FROM held WHERE state = 'held'").first<number>('n')) ?? 0;
    },
  };
}
