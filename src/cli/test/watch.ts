import { watch } from 'node:fs';

/**
 * Yields after each change in a folder, once no further change follows: editors write a file in
 * several steps.
 * Ends when `enough` resolves.
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
