import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import type { World } from '../world/scheduler.ts';
import { askService } from '../world/service.ts';
import { emptyTables } from './object-storage.ts';

type Row = Record<string, unknown>;
type Column = string | undefined;

/** A D1 database: transactional, and away, slow or full at times. */
export interface D1Store {
  readonly api: object;
  readonly db: DatabaseSync;
  /** Gives the database back when the run is over. */
  readonly close: () => void;
}

interface Query {
  readonly sql: string;
  readonly bindings: readonly SQLInputValue[];
}

const WRITES = /^\s*(insert|update|delete|replace|create|alter|drop)\b/i;

/** A write that gives back each row that it changed. */
const RETURNS = /\breturning\b/i;

const failed = (): Error => new Error('D1_ERROR: Network connection lost.');

/** A database with its tables, and what was prepared on it. */
interface Made {
  readonly db: DatabaseSync;
  readonly statements: Map<string, StatementSync>;
}

/** Empty databases of earlier runs, by their migrations. */
const spare = new Map<string, Made[]>();

function make(migrations: readonly string[]): Made {
  const db = new DatabaseSync(':memory:');
  for (const sql of migrations) db.exec(sql);
  return { db, statements: new Map() };
}

/** Opens a database with its tables. `migrations` in their order. */
export function openD1(world: World, migrations: readonly string[]): D1Store {
  const kind = migrations.join('\n');
  const made = spare.get(kind)?.pop() ?? make(migrations);
  const { db, statements } = made;
  const service = { kind: 'd1', error: failed, mayHang: true } as const;

  const prepared = (sql: string): StatementSync => {
    const known = statements.get(sql);
    if (known) return known;
    const fresh = db.prepare(sql);
    statements.set(sql, fresh);
    return fresh;
  };
  function execute({ sql, bindings }: Query) {
    const writes = WRITES.test(sql);
    if (writes && world.faults.isDown('d1.full'))
      throw new Error('D1_ERROR: Exceeded maximum DB size: SQLITE_FULL');
    let results: Row[] = [];
    let changed = 0;
    try {
      const statement = prepared(sql);
      if (!writes) results = statement.all(...bindings);
      else if (RETURNS.test(sql)) {
        results = statement.all(...bindings);
        changed = results.length;
      } else changed = Number(statement.run(...bindings).changes);
    } catch (error) {
      throw new Error(`D1_ERROR: ${error instanceof Error ? error.message : String(error)}`);
    }
    const meta = { changes: changed, rows_read: results.length, rows_written: changed };
    return {
      success: true,
      results,
      meta: { ...meta, duration: 1, size_after: 4_096, last_row_id: 0 },
    };
  }

  function batch(all: readonly Query[]) {
    prepared('BEGIN').run();
    try {
      const results = all.map(execute);
      prepared('COMMIT').run();
      return results;
    } catch (error) {
      db.exec('ROLLBACK');
      throw error;
    }
  }

  const statement = (sql: string, bindings: readonly SQLInputValue[]): object => ({
    sql,
    bindings,
    bind: (...values: SQLInputValue[]) => {
      if (values.some((value) => value === undefined))
        throw new Error("D1_TYPE_ERROR: Type 'undefined' not supported");
      return statement(sql, values);
    },
    run: () => askService(world, service, () => execute({ sql, bindings })),
    all: () => askService(world, service, () => execute({ sql, bindings })),
    first: (column: Column) =>
      askService(world, service, () => {
        const [row] = execute({ sql, bindings }).results;
        return row === undefined ? null : column === undefined ? row : row[column];
      }),
    raw: () =>
      askService(world, service, () =>
        execute({ sql, bindings }).results.map((row) => Object.values(row)),
      ),
  });
  return {
    db,
    close() {
      emptyTables(db);
      spare.set(kind, [...(spare.get(kind) ?? []), made]);
    },
    api: {
      prepare: (sql: string) => statement(sql, []),
      batch: (all: readonly Query[]) => askService(world, service, () => batch(all)),
    },
  };
}
