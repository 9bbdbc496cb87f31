import { applyD1Migrations, type D1Migration } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeEach } from 'vitest';

declare global {
  namespace Cloudflare {
    interface Env {
      /** Only in tests: what vitest.config.ts read from src/journal/migrations. */
      readonly MIGRATIONS: D1Migration[];
    }
  }
}

beforeEach(() => applyD1Migrations(env.DB, env.MIGRATIONS));
