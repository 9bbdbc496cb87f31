import { applyD1Migrations, type D1Migration } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeEach } from 'vitest';
// Before any test: it notes the objects that are asked for.
import './storage.ts';

declare global {
  namespace Cloudflare {
    interface Env {
      /** Only in tests: what vitest.config.ts read from src/stores/migrations and src/journal/migrations. */
      readonly MIGRATIONS: D1Migration[];
      readonly JOURNAL_MIGRATIONS: D1Migration[];
    }
  }
}

/** Makes the tables of both databases. */
export async function migrate(): Promise<void> {
  await applyD1Migrations(env.DB, env.MIGRATIONS);
  await applyD1Migrations(env.JOURNAL_DB, env.JOURNAL_MIGRATIONS);
}

beforeEach(migrate);
