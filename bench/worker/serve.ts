import { join } from 'node:path';
import { readD1Migrations } from '@cloudflare/vitest-plugin';
import { convertV4MiniflareOptions, Miniflare } from 'miniflare';
import { unstable_getMiniflareWorkerOptions } from 'wrangler';
import type { Built } from './build.ts';

/** The settings of the Workers that are measured. */
export const SETTINGS = {
  WEBHOOK_SECRETS: 'bench-webhook-secret',
  API_TOKEN: 'bench-api-token',
  DATA_KEY: 'bench-data-key-bench-data-key-bench-data-key',
} as const;

const migrationsOf = (folder: string): string =>
  join(import.meta.dirname, '..', '..', 'src', folder, 'migrations');
/** The databases of the Worker, and where their migrations are. */
const DATABASES = { DB: migrationsOf('stores'), JOURNAL_DB: migrationsOf('journal') } as const;

/** A Worker that runs in a workerd of its own. */
export interface Served {
  /** Leads to the Worker itself: no development proxy stands between. */
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/**
 * Runs a built Worker on 127.0.0.1 with the bindings of its wrangler.toml, stored in memory and in a folder that goes with it.
 * Its databases have their tables, and its queues their consumers.
 */
export async function serve(
  { script, config }: Built,
  settings: Readonly<Record<string, string>> = {},
): Promise<Served> {
  // Locally the files of [assets] are served by a Worker in front of ours, which is none of it.
  const { assets: _, ...workerOptions } = unstable_getMiniflareWorkerOptions(config).workerOptions;
  const name = 'measured';
  const options = convertV4MiniflareOptions({
    ...workerOptions,
    name,
    modules: [{ type: 'ESModule', path: script }],
    bindings: { ...SETTINGS, ...settings },
    // What the Worker logs is not printed: printing is the terminal's work.
    handleStructuredLogs: () => {},
    unsafeDirectSockets: [{ host: '127.0.0.1', port: 0 }],
  });
  const miniflare = new Miniflare(options);
  // The bare Worker has none.
  for (const [binding, migrations] of Object.entries(DATABASES)) {
    if (!Object.hasOwn(workerOptions.d1Databases ?? {}, binding)) continue;
    const database = await miniflare.getD1Database(binding, name);
    for (const { queries } of await readD1Migrations(migrations))
      for (const query of queries) await database.prepare(query).run();
  }
  const url = await miniflare.unsafeGetDirectURL(name);
  return { url: url.origin, stop: () => miniflare.dispose() };
}
