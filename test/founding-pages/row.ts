import { OUT_OF_SCOPE } from './out-of-scope.ts';
import { POINTS } from './points.ts';
import { USES } from './uses.ts';

/** A row of the founding pages in our own words. */
export interface Row {
  readonly id: string;
  readonly page: string;
  readonly row: string;
  /** Why the row does not apply, where it does not. */
  readonly reason?: string | undefined;
}

const rowsOf = (table: Readonly<Record<string, Readonly<Record<string, string>>>>) =>
  Object.entries(table).flatMap(([page, rows]) =>
    Object.entries(rows).map(([id, row]): Row => ({ id, page, row, reason: OUT_OF_SCOPE[id] })),
  );

/** What people use the callbacks for. */
export const USE_ROWS = rowsOf(USES);
/** What people have to mind. */
export const POINT_ROWS = rowsOf(POINTS);
/** Every row. */
export const ROWS: readonly Row[] = [...USE_ROWS, ...POINT_ROWS];

type KeysOf<T> = T extends unknown ? keyof T : never;
/** The id of a row. */
export type RowId =
  | KeysOf<(typeof USES)[keyof typeof USES]>
  | KeysOf<(typeof POINTS)[keyof typeof POINTS]>;
