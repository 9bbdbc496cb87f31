import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';

/** A cursor over rows that were read at once. */
interface Cursor extends Iterable<Record<string, unknown>> {
  readonly toArray: () => Record<string, unknown>[];
  readonly one: () => Record<string, unknown>;
}

/** What lies on the disk of an object: it outlives the object's instances. */
export interface Disk {
  readonly db: DatabaseSync;
  /** Statements that were prepared on it. */
  readonly statements: Map<string, Statement>;
  /** Queries that only make tables and indexes that are missing, and were run on it. */
  readonly made: Set<string>;
  /** The tables that the constructor of its class makes, and by which queries; `undefined`: none has run. */
  base: { readonly tables: ReadonlySet<string>; readonly made: readonly string[] } | undefined;
  /** When it rings, as far as it is stored. */
  alarm: number | null;
}

/** A query that was looked at once: it is asked thousands of times. */
interface Statement {
  readonly statement: StatementSync;
  readonly isReading: boolean;
}

/** The storage that an instance of an object works with. */
export interface Storage {
  readonly api: object;
  /** Call it when the constructor of the class has run. */
  readonly hasConstructed: () => void;
  /** Whether something was written that is not stored yet. */
  readonly isDirty: () => boolean;
  /** Stores everything that was written, all at once. */
  readonly commit: () => void;
  /** Loses it. */
  readonly rollback: () => void;
}

/** Empty disks with the tables of a class, by its binding. */
const spare = new Map<string, Disk[]>();

/** Returns an empty disk, one that an object of the same class had in an earlier run if there is one. */
export const openDisk = (binding: string): Disk =>
  spare.get(binding)?.pop() ?? {
    db: new DatabaseSync(':memory:'),
    statements: new Map(),
    made: new Set(),
    base: undefined,
    alarm: null,
  };

/**
 * Empties a disk and keeps it for a later run: to make its tables and to prepare its statements takes long. Tables that its class makes
 * later go: whether they are there can matter.
 */
export function recycle(binding: string, disk: Disk): void {
  emptyTables(disk.db, disk.base?.tables);
  for (const query of disk.made) if (!disk.base?.made.includes(query)) disk.made.delete(query);
  disk.alarm = null;
  spare.set(binding, [...(spare.get(binding) ?? []), disk]);
}

/** Removes all rows, the transaction that a run left open, and the tables that are not `kept`; without it, all are. */
export function emptyTables(db: DatabaseSync, kept?: ReadonlySet<string>): void {
  if (db.isTransaction) db.exec('ROLLBACK');
  const queries = tablesOf(db).map((name) =>
    !kept || kept.has(name) || name === SEQUENCE ? `DELETE FROM "${name}"` : `DROP TABLE "${name}"`,
  );
  db.exec(queries.join(';'));
}

/** What AUTOINCREMENT counts; it is there where a table uses it, and cannot be dropped. */
const SEQUENCE = 'sqlite_sequence';

/** The tables of a database, and what it counts for them. */
function tablesOf(db: DatabaseSync): string[] {
  let statement = listing.get(db);
  if (!statement) {
    statement = db.prepare(
      `SELECT name FROM sqlite_master WHERE type = 'table' AND (name = '${SEQUENCE}' OR name NOT LIKE 'sqlite_%')`,
    );
    listing.set(db, statement);
  }
  return statement.all().map(({ name }) => String(name));
}

/** The statement that lists the tables of a database, as it was prepared once. */
const listing = new WeakMap<DatabaseSync, StatementSync>();

const READS = /^\s*(select|with|explain)\b/i;
const SEVERAL = /;\s*\S/;
/** A query that changes nothing when it is run again. */
const MAKES = /^\s*(create\s+(table|index|unique\s+index)\s+if\s+not\s+exists\b[^;]*;?\s*)+$/i;
const KV = '_kv';

/**
 * Opens the storage of an instance. Writes coalesce: what is written in one turn is stored
 * together, by `commit`.
 * @param clock the object's own clock, in milliseconds
 */
export function openStorage(disk: Disk, clock: () => number): Storage {
  const { db, statements } = disk;
  let dirty = false;
  let open = false;
  let alarm = disk.alarm;
  const making: string[] = [];

  const begin = (): void => {
    dirty = true;
    if (open) return;
    prepared('BEGIN').statement.run();
    open = true;
  };
  const prepared = (query: string): Statement => {
    const known = statements.get(query);
    if (known) return known;
    const made = { statement: db.prepare(query), isReading: READS.test(query) };
    statements.set(query, made);
    return made;
  };
  const exec = (query: string, ...bindings: SQLInputValue[]): Cursor => {
    if (disk.made.has(query)) {
      begin();
      return cursorOver([]);
    }
    if (
      bindings.length === 0 &&
      !statements.has(query) &&
      (SEVERAL.test(query) || MAKES.test(query))
    ) {
      begin();
      db.exec(query);
      if (MAKES.test(query)) making.push(query);
      return cursorOver([]);
    }
    const { statement, isReading } = prepared(query);
    if (!isReading) begin();
    return cursorOver(statement.all(...bindings));
  };
  const hasKv = (): boolean =>
    prepared(`SELECT 1 FROM sqlite_master WHERE name = '${KV}'`).statement.get() !== undefined;
  const withKv = (): void => {
    begin();
    if (!hasKv()) db.exec(`CREATE TABLE ${KV} (key TEXT PRIMARY KEY, value TEXT NOT NULL)`);
  };
  const api = {
    sql: {
      exec,
      get databaseSize(): number {
        const [pages] = db.prepare('PRAGMA page_count').all();
        return 4_096 * Number(pages?.page_count ?? 0);
      },
    },
    kv: {
      get(key: string): unknown {
        if (!hasKv()) return undefined;
        const row = prepared(`SELECT value FROM ${KV} WHERE key = ?`).statement.get(key);
        return row ? JSON.parse(String(row.value)) : undefined;
      },
      put(key: string, value: unknown): void {
        withKv();
        prepared(`INSERT OR REPLACE INTO ${KV} VALUES (?, ?)`).statement.run(
          key,
          JSON.stringify(value),
        );
      },
      delete(key: string): void {
        if (!hasKv()) return;
        begin();
        prepared(`DELETE FROM ${KV} WHERE key = ?`).statement.run(key);
      },
    },
    transactionSync<T>(work: () => T): T {
      begin();
      prepared('SAVEPOINT nested').statement.run();
      try {
        const result = work();
        prepared('RELEASE nested').statement.run();
        return result;
      } catch (error) {
        db.exec('ROLLBACK TO nested; RELEASE nested');
        throw error;
      }
    },
    getAlarm: async (): Promise<number | null> => alarm,
    // What is past already rings at once: the runtime takes its own time for it.
    async setAlarm(at: number | Date): Promise<void> {
      begin();
      alarm = Math.max(Number(at), clock());
    },
    async deleteAlarm(): Promise<void> {
      begin();
      alarm = null;
    },
    async deleteAll(): Promise<void> {
      begin();
      disk.made.clear();
      making.length = 0;
      for (const name of tablesOf(db)) if (name !== SEQUENCE) db.exec(`DROP TABLE "${name}"`);
      alarm = null;
    },
  };
  return {
    api,
    hasConstructed() {
      disk.base ??= { tables: new Set(tablesOf(db)), made: [...making] };
    },
    isDirty: () => dirty,
    commit() {
      if (open) prepared('COMMIT').statement.run();
      for (const query of making.splice(0)) disk.made.add(query);
      open = false;
      dirty = false;
      disk.alarm = alarm;
    },
    rollback() {
      if (open) db.exec('ROLLBACK');
      making.length = 0;
      open = false;
      dirty = false;
      alarm = disk.alarm;
    },
  };
}

function cursorOver(rows: Record<string, unknown>[]): Cursor {
  return {
    toArray: () => rows,
    one() {
      const [row] = rows;
      if (rows.length !== 1 || !row)
        throw new Error(`Expected exactly one result from SQL query, but got ${rows.length}`);
      return row;
    },
    [Symbol.iterator]: () => rows[Symbol.iterator](),
  };
}
