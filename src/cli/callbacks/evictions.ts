import { counted } from '../rules/checked-rules.ts';

/** Counts of evicted state: memory does not grow with the length of a file. */
export interface Evictions {
  /** Counts a window that was evicted before its end. */
  readonly window: () => void;
  /** Counts evicted ratings and capabilities. */
  readonly notes: (count: number) => void;
  /** Returns the effect on the results as lines; none if nothing was evicted. */
  readonly lines: () => readonly string[];
}

/** Counts what `openTallies` and `openRecollection` evict. */
export function openEvictions(): Evictions {
  let [windows, notes] = [0, 0];
  return {
    window() {
      windows += 1;
    },
    notes(count) {
      notes += count;
    },
    lines() {
      const early = `${counted(windows, 'window')} forgotten too early: rules with a threshold may fire less often than in the Worker`;
      const earlier = `${notes.toLocaleString('en-US')} earlier ratings and capabilities forgotten: "previous_quality_rating" and its like may be missing`;
      return [...(windows > 0 ? [early] : []), ...(notes > 0 ? [earlier] : [])];
    },
  };
}
