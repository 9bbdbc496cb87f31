import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import type { World } from '../world/scheduler.ts';
import { askService } from '../world/service.ts';

type Row = Record<string, unknown>;
type Column = string | undefined;

/** A D1 database: transactional, and away, slow or full at times. */
export interface D1Store {
  readonly api: object;
  readonly db: DatabaseSync;
}

interface Prepared {
  readonly sql: string;
  readonly bindings: readonly SQLInputValue[];
}

const WRITES = /^\s*(insert|update|delete|replace|create|alter|drop)\b/i;

const failed = (): Error => new Error('D1_ERROR: Network connection lost.');

/** Opens a database with its tables. `migrations` in their order. */
export function openD1(world: World, migrations: readonly string[]): D1Store {
  const db = new DatabaseSync(':memory:');
  for (const sql of migrations) db.exec(sql);
  const statements = new Map<string, StatementSync>();
  const service = { kind: 'd1', error: failed, mayHang: true } as const;

  const prepared = (sql: string): StatementSync => {
    const known = statements.get(sql) ?? db.prepare(sql);
    statements.set(sql, known);
    return known;
  };
  function execute({ sql, bindings }: Prepared) {
    const writes = WRITES.test(sql);
    if (writes && world.faults.isDown('d1.full'))
      throw new Error('D1_ERROR: Exceeded maximum DB size: SQLITE_FULL');
    const before = changes();
    let results: Row[];
    try {
      results = prepared(sql).all(...bindings);
    } catch (error) {
      throw new Error(`D1_ERROR: ${error instanceof Error ? error.message : String(error)}`);
    }
    const changed = changes() - before;
    const meta = { changes: changed, rows_read: results.length, rows_written: changed };
    return {
      success: true,
      results,
      meta: { ...meta, duration: 1, size_after: 4_096, last_row_id: 0 },
    };
  }
  const total = db.prepare('SELECT total_changes() AS n');
  const changes = (): number => Number(total.get()?.n);

  function batch(all: readonly Prepared[]) {
    db.exec('BEGIN');
    try {
      const results = all.map(execute);
      db.exec('COMMIT');
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
    api: {
      prepare: (sql: string) => statement(sql, []),
      batch: (all: readonly Prepared[]) => askService(world, service, () => batch(all)),
    },
  };
}
