import * as v from 'valibot';

const Maybe = v.nullable(v.string());

/** A change of consent as it lies in the store: what a backup holds. */
export const ConsentRow = v.strictObject({
  person: v.string(),
  key: v.string(),
  at: v.number(),
  scope: v.picklist(['all', 'marketing', 'notification']),
  to: v.picklist(['out', 'in']),
  source: v.picklist(['keyword', 'opt', 'channel', 'hand', 'import']),
  words: Maybe,
  callback_id: Maybe,
  rule: Maybe,
  rulebook: Maybe,
  by: Maybe,
  why: Maybe,
  channel: Maybe,
  identity: Maybe,
  app_id: Maybe,
  answer: v.string(),
  undone: Maybe,
});
export type ConsentRow = v.InferOutput<typeof ConsentRow>;

/** Where a page of the record ends. */
export interface RecordPlace {
  readonly person: string;
  readonly key: string;
}

/** Which changes to take back: those of a rule since a time (milliseconds), and who says so. */
export interface Undo {
  readonly rule: string;
  readonly since: number;
  readonly by: string;
  readonly why: string;
}

/** The record of consent in an object's storage: to be copied, put back, and corrected. Consent is a legal record, so nothing is removed. */
export interface ConsentRecord {
  readonly page: (after: RecordPlace | undefined, limit: number) => ConsentRow[];
  /** Puts rows back; a row that is there stays as it is. Says whose consent may have changed. */
  readonly restore: (rows: readonly ConsentRow[]) => readonly string[];
  /** Marks a rule's changes as undone; they stay in the history and no longer count. Says whose. */
  readonly undo: (undo: Undo) => readonly string[];
}

const COLUMNS =
  'person, key, at, scope, "to", source, words, callback_id, rule, rulebook, "by", why, channel, identity, app_id, answer, undone';

/** Opens the record over the table of changes. */
export function openConsentRecord(sql: SqlStorage): ConsentRecord {
  return {
    page: (after, limit) =>
      sql
        .exec<ConsentRow>(
          `SELECT ${COLUMNS} FROM changes WHERE (person, key) > (?, ?) ORDER BY person, key LIMIT ?`,
          after?.person ?? '',
          after?.key ?? '',
          limit,
        )
        .toArray(),
    restore: (rows) =>
      rows.flatMap((row) =>
        sql
          .exec<{ person: string }>(
            `INSERT OR IGNORE INTO changes (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING person`,
            ...[row.person, row.key, row.at, row.scope, row.to, row.source, row.words, row.callback_id, row.rule],
            ...[row.rulebook, row.by, row.why, row.channel, row.identity, row.app_id, row.answer, row.undone],
          )
          .toArray()
          .map(({ person }) => person),
      ),
    undo: ({ rule, since, by, why }) => [
      ...new Set(
        sql
          .exec<{ person: string }>(
            'UPDATE changes SET undone = ? WHERE rule = ? AND at >= ? AND undone IS NULL RETURNING person',
            `${by}: ${why}`,
            rule,
            since,
          )
          .toArray()
          .map(({ person }) => person),
      ),
    ],
  };
}
