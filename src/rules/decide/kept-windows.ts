import { KEPT_BEHIND, openWindow, type Terms, type Window } from '../model/window.ts';

/** The number of windows in memory, and of callbacks in all of them, so that the memory of a replay does not grow with its input. */
export const LIMITS = { windows: 10_000, entries: 100_000 };

/** The first sweep starts at this fill level, the next when the number of windows has doubled. Sweeping each time would be too slow. */
const FIRST_SWEEP = 0.1;
/** The fill level after eviction. */
const SPARE = 0.9;

/** A window in memory, with data of its owner. */
export interface KeptWindow<L> {
  readonly window: Window;
  latest?: L;
}

/** Windows in memory, by name. */
export interface KeptWindows<L> {
  /** Returns the window with this name; an empty one on first use. */
  readonly of: (name: string, terms: Terms) => KeptWindow<L>;
  /** Drops windows that are over at this time (milliseconds) and, above the limits, the least recently used. */
  readonly tidy: (at: number) => void;
}

/** Opens windows in memory. @param onLoss called for each window that is evicted before it is over; its name then starts with an empty window */
export function openKeptWindows<L>(
  onLoss: () => void,
  limits: typeof LIMITS = LIMITS,
): KeptWindows<L> {
  const windows = new Map<
    string,
    { readonly kept: KeptWindow<L>; readonly terms: Terms; size: number }
  >();
  const first = FIRST_SWEEP * limits.windows;
  let [touched, entries, sweepAt]: [string | undefined, number, number] = [undefined, 0, first];

  function drop(name: string): void {
    entries -= windows.get(name)?.size ?? 0;
    windows.delete(name);
  }
  /** Callers add to a window after `of` returned it, so only the size of the last one can have changed. */
  function weigh(): void {
    const last = touched === undefined ? undefined : windows.get(touched);
    if (!last) return;
    const size = last.kept.window.events.length + last.kept.window.buckets.length;
    entries += size - last.size;
    last.size = size;
  }
  function sweep(at: number): void {
    for (const [name, { kept, terms }] of windows) if (isOver(kept.window, terms, at)) drop(name);
    sweepAt = Math.max(first, 2 * windows.size);
  }

  return {
    of(name, terms) {
      weigh();
      const found = windows.get(name) ?? { kept: { window: openWindow() }, terms, size: 0 };
      // Most recently used last.
      windows.delete(name);
      windows.set(name, found);
      touched = name;
      return found.kept;
    },
    tidy(at) {
      weigh();
      const fill = () => Math.max(windows.size / limits.windows, entries / limits.entries);
      if (windows.size < sweepAt && fill() <= 1) return;
      sweep(at);
      if (fill() <= 1) return;
      // Evicts more than necessary, so that the next callback does not evict again.
      for (const name of windows.keys()) {
        if (fill() <= SPARE || name === touched) break;
        drop(name);
        onLoss();
      }
    },
  };
}

/** Whether no later callback can depend on a window. */
const isOver = ({ newest, firedAt }: Window, { within, cooldown }: Terms, at: number): boolean =>
  newest + within + KEPT_BEHIND < at &&
  (firedAt === undefined || firedAt + cooldown + KEPT_BEHIND < at);
