import { pathToFileURL } from 'node:url';
import { canonicalize, type WrittenBundle } from '../../src/rulebooks/canonical.ts';
import type { WorkerModule } from '../../src/simulator/models/isolates.ts';
import { installGlobals } from '../../src/simulator/world/globals.ts';
import { hookModules } from '../../src/simulator/world/module-hooks.ts';
import { readDeployment } from '../../src/simulator/world/wrangler.ts';
import type { Product } from './house.ts';
import { sourceOf } from './rulebook.ts';

const path = (relative: string): string => new URL(relative, import.meta.url).pathname;

/**
 * Loads the Worker as it is, into this process, over the models. Once: from here on the globals are
 * the simulation's.
 */
export async function loadProduct(): Promise<Product> {
  // `canonicalize` reads what `sourceOf` makes: files by their names.
  const source = sourceOf('bundled') as Parameters<typeof canonicalize>[0];
  const canonical = await canonicalize(source);
  const texts = Object.entries(source.rules).map(([file, rule]) => [file, JSON.stringify(rule)]);
  // As `npm run bundle` writes it, with the files as they were written.
  const files = JSON.stringify(Object.fromEntries(texts));
  const rulebook: WrittenBundle = { ...canonical, files };
  hookModules({
    workers: pathToFileURL(path('../../src/simulator/models/cloudflare-workers.ts')),
    rulebook: JSON.stringify(rulebook),
  });
  installGlobals();
  const exports: Record<string, unknown> = await import('../../src/worker.ts');
  const { openWith } = await import('../../src/services.ts');
  return {
    openWith,
    config: readDeployment(path('../../wrangler.toml')),
    // The default export of `worker.ts` is the Worker: its handlers take what the models give.
    worker: exports.default as WorkerModule,
    exports,
  };
}
