import * as v from 'valibot';

const Maybe = v.nullable(v.string());

/** A change of consent as it lies in the store: what a backup holds. */
export const ConsentRow = v.strictObject({
  person: v.string(),
  key: v.string(),
  at: v.number(),
  /** When it was put on record here, milliseconds: long after `at` where a callback came late or a queue waited. */
  received: v.number(),
  scope: v.picklist(['all', 'marketing', 'notification']),
  to: v.picklist(['out', 'in']),
  source: v.picklist(['keyword', 'opt', 'channel', 'hand', 'import']),
  words: Maybe,
  callback_id: Maybe,
  rule: Maybe,
  rulebook: Maybe,
  actor: Maybe,
  reason: Maybe,
  channel: Maybe,
  identity: Maybe,
  app_id: Maybe,
  answer: v.string(),
  undone: Maybe,
  evidence: Maybe,
  imported: Maybe,
  hops: v.nullable(v.number()),
});
export type ConsentRow = v.InferOutput<typeof ConsentRow>;

/** Where a page of the record ends. */
export interface RecordPlace {
  readonly person: string;
  readonly key: string;
}

/** Which changes to take back: those that a rule put on record since a time (milliseconds), and who says so. */
export interface Undo {
  readonly rule: string;
  readonly since: number;
  readonly actor: string;
  readonly reason: string;
  /** Only to be counted. */
  readonly dry?: boolean | undefined;
}

/** The record of consent in an object's storage: to be copied, put back, and corrected. Consent is a legal record, so nothing is removed. */
export interface ConsentRecord {
  readonly add: (row: ConsentRow) => void;
  readonly page: (after: RecordPlace | undefined, limit: number) => ConsentRow[];
  /** Puts rows back; a row that is there stays as it is. Says whose consent may have changed. */
  readonly restore: (rows: readonly ConsentRow[]) => readonly string[];
  /** Marks a rule's own changes as undone, never what a person decided in a review; they stay in the history and no longer count. Says whose each was, or would be. */
  readonly undo: (undo: Undo) => readonly string[];
  /** When the first change that is here was put on record. It reads the whole table. */
  readonly oldest: () => number | undefined;
}

/** The columns of a change, in the order of its table. */
const COLUMNS = Object.keys(ConsentRow.entries).map((name) => `"${name}"`);
const INTO = `INTO changes (${COLUMNS.join(', ')}) VALUES (${COLUMNS.map(() => '?').join(', ')})`;
const valuesOf = (row: ConsentRow): (string | number | null)[] =>
  // As the schema names them: the same as the columns.
  Object.keys(ConsentRow.entries).map((name) => row[name as keyof ConsentRow]);

/** Opens the record over its table. */
export function openConsentRecord(sql: SqlStorage): ConsentRecord {
  sql.exec(`CREATE TABLE IF NOT EXISTS changes (
    person TEXT NOT NULL, key TEXT NOT NULL, at INTEGER NOT NULL, received INTEGER NOT NULL, scope TEXT NOT NULL, "to" TEXT NOT NULL, source TEXT NOT NULL,
    words TEXT, callback_id TEXT, rule TEXT, rulebook TEXT, actor TEXT, reason TEXT,
    channel TEXT, identity TEXT, app_id TEXT, answer TEXT NOT NULL, undone TEXT, evidence TEXT, imported TEXT, hops INTEGER,
    PRIMARY KEY (person, key)) WITHOUT ROWID`);
  return {
    add: (row) => void sql.exec(`INSERT ${INTO}`, ...valuesOf(row)),
    page: (after, limit) =>
      sql
        .exec<ConsentRow>(
          `SELECT ${COLUMNS.join(', ')} FROM changes WHERE (person, key) > (?, ?) ORDER BY person, key LIMIT ?`,
          after?.person ?? '',
          after?.key ?? '',
          limit,
        )
        .toArray(),
    restore: (rows) =>
      rows.flatMap((row) =>
        sql
          .exec<{ person: string }>(`INSERT OR IGNORE ${INTO} RETURNING person`, ...valuesOf(row))
          .toArray()
          .map(({ person }) => person),
      ),
    undo({ rule, since, actor, reason, dry }) {
      // A rule of that name elsewhere is another's work, and so is what a person decided about what it asked.
      const own =
        'rule = ? AND received >= ? AND actor IS NULL AND undone IS NULL AND hops IS NULL';
      const touched = dry
        ? sql.exec<{ person: string }>(`SELECT person FROM changes WHERE ${own}`, rule, since)
        : sql.exec<{ person: string }>(
            `UPDATE changes SET undone = ? WHERE ${own} RETURNING person`,
            `${actor}: ${reason}`,
            rule,
            since,
          );
      return touched.toArray().map(({ person }) => person);
    },
    oldest: () =>
      sql.exec<{ oldest: number | null }>('SELECT min(received) AS oldest FROM changes').one()
        .oldest ?? undefined,
  };
}
