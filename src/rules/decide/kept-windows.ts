import { KEPT_BEHIND, openWindow, type Terms, type Window } from '../model/window.ts';

/** So many windows are kept in memory, and so many callbacks in all of them: what a replay holds must not grow with what it reads. */
export const LIMITS = { windows: 10_000, entries: 100_000 };

/** The first sweep comes when so much of the room is taken, the next when the windows have doubled: sweeping always would do nothing else. */
const FIRST_SWEEP = 0.1;
/** How full a full memory is after room was made. */
const SPARE = 0.9;

/** A window in memory, and what its owner keeps with it. */
export interface KeptWindow<L> {
  readonly window: Window;
  latest?: L;
}

/** Windows in memory, by name. */
export interface KeptWindows<L> {
  /** The window of a name; one that nobody has asked for yet is empty. */
  readonly of: (name: string, terms: Terms) => KeptWindow<L>;
  /** Lets go of what is over at this time, in milliseconds, and, past the limits, of windows that were asked for longest ago. */
  readonly tidy: (at: number) => void;
}

/** Opens windows in memory. @param onLoss told of each window that had to go before it was over: it begins anew when its name comes again */
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
  /** What is noted in a window is noted after it was asked for: so only the last one can have another size. */
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
      // Whoever was asked for last stands last.
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
      // More than has to go, or the next callback would sweep again.
      for (const name of windows.keys()) {
        if (fill() <= SPARE || name === touched) break;
        drop(name);
        onLoss();
      }
    },
  };
}

/** Whether nothing that may still come can make a window fire, or keep it from firing. */
const isOver = ({ newest, firedAt }: Window, { within, cooldown }: Terms, at: number): boolean =>
  newest + within + KEPT_BEHIND < at &&
  (firedAt === undefined || firedAt + cooldown + KEPT_BEHIND < at);
