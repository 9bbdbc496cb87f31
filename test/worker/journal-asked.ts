import type { Decision, Decisions } from '../../src/api/decisions.ts';
import { type Box, env } from './box.ts';

/** What the Worker answers. */
export const asked = async <T>(box: Box, path: string): Promise<T> =>
  (await box.ask(path)).json<T>();

export const decisions = async (box: Box, query = ''): Promise<readonly Decision[]> =>
  (await asked<Decisions>(box, `/v1/decisions${query}`)).decisions;

export const rows = async (sql: string) => (await env.JOURNAL_DB.prepare(sql).all()).results;

/** Everything in the journal's tables, as one text. */
export const journal = async (): Promise<string> =>
  JSON.stringify([
    await rows('SELECT * FROM decisions'),
    await rows('SELECT * FROM decided_rules'),
    await rows('SELECT * FROM decided_actions'),
    await rows('SELECT * FROM drift'),
  ]);
