import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-plugin';
import { defineConfig } from 'vitest/config';

const path = (relative: string): string => new URL(relative, import.meta.url).pathname;

/** As in wrangler.toml: json-rules-engine asks for JSONPath only when no path resolver is given. */
const alias = {
  'jsonpath-plus': path('./src/rules/decide/no-jsonpath.cjs'),
  eventemitter2: path('./src/rules/decide/no-events.cjs'),
  'hash-it': path('./src/rules/decide/plain-hash.cjs'),
  clone: path('./src/rules/decide/plain-clone.cjs'),
};

/** The settings of a deployment under test. The network is never reached. */
const bindings = {
  WEBHOOK_SECRETS: 'test-webhook-secret',
  API_TOKEN: 'test-api-token',
  DATA_KEY: 'test-data-key-test-data-key-test-data-key',
  SINCH_PROJECT_ID: 'test-project',
  SINCH_KEY_ID: 'test-key-id',
  SINCH_KEY_SECRET: 'test-key-secret',
  SINCH_API_URL: 'https://sinch.test',
  SINCH_AUTH_URL: 'https://sinch.test',
  MAX_RETRY_DELAY: '1s',
};

export default defineConfig({
  test: {
    // What a test that passes prints is of no use to anybody.
    silent: 'passed-only',
    projects: [
      {
        resolve: { alias },
        test: {
          name: 'node',
          include: ['test/**/*.test.ts'],
          exclude: ['test/worker/**', 'test/prove/**', 'test/console/**'],
        },
      },
      {
        resolve: { alias },
        test: { name: 'prove', include: ['test/prove/**/*.test.ts'] },
      },
      {
        resolve: { alias },
        test: {
          name: 'console',
          include: ['test/console/**/*.test.ts'],
          globalSetup: './test/console/serve.ts',
          // A browser on a busy machine; nothing here waits for a fixed time.
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // One Worker and one database are behind all of them.
          fileParallelism: false,
        },
      },
      {
        plugins: [
          cloudflareTest(async () => ({
            wrangler: { configPath: './wrangler.toml' },
            miniflare: {
              bindings: {
                ...bindings,
                MIGRATIONS: await readD1Migrations(path('./src/journal/migrations')),
              },
            },
          })),
        ],
        resolve: { alias },
        test: {
          name: 'worker',
          include: ['test/worker/**/*.test.ts'],
          setupFiles: ['./test/worker/migrate.ts'],
          testTimeout: 30_000,
        },
      },
    ],
  },
});
