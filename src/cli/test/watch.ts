import { watch } from 'node:fs';

/**
 * Tells when something in a folder has changed and then been quiet for a moment: editors write a file in several steps.
 * Ends when `enough` does.
 */
export async function* changesIn(folder: string, enough: Promise<void>): AsyncGenerator<void> {
  let changed = Promise.withResolvers<'changed'>();
  let timer: NodeJS.Timeout | undefined;
  const watcher = watch(folder, { recursive: true }, () => {
    clearTimeout(timer);
    timer = setTimeout(() => changed.resolve('changed'), QUIET);
  });
  try {
    for (;;) {
      yield;
      const next = await Promise.race([changed.promise, enough]);
      if (next !== 'changed') return;
      changed = Promise.withResolvers();
    }
  } finally {
    clearTimeout(timer);
    watcher.close();
  }
}

/** Milliseconds. */
const QUIET = 100;
