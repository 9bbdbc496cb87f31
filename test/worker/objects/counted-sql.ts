/** The storage of an object in which `rowsReadBy` tells how many rows its statements read. */
export interface CountedSql {
  readonly sql: SqlStorage;
  /** Returns how many rows the statements of `work` read. */
  readonly rowsReadBy: (work: () => unknown) => Promise<number>;
}

/** Opens a storage whose statements are counted. */
export function countedSql(sql: SqlStorage): CountedSql {
  const cursors: SqlStorageCursor<Record<string, SqlStorageValue>>[] = [];
  return {
    sql: new Proxy(sql, {
      get:
        () =>
        (text: string, ...values: unknown[]) => {
          const cursor = sql.exec(text, ...values);
          cursors.push(cursor);
          return cursor;
        },
    }),
    async rowsReadBy(work) {
      const before = cursors.length;
      await work();
      return cursors.slice(before).reduce((sum, { rowsRead }) => sum + rowsRead, 0);
    },
  };
}
