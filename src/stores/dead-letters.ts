import * as v from 'valibot';
import { readCallbackText } from '../callbacks/callback.ts';
import type { Address } from '../callbacks/model.ts';
import { addressOf } from '../callbacks/shapes/parts.ts';
import type { DataKey } from '../crypto/data-key.ts';
import { stableId } from '../crypto/stable-id.ts';
import { AppError } from '../errors.ts';
import { Note } from '../journal/journal-message.ts';
import type { Objects } from '../objects/index.ts';
import { sendWork } from '../pipeline/effect-queue.ts';
import { Deferred, Effect, TallyNote, Work } from '../work/effect.ts';
import type { DeadLetter } from '../work/services.ts';
import type { SealedColumn } from './keys/sealed.ts';

/** A dead letter as the API shows it. Times are milliseconds since 1970. */
export const DeadLetterRow = v.object({
  id: v.string(),
  at: v.number(),
  queue: v.picklist(['effects', 'forwards', 'callbacks', 'journal']),
  action: v.nullable(v.string()),
  rule: v.nullable(v.string()),
  callback_id: v.nullable(v.string()),
  code: v.string(),
  reason: v.string(),
  attempts: v.number(),
  redelivered_at: v.nullable(v.number()),
  dropped: v.nullable(v.string()),
});
export type DeadLetterRow = v.InferOutput<typeof DeadLetterRow>;

/** The dead letters in D1. */
export interface DeadLetters {
  readonly keep: (letter: DeadLetter) => Promise<string>;
  /** Returns at most `limit` dead letters that are older than `before`, newest first. */
  readonly list: (limit: number, before?: string) => Promise<readonly DeadLetterRow[]>;
  /** Puts a dead letter back on its queue. @throws AppError `not_found`; `action_impossible` if this version cannot read it */
  readonly redeliver: (id: string, now: number) => Promise<DeadLetterRow>;
  /** Marks a dead letter as dropped; `reason`: by whom and why. It can still be redelivered. @throws AppError `not_found` */
  readonly drop: (id: string, reason: string) => Promise<DeadLetterRow>;
  /** Returns how many are neither redelivered nor dropped, of one queue or of all. */
  readonly count: (queue?: DeadLetter['queue']) => Promise<number>;
}

const COLUMNS =
  'id, at, queue, action, rule, callback_id, code, reason, attempts, redelivered_at, dropped';

/** The work of dead letters, for the rotation of keys. */
export const deadLetterWork: SealedColumn = { table: 'dead_letters', key: ['id'], column: 'work' };

/** Opens the dead letters. */
export function openDeadLetters(
  {
    DB,
    EFFECTS,
    FORWARDS,
    CALLBACKS,
    JOURNAL_QUEUE,
  }: Pick<Env, 'DB' | 'EFFECTS' | 'FORWARDS' | 'CALLBACKS' | 'JOURNAL_QUEUE'>,
  dataKey: DataKey,
  { personOf }: Pick<Objects['recipients'], 'personOf'>,
  now: () => number,
): DeadLetters {
  return {
    async keep({ queue, work, code, reason, attempts }) {
      const parsed = v.safeParse(Effect, work);
      // An effect that fails again after a redelivery is the same dead letter.
      const id = await stableId([
        'dead letter',
        queue,
        parsed.success ? parsed.output.key : JSON.stringify(work),
      ]);
      const { person, contactId, callbackId } = await aboutOf(work, personOf);
      await DB.prepare(
        `INSERT INTO dead_letters (id, at, queue, action, rule, callback_id, person, contact_id, code, reason, attempts, work, body_key) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET at = excluded.at, code = excluded.code, reason = excluded.reason, attempts = excluded.attempts, redelivered_at = NULL, dropped = NULL`,
      )
        .bind(
          id,
          now(),
          queue,
          parsed.success ? parsed.output.action : null,
          parsed.success ? parsed.output.rule.name : null,
          callbackId ?? null,
          person ?? null,
          contactId ?? null,
          code,
          reason,
          attempts,
          await dataKey.encrypt(JSON.stringify(work)),
          bodyKeyIn(work) ?? null,
        )
        .run();
      return id;
    },
    async list(limit, before) {
      const rows = await DB.prepare(
        `SELECT ${COLUMNS} FROM dead_letters WHERE ?1 IS NULL OR (at, id) < (SELECT at, id FROM dead_letters WHERE id = ?1) ORDER BY at DESC, id DESC LIMIT ?2`,
      )
        .bind(before ?? null, limit)
        .all();
      return v.parse(v.array(DeadLetterRow), rows.results);
    },
    async redeliver(id, at) {
      const row = await DB.prepare(`SELECT ${COLUMNS}, work FROM dead_letters WHERE id = ?`)
        .bind(id)
        .first();
      const parsed = v.safeParse(v.object({ ...DeadLetterRow.entries, work: v.string() }), row);
      if (!parsed.success) throw unknown(id);
      const { work: sealed, ...letter } = parsed.output;
      const work: unknown = JSON.parse(await dataKey.decrypt(sealed));
      if (letter.queue === 'callbacks') await CALLBACKS.send(readable(Deferred, work));
      else if (letter.queue === 'journal') await JOURNAL_QUEUE.send(readable(Note, work));
      else await sendWork(readable(Work, work), { effects: EFFECTS, forwards: FORWARDS });
      await DB.prepare('UPDATE dead_letters SET redelivered_at = ? WHERE id = ?')
        .bind(at, id)
        .run();
      return { ...letter, redelivered_at: at };
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
    async count(queue) {
      const open = await DB.prepare(
        'SELECT count(*) AS n FROM dead_letters WHERE redelivered_at IS NULL AND dropped IS NULL AND queue = coalesce(?, queue)',
      )
        .bind(queue ?? null)
        .first<number>('n');
      return open ?? 0;
    },
  };
}

const unknown = (id: string): AppError =>
  new AppError('not_found', `there is no dead letter "${id}"`);

/** Parses the work of a dead letter. @throws AppError `action_impossible`: work that this version cannot read would only fail again */
function readable<T>(schema: v.GenericSchema<unknown, T>, work: unknown): T {
  const read = v.safeParse(schema, work);
  if (read.success) return read.output;
  throw new AppError(
    'action_impossible',
    'this version of Signalbox cannot read it; the version that queued it can',
  );
}

const WithBody = v.object({ body: v.object({ key: v.string() }) });

/** Returns the key of the body in R2 that the work needs. */
function bodyKeyIn(work: unknown): string | undefined {
  const read = v.safeParse(WithBody, work);
  return read.success ? read.output.body.key : undefined;
}

/** What a dead letter is about: so that an erasure and a search find it. */
interface About {
  readonly callbackId?: string | undefined;
  readonly person?: string | undefined;
  readonly contactId?: string | undefined;
}

/** Returns the callback, person and contact that a dead letter is about. The person is missing if its body is in R2. */
async function aboutOf(
  work: unknown,
  personOf: (address: Address) => Promise<string>,
): Promise<About> {
  const effect = v.safeParse(Effect, work);
  if (effect.success) {
    const { subject } = effect.output;
    const address = addressOf(subject, subject.appId);
    return {
      callbackId: subject.callbackId,
      person: address && (await personOf(address)),
      contactId: subject.contactId,
    };
  }
  const tally = v.safeParse(TallyNote, work);
  if (tally.success) return { callbackId: tally.output.id, person: tally.output.people?.[0] };
  const note = v.safeParse(Note, work);
  if (note.success) return note.output.kind === 'entry' ? { person: note.output.entry.person } : {};
  const deferred = v.safeParse(Deferred, work);
  if (!deferred.success) return {};
  if ('key' in deferred.output.body) return { callbackId: deferred.output.id };
  try {
    const { body, receivedAt } = deferred.output;
    const { id, subject, envelope } = await readCallbackText(body.text, receivedAt);
    const address = addressOf(subject, envelope.appId);
    return {
      callbackId: id,
      person: address && (await personOf(address)),
      contactId: subject.contactId,
    };
  } catch {
    // An unreadable callback may be the reason for the dead letter.
    return { callbackId: deferred.output.id };
  }
}
