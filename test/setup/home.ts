import { join, resolve } from 'node:path';

/** The project's folder. */
export const PROJECT = resolve(import.meta.dirname, '..', '..');

/**
 * The project as product tests see it: its own files, and the frozen rulebook of `test/rulebook/` in
 * place of `rules/`. `test/setup/open-home.ts` makes it. Suites that run side by side each have
 * their own, named by `SIGNALBOX_TEST_HOME`.
 */
export const HOME = join(PROJECT, '.wrangler', process.env.SIGNALBOX_TEST_HOME ?? 'test-home');

/** The rulebook of product tests, with the schema files that editors read. */
export const RULEBOOK = join(HOME, 'rules');
