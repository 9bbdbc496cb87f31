import * as v from 'valibot';
import { actionNamed } from '../actions/index.ts';
import type { DataKey } from '../crypto/data-key.ts';
import { stableId } from '../crypto/stable-id.ts';
import { AppError } from '../errors.ts';
import type { Objects } from '../objects/index.ts';
import { hashContact } from '../pipeline/people.ts';
import { Effect } from '../work/effect.ts';
import type { DeadLetter } from '../work/services.ts';
import { aboutOf, bodyKeyIn } from './dead-letter-about.ts';
import { type Message, partsOf, readable, sendAgain, tryReadable } from './dead-letter-messages.ts';
import { erasesPeople, notErased } from './erasure/not-erased.ts';
import type { SealedColumn } from './keys/sealed.ts';

/** A dead letter as the API shows it. Times are milliseconds since 1970. */
export const DeadLetterRow = v.object({
  id: v.string(),
  at: v.number(),
  queue: v.picklist(['effects', 'forwards', 'callbacks', 'journal']),
  action: v.nullable(v.string()),
  rule: v.nullable(v.string()),
  /** Where it was to be sent: a destination of alerts.json. */
  destination: v.nullable(v.string()),
  /** The id of the alert that could not be sent. */
  alert: v.nullable(v.string()),
  callback_id: v.nullable(v.string()),
  code: v.string(),
  reason: v.string(),
  attempts: v.number(),
  /** When it was put back on its queue, or will be delivered from it. */
  redelivered_at: v.nullable(v.number()),
  dropped: v.nullable(v.string()),
});
export type DeadLetterRow = v.InferOutput<typeof DeadLetterRow>;

/** Selects dead letters; empty: all. `since` and `until` (exclusive) are milliseconds since 1970. */
export interface DeadLetterFilter {
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  readonly queue?: string | undefined;
  readonly destination?: string | undefined;
  readonly rule?: string | undefined;
  readonly action?: string | undefined;
  readonly code?: string | undefined;
  /** `true`: only those that are neither redelivered nor dropped. */
  readonly open?: boolean | undefined;
}

/** One step of a bulk operation: how many were redelivered or dropped, how many no version here can read, and where to go on. */
export interface BulkStep {
  readonly done: number;
  readonly unreadable: number;
  /** The id after which the next step begins; `undefined` at the end. */
  readonly next: string | undefined;
}

/** A dead letter with the title of its alert, if it is about one that still has a title. */
export type TitledLetter = DeadLetterRow & { readonly title: string | null };

/** The dead letters in D1. */
export interface DeadLetters {
  /** Stores a dead letter, unless it is about an event before its person was erased, and returns its id. */
  readonly keep: (letter: DeadLetter) => Promise<string>;
  /** Returns at most `limit` dead letters that are older than `before`, newest first. */
  readonly list: (
    limit: number,
    before?: string,
    which?: DeadLetterFilter,
  ) => Promise<readonly TitledLetter[]>;
  /** Returns one dead letter. @throws AppError `not_found` */
  readonly read: (id: string) => Promise<TitledLetter>;
  /** Puts a dead letter back on its queue. @throws AppError `not_found`; `action_impossible` if this version cannot read it */
  readonly redeliver: (id: string, now: number) => Promise<DeadLetterRow>;
  /**
   * Puts up to 100 open dead letters back on their queues, oldest first, as many a second as `pace`. They continue behind those
   * that were put back before and still wait. @throws AppError `throttled` when the waiting ones take half a day
   */
  readonly redeliverAll: (
    which: DeadLetterFilter,
    pace: number,
    after: string | undefined,
  ) => Promise<BulkStep>;
  /** Marks a dead letter as dropped; `reason`: by whom and why. It can still be redelivered. @throws AppError `not_found` */
  readonly drop: (id: string, reason: string) => Promise<DeadLetterRow>;
  /** Marks all selected open dead letters as dropped and returns how many. */
  readonly dropAll: (which: DeadLetterFilter, reason: string) => Promise<number>;
  /** Returns how many are neither redelivered nor dropped, of one queue or of all. */
  readonly count: (queue?: DeadLetter['queue']) => Promise<number>;
  /** Returns how many are selected. */
  readonly countOf: (which: DeadLetterFilter) => Promise<number>;
}

const COLUMNS =
  'id, at, queue, action, rule, destination, alert, callback_id, code, reason, attempts, redelivered_at, dropped';

/** The parameters 1 to 8 of a statement that selects dead letters. */
const MATCHES = `at >= coalesce(?1, 0) AND at < coalesce(?2, ${Number.MAX_SAFE_INTEGER}) AND (?3 IS NULL OR queue = ?3)
  AND (?4 IS NULL OR destination = ?4) AND (?5 IS NULL OR rule = ?5) AND (?6 IS NULL OR action = ?6)
  AND (?7 IS NULL OR code = ?7) AND (?8 = 0 OR (redelivered_at IS NULL AND dropped IS NULL))`;
const boundTo = (which: DeadLetterFilter) => [
  which.since ?? null,
  which.until ?? null,
  which.queue ?? null,
  which.destination ?? null,
  which.rule ?? null,
  which.action ?? null,
  which.code ?? null,
  which.open ? 1 : 0,
];

/** The most dead letters of one step, and the longest delay of a queue message in milliseconds. Source: Cloudflare Queues, limits. */
const STEP = 100;
const MAX_DELAY = 12 * 3_600_000;

type Reach = Pick<Env, 'DB' | 'EFFECTS' | 'FORWARDS' | 'CALLBACKS' | 'JOURNAL_QUEUE'>;
type Sealed = DeadLetterRow & { readonly work: string };
const Sealed = v.object({ ...DeadLetterRow.entries, work: v.string() });

/** The work of dead letters, for the rotation of keys. */
export const deadLetterWork: SealedColumn = { table: 'dead_letters', key: ['id'], column: 'work' };

/** Opens the dead letters. */
export function openDeadLetters(
  env: Reach,
  dataKey: DataKey,
  { recipients, alerts }: Pick<Objects, 'recipients' | 'alerts'>,
  now: () => number,
): DeadLetters {
  const { DB } = env;
  const queues = {
    effects: env.EFFECTS,
    forwards: env.FORWARDS,
    callbacks: env.CALLBACKS,
    journal: env.JOURNAL_QUEUE,
  };
  const open = async ({ work }: Sealed): Promise<unknown> =>
    JSON.parse(await dataKey.decrypt(work));

  async function titled(row: unknown): Promise<TitledLetter> {
    const { work, ...letter } = v.parse(Sealed, row);
    if (letter.alert !== null)
      return { ...letter, title: await alertTitle(letter.alert).catch(() => null) };
    const action = letter.action === null ? undefined : actionNamed(letter.action);
    if (!action?.alert) return { ...letter, title: null };
    const effect = v.safeParse(Effect, await open({ ...letter, work }));
    const title =
      effect.success &&
      action.alert(effect.output.params, effect.output, effect.output.subject).title;
    return { ...letter, title: title || null };
  }

  /** The title of an alert, unless it is over or its content was erased. */
  async function alertTitle(id: string): Promise<string | null> {
    const group = await alerts.group(id).read();
    return Object.values(group?.members ?? {})[0]?.title || null;
  }

  async function sealed(id: string): Promise<Sealed> {
    const row = await DB.prepare(`SELECT ${COLUMNS}, work FROM dead_letters WHERE id = ?`)
      .bind(id)
      .first();
    if (!row) throw unknown(id);
    return v.parse(Sealed, row);
  }

  const store = async (letter: Parameters<DeadLetters['keep']>[0]): Promise<string> => {
    const { queue, work, code, reason, attempts } = letter;
    const parsed = v.safeParse(Effect, work);
    // An effect that fails again after a redelivery is the same dead letter.
    const id = await stableId([
      'dead letter',
      queue,
      parsed.success ? parsed.output.key : JSON.stringify(work),
    ]);
    const about = await aboutOf(work, recipients.personOf);
    const { person, contactId, callbackId, destination, alert, eventTime } = about;
    const people = [person, contactId && hashContact(contactId, dataKey)].filter(Boolean);
    await DB.prepare(
      `INSERT INTO dead_letters (id, at, queue, action, rule, destination, alert, callback_id, person, contact_id, code, reason, attempts, work, body_key)
         SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15 WHERE ${notErased('?16', '?17', '?18')}
         ON CONFLICT (id) DO UPDATE SET at = excluded.at, code = excluded.code, reason = excluded.reason, attempts = excluded.attempts, redelivered_at = NULL, dropped = NULL`,
    )
      .bind(
        id,
        now(),
        queue,
        parsed.success ? parsed.output.action : null,
        parsed.success ? parsed.output.rule.name : null,
        destination ?? null,
        alert ?? null,
        callbackId ?? null,
        person ?? null,
        contactId ?? null,
        code,
        reason,
        attempts,
        await dataKey.encrypt(JSON.stringify(work)),
        bodyKeyIn(work) ?? null,
        JSON.stringify(people),
        eventTime ?? null,
        parsed.success ? erasesPeople(parsed.output.action) : 0,
      )
      .run();
    return id;
  };

  return {
    async keep(letter) {
      const ids: string[] = [];
      for (const work of partsOf(letter.queue, letter.work))
        ids.push(await store({ ...letter, work }));
      return ids.at(-1) ?? '';
    },
    async list(limit, before, which = {}) {
      const rows = await DB.prepare(
        `SELECT ${COLUMNS}, work FROM dead_letters WHERE ${MATCHES}
           AND (?9 IS NULL OR (at, id) < (SELECT at, id FROM dead_letters WHERE id = ?9)) ORDER BY at DESC, id DESC LIMIT ?10`,
      )
        .bind(...boundTo(which), before ?? null, limit)
        .all();
      return Promise.all(rows.results.map(titled));
    },
    read: async (id) => titled(await sealed(id)),
    async redeliver(id, at) {
      const letter = await sealed(id);
      await sendAgain([{ ...readable(letter.queue, await open(letter)), delaySeconds: 0 }], queues);
      await DB.prepare('UPDATE dead_letters SET redelivered_at = ? WHERE id = ?')
        .bind(at, id)
        .run();
      const { work: _, ...row } = letter;
      return { ...row, redelivered_at: at };
    },
    async redeliverAll(which, pace, after) {
      const { results } = await DB.prepare(
        `SELECT ${COLUMNS}, work FROM dead_letters WHERE ${MATCHES}
           AND (?9 IS NULL OR (at, id) > (SELECT at, id FROM dead_letters WHERE id = ?9)) ORDER BY at, id LIMIT ?10`,
      )
        .bind(...boundTo({ ...which, open: true }), after ?? null, STEP)
        .all();
      // Those that were put back before take their turns first.
      const latest = await DB.prepare(
        'SELECT max(redelivered_at) AS at FROM dead_letters',
      ).first<number>('at');
      const gap = 1000 / pace;
      const from = now();
      const start = latest !== null && latest >= from ? latest + gap : from;
      if (results.length > 0 && start - from + results.length * gap > MAX_DELAY)
        throw new AppError('throttled', 'the dead letters that wait already take half a day', {
          retryAfter: 3_600,
        });
      const letters = v.parse(v.array(Sealed), results);
      const messages: Message[] = [];
      const due: [string, number][] = [];
      for (const letter of letters) {
        const at = Math.round(start + messages.length * gap);
        const message = tryReadable(letter.queue, await open(letter));
        if (!message) continue;
        messages.push({ ...message, delaySeconds: Math.floor((at - from) / 1000) });
        due.push([letter.id, at]);
      }
      await sendAgain(messages, queues);
      await DB.prepare(
        `UPDATE dead_letters SET redelivered_at = (SELECT json_extract(value, '$[1]') FROM json_each(?1) WHERE json_extract(value, '$[0]') = dead_letters.id)
         WHERE id IN (SELECT json_extract(value, '$[0]') FROM json_each(?1))`,
      )
        .bind(JSON.stringify(due))
        .run();
      return {
        done: due.length,
        unreadable: letters.length - due.length,
        next: letters.length === STEP ? letters.at(-1)?.id : undefined,
      };
    },
    async drop(id, reason) {
      const row = await DB.prepare(
        `UPDATE dead_letters SET dropped = ? WHERE id = ? RETURNING ${COLUMNS}`,
      )
        .bind(reason, id)
        .first();
      if (!row) throw unknown(id);
      return v.parse(DeadLetterRow, row);
    },
    async dropAll(which, reason) {
      const { meta } = await DB.prepare(`UPDATE dead_letters SET dropped = ?9 WHERE ${MATCHES}`)
        .bind(...boundTo({ ...which, open: true }), reason)
        .run();
      return meta.changes;
    },
    count: (queue) => countOf({ queue, open: true }),
    countOf,
  };

  async function countOf(which: DeadLetterFilter): Promise<number> {
    const counted = DB.prepare(`SELECT count(*) AS n FROM dead_letters WHERE ${MATCHES}`);
    return (await counted.bind(...boundTo(which)).first<number>('n')) ?? 0;
  }
}

const unknown = (id: string): AppError =>
  new AppError('not_found', `there is no dead letter "${id}"`);
