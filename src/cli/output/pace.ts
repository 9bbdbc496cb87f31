import type { Shell } from '../shell.ts';

/** Holds a stream to a rate: resolves when the next one may go. Without a rate there is nothing to wait for. */
export function openPace(
  perSecond: number | undefined,
  { now, pause }: Pick<Shell, 'now' | 'pause'>,
): () => Promise<void> {
  if (perSecond === undefined) return async () => {};
  const start = now();
  let count = 0;
  return async () => {
    const due = start + (count++ * 1_000) / perSecond;
    if (due > now()) await pause(due - now());
  };
}
