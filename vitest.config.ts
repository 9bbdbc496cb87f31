import { tmpdir } from 'node:os';
import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-plugin';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';
import { HOME } from './test/setup/home.ts';
import { memoryFolder } from './test/setup/memory-folder.ts';

const path = (relative: string): string => new URL(relative, import.meta.url).pathname;

/** As in wrangler.toml: json-rules-engine uses JSONPath only without a path resolver. */
const alias = {
  'jsonpath-plus': path('./src/rules/decide/no-jsonpath.cjs'),
  // Product tests decide by the frozen rulebook of test/rulebook, not by the customer's rules.
  '#build': `${HOME}/.wrangler/build.json`,
  '#rulebook': `${HOME}/.wrangler/rulebook.json`,
};

/** Fails an import from `rules/`: product tests do not depend on the customer's rules. */
const noCustomerRules: Plugin = {
  name: 'no-customer-rules',
  enforce: 'pre',
  load(id) {
    if (id.startsWith(path('./rules/')))
      this.error(`product tests must not import ${id}: use test/rulebook`);
  },
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
  SINCH_BATCH_URL: 'https://sinch.test/batch',
  SINCH_TEMPLATE_URL: 'https://sinch.test/template',
  MAX_RETRY_DELAY: '1s',
  // Counts stay in the instance until /metrics is asked: no test waits for a report.
  METRICS_INTERVAL: 'off',
  // Each record is queued at once.
  JOURNAL_INTERVAL: 'off',
};

/** Generous, so that a busy machine does not exceed it: a test that hangs still ends. */
const TIMEOUTS = { testTimeout: 120_000, hookTimeout: 120_000 };
/** The same for tests that build the project or a copy of it. */
const LONG_TIMEOUTS = { testTimeout: 300_000, hookTimeout: 300_000 };

/** Suites that are slow by nature: `npm run prove` runs them, and properties with all their cases. */
const PROVED = ['prove', 'clients', 'python', 'prometheus'].map(
  (folder) => `test/${folder}/**/*.test.ts`,
);
/** Tests of the console in a real browser, against a Worker that runs as `npm start` runs it. */
const CONSOLE = 'test/console/**/*.test.ts';

/** Where tests in Node keep their files. */
const TMPDIR = tmpdir();
// Miniflare keeps the storage of the tests in workerd in the temporary folder of this process.
process.env.TMPDIR = memoryFolder() ?? TMPDIR;

/** Tests in Node. */
const node = (
  name: string,
  share: number,
  include: string[],
  exclude: string[],
  plugins = [noCustomerRules],
  timeouts = TIMEOUTS,
) => ({
  plugins,
  resolve: { alias },
  define: { __SHARE_OF_RUNS__: String(share) },
  test: {
    name,
    include,
    exclude,
    setupFiles: plugins.length > 0 ? ['./test/setup/node.ts'] : [],
    env: { TMPDIR },
    isolate: false,
    ...timeouts,
  },
});

/**
 * Tests that need an instance of their own: they enter by the Worker's own exports, whose services are
 * opened once per instance, or they compare all that is stored, which a cached token would change.
 */
const ALONE = [
  'test/worker/real-queue.test.ts',
  'test/worker/storage-table.test.ts',
  'test/worker/objects/record-state.test.ts',
];

/** Tests in workerd. Files share one instance: storage is reset after each test. */
const worker = (
  name: string,
  share: number,
  include: string[],
  exclude: string[],
  isolate = false,
) => ({
  plugins: [
    noCustomerRules,
    cloudflareTest(async () => ({
      wrangler: { configPath: './wrangler.toml' },
      miniflare: {
        bindings: {
          ...bindings,
          MIGRATIONS: await readD1Migrations(path('./src/stores/migrations')),
          JOURNAL_MIGRATIONS: await readD1Migrations(path('./src/journal/migrations')),
        },
      },
    })),
  ],
  resolve: { alias },
  define: { __SHARE_OF_RUNS__: String(share) },
  test: {
    name,
    include,
    exclude,
    setupFiles: ['./test/worker/migrate.ts'],
    isolate,
    // After the tests in Node, which run on every core.
    sequence: { groupOrder: 1 },
    ...TIMEOUTS,
  },
});

export default defineConfig({
  test: {
    // One worker a core. The default leaves a core to the main process, which then idles on machines with two.
    maxWorkers: '100%',
    // What a passing test prints hides the failures.
    silent: 'passed-only',
    globalSetup: './test/setup/open-home.ts',
    // V8 coverage does not exist in workerd.
    coverage: {
      provider: 'istanbul',
      include: ['src/**/*.ts'],
      reporter: ['text-summary', 'html'],
    },
    projects: [
      node(
        'node',
        0.1,
        ['test/**/*.test.ts'],
        ['test/worker/**', 'test/documents/**', CONSOLE, ...PROVED],
      ),
      worker('worker', 0.1, ['test/worker/**/*.test.ts'], ['test/worker/prove/**', ...ALONE]),
      worker('worker-alone', 0.1, ALONE, [], true),
      // The documents describe the shipped rules, so these tests may open rules/.
      node('documents', 1, ['test/documents/**/*.test.ts'], [], [], LONG_TIMEOUTS),
      node(
        'prove',
        1,
        [...PROVED, 'test/**/*.property.test.ts'],
        ['test/worker/**'],
        undefined,
        LONG_TIMEOUTS,
      ),
      {
        test: {
          name: 'console',
          include: [CONSOLE],
          globalSetup: './test/console/serve.ts',
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // One Worker and one database are behind all of them.
          fileParallelism: false,
        },
      },
      worker(
        'worker-prove',
        1,
        ['test/worker/prove/**/*.test.ts', 'test/worker/**/*.property.test.ts'],
        [],
      ),
    ],
  },
});
