import * as v from 'valibot';
import type { Address } from '../../callbacks/model.ts';
import type { ErasedPeople } from '../erased-people.ts';
import type { ConsentChange, ConsentOutcome } from './consent.ts';

const Maybe = v.nullable(v.string());

/** A change of consent as it is stored and backed up. */
export const ConsentRow = v.strictObject({
  person: v.string(),
  key: v.string(),
  at: v.number(),
  /** When it was stored here, in milliseconds since 1970: later than `at` where a callback was delayed. */
  received: v.number(),
  scope: v.picklist(['all', 'marketing', 'notification']),
  to: v.picklist(['out', 'in', 'hold']),
  source: v.picklist(['keyword', 'opt', 'channel', 'hand', 'import']),
  app: Maybe,
  reach: v.nullable(v.literal('app')),
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

/** Where a page of the record ended. */
export interface RecordPosition {
  readonly person: string;
  readonly key: string;
}

/** Which changes to undo: those that a rule made in a span of time (milliseconds since 1970); by whom and why. */
export interface Undo {
  readonly rule: string;
  readonly since: number;
  /** Default: no end. */
  readonly until?: number | undefined;
  /** Keyed hashes of the people whose changes to undo; default: all. */
  readonly people?: readonly string[] | undefined;
  readonly actor: string;
  readonly reason: string;
  /** Count the changes and leave them as they are. */
  readonly dry?: boolean | undefined;
}

/** What an opt-out without a list turned out to concern. */
export interface Specification {
  /** The callback of the opt-out. */
  readonly callbackId: string;
  /** The rule that recorded it. */
  readonly rule: string;
  /** The narrower scopes; empty: it stays wide. */
  readonly scopes: readonly ('marketing' | 'notification')[];
  /** How that is known, or why it is not. */
  readonly reason: string;
}

/** How many changes an undo names. */
export const MOST_NAMED = 1_000;

/** A change that `undo` concerns. The address is gone where the person's data was erased. */
export interface UndoneChange {
  readonly person: string;
  readonly channel: string | null;
  readonly identity: string | null;
  readonly at: number;
  readonly scope: string;
  readonly to: string;
}

/** Returns the summary of undone changes, with the newest of them. */
export const undoneOf = (touched: readonly UndoneChange[]) => ({
  people: new Set(touched.map(({ person }) => person)).size,
  changes: touched.length,
  affected: touched.toSorted((a, b) => b.at - a.at).slice(0, MOST_NAMED),
});

/** The record of consent in an object's storage: stored, backed up, restored and corrected. Consent is a legal record, so no row is ever removed. */
export interface ConsentRecord {
  readonly add: (row: ConsentRow) => void;
  readonly page: (after: RecordPosition | undefined, limit: number) => ConsentRow[];
  /** Returns all rows of a person. */
  readonly rowsOf: (person: string) => ConsentRow[];
  /** Inserts rows that are missing and returns the person of each. Existing rows stay. */
  readonly restore: (rows: readonly ConsentRow[]) => readonly string[];
  /** Marks a rule's own changes as undone, never the decision of a review, and returns them. They stay in the history and no longer count. */
  readonly undo: (undo: Undo) => readonly UndoneChange[];
  /** Marks one change as undone, like the hold of a decided review; `decision` says by whom and why. Returns the person if it was not undone before. */
  readonly settle: (person: string, key: string, decision: string) => readonly string[];
  /** Replaces an opt-out that a rule recorded for all content, or states why it stays. Returns the person where consent changed. */
  readonly specify: (person: string, specification: Specification) => readonly string[];
  /** Returns when the first change was stored here. It reads the whole table. */
  readonly oldest: () => number | undefined;
  /** Returns at most `limit` people after `after`, in the order of their hashes. */
  readonly people: (after: string, limit: number) => string[];
  /** Returns the newest address of each person whose data was not erased. */
  readonly addresses: (people: readonly string[]) => ReadonlyMap<string, Address>;
  /** Removes a person's addresses, words and proofs, and returns how many. The changes stay. */
  readonly erase: (person: string) => { readonly addresses: number; readonly words: number };
}

/** Returns the row of a change. `received`: milliseconds since 1970. */
export const rowOf = (
  { key, person, address, at, scope, to, source, ...change }: ConsentChange,
  outcome: ConsentOutcome,
  received: number,
): ConsentRow => ({
  ...{ person, key, at, received, scope, to, source },
  app: change.app || null,
  reach: change.reach ?? null,
  words: change.words ?? null,
  evidence: change.evidence ?? null,
  callback_id: change.callbackId ?? null,
  rule: change.rule ?? null,
  rulebook: change.rulebook ?? null,
  actor: change.actor ?? null,
  reason: change.reason ?? null,
  imported: change.imported ?? null,
  hops: change.hops ?? null,
  undone: change.undone ?? null,
  ...{ channel: address.channel, identity: address.identity, app_id: address.appId },
  answer: JSON.stringify(outcome),
});

/** Returns a change without what names the person. */
const nameless = (row: ConsentRow): ConsentRow => ({
  ...row,
  ...{ channel: null, identity: null, app_id: null, words: null, evidence: null },
});

const UndoneRow = v.object({
  person: v.string(),
  channel: Maybe,
  identity: Maybe,
  at: v.number(),
  scope: v.string(),
  to: v.string(),
});

/** The columns of a change, in the order of its table. */
const COLUMNS = Object.keys(ConsentRow.entries).map((name) => `"${name}"`);
const INTO = `INTO changes (${COLUMNS.join(', ')}) VALUES (${COLUMNS.map(() => '?').join(', ')})`;
const valuesOf = (row: ConsentRow): (string | number | null)[] =>
  // The keys of the schema are the columns.
  Object.keys(ConsentRow.entries).map((name) => row[name as keyof ConsentRow]);

/** Opens the record over its table. Of a person who was erased since, a change is stored without what names them. */
export function openConsentRecord(
  sql: SqlStorage,
  isErased: ErasedPeople['isErased'],
): ConsentRecord {
  sql.exec(`CREATE TABLE IF NOT EXISTS changes (
    person TEXT NOT NULL, key TEXT NOT NULL, at INTEGER NOT NULL, received INTEGER NOT NULL, scope TEXT NOT NULL, "to" TEXT NOT NULL, source TEXT NOT NULL,
    app TEXT, reach TEXT, words TEXT, callback_id TEXT, rule TEXT, rulebook TEXT, actor TEXT, reason TEXT,
    channel TEXT, identity TEXT, app_id TEXT, answer TEXT NOT NULL, undone TEXT, evidence TEXT, imported TEXT, hops INTEGER,
    PRIMARY KEY (person, key)) WITHOUT ROWID`);
  return {
    add(row) {
      const stored = isErased(row.person, row.at) ? nameless(row) : row;
      sql.exec(`INSERT ${INTO}`, ...valuesOf(stored));
    },
    page: (after, limit) =>
      sql
        .exec<ConsentRow>(
          `SELECT ${COLUMNS.join(', ')} FROM changes WHERE (person, key) > (?, ?) ORDER BY person, key LIMIT ?`,
          after?.person ?? '',
          after?.key ?? '',
          limit,
        )
        .toArray(),
    rowsOf: (person) =>
      sql
        .exec<ConsentRow>(`SELECT ${COLUMNS.join(', ')} FROM changes WHERE person = ?`, person)
        .toArray(),
    restore: (rows) =>
      rows.flatMap((row) =>
        sql
          .exec<{ person: string }>(`INSERT OR IGNORE ${INTO} RETURNING person`, ...valuesOf(row))
          .toArray()
          .map(({ person }) => person),
      ),
    undo({ rule, since, until, people, actor, reason, dry }) {
      // A rule of that name elsewhere is another's work, and so is what a person decided about what it asked.
      const own = `rule = ? AND received >= ? AND received < ? AND actor IS NULL AND undone IS NULL AND hops IS NULL
        ${people ? 'AND person IN (SELECT value FROM json_each(?))' : ''}`;
      const bound = [
        rule,
        since,
        until ?? Number.MAX_SAFE_INTEGER,
        ...(people ? [JSON.stringify(people)] : []),
      ];
      const columns = 'person, channel, identity, at, scope, "to"';
      const touched = dry
        ? sql.exec(`SELECT ${columns} FROM changes WHERE ${own}`, ...bound)
        : sql.exec(
            `UPDATE changes SET undone = ? WHERE ${own} RETURNING ${columns}`,
            `${actor}: ${reason}`,
            ...bound,
          );
      return v.parse(v.array(UndoneRow), touched.toArray());
    },
    settle: (person, key, decision) =>
      sql
        .exec<{ person: string }>(
          `UPDATE changes SET undone = ? WHERE person = ? AND key = ? AND undone IS NULL RETURNING person`,
          decision,
          person,
          key,
        )
        .toArray()
        .map(({ person }) => person),
    specify(person, { callbackId, rule, scopes, reason }) {
      const own = `person = ? AND callback_id = ? AND rule = ? AND source = 'opt' AND scope = 'all' AND "to" = 'out'
        AND undone IS NULL AND actor IS NULL AND hops IS NULL`;
      if (scopes.length === 0) {
        sql.exec(`UPDATE changes SET reason = ? WHERE ${own}`, reason, person, callbackId, rule);
        return [];
      }
      return sql
        .exec<ConsentRow>(
          `UPDATE changes SET undone = ? WHERE ${own} RETURNING ${COLUMNS.join(', ')}`,
          ...[reason, person, callbackId, rule],
        )
        .toArray()
        .map((wide) => {
          for (const scope of scopes) {
            const key = `${wide.key}/${scope}`;
            const narrow = { ...wide, key, scope, reason, undone: null };
            sql.exec(`INSERT OR IGNORE ${INTO}`, ...valuesOf(narrow));
          }
          return person;
        });
    },
    oldest: () =>
      sql.exec<{ oldest: number | null }>('SELECT min(received) AS oldest FROM changes').one()
        .oldest ?? undefined,
    people: (after, limit) =>
      sql
        .exec<{ person: string }>(
          'SELECT DISTINCT person FROM changes WHERE person > ? ORDER BY person LIMIT ?',
          after,
          limit,
        )
        .toArray()
        .map(({ person }) => person),
    addresses(people) {
      const rows = sql.exec<{ person: string; channel: string; identity: string; app_id: string }>(
        `SELECT person, channel, identity, app_id FROM changes
         WHERE identity IS NOT NULL AND person IN (SELECT value FROM json_each(?)) ORDER BY at, key`,
        JSON.stringify(people),
      );
      const found = new Map<string, Address>();
      for (const { person, channel, identity, app_id: appId } of rows)
        found.set(person, { channel, identity, appId });
      return found;
    },
    erase(person) {
      const erased = sql
        .exec<{ addresses: number; words: number }>(
          'SELECT count(identity) AS addresses, count(words) + count(evidence) AS words FROM changes WHERE person = ?',
          person,
        )
        .one();
      sql.exec(
        'UPDATE changes SET channel = NULL, identity = NULL, app_id = NULL, words = NULL, evidence = NULL WHERE person = ?',
        person,
      );
      return erased;
    },
  };
}
