import type { Box } from './box.ts';

/** The statements that a Worker prepared, by binding. */
export type Recorded = Readonly<Record<'DB' | 'JOURNAL_DB', Set<string>>>;

/** Records each statement that a box prepares from now on. */
export function record(box: Box, into: Recorded): void {
  for (const [name, statements] of [
    ['DB', into.DB],
    ['JOURNAL_DB', into.JOURNAL_DB],
  ] as const) {
    const database = box.bindings[name];
    Reflect.set(box.bindings, name, {
      prepare(sql: string) {
        statements.add(sql);
        return database.prepare(sql);
      },
      batch: (all: D1PreparedStatement[]) => database.batch(all),
    });
  }
}

/** Returns a statement with its white space made uniform. */
export const uniform = (sql: string): string => sql.replace(/\s+/g, ' ').trim();

/** A statement in a source text: all of it, or its beginning up to the first interpolation. */
export interface Written {
  readonly text: string;
  readonly isWhole: boolean;
}

const VERB = 'SELECT\\s|INSERT (?:OR \\w+ )?INTO\\s|UPDATE \\w+ SET\\s|DELETE FROM\\s|WITH\\s';
const STATEMENT = new RegExp(
  `(['"\`])\\s*((?:${VERB})(?:(?!\\1)[^\\\\$]|\\\\.|\\$(?!\\{))*)(\\$\\{|\\1)`,
  'g',
);

/** Returns every SQL statement in a source text. Statements are texts that begin with a verb of SQL. */
export const statementsIn = (source: string): readonly Written[] =>
  [...source.matchAll(STATEMENT)].map(([, , text = '', end]) => ({
    text: uniform(text.replace(/\\(.)/g, '$1')),
    isWhole: end !== '${',
  }));
