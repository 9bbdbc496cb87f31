import { counted } from '../rules/checked-rules.ts';

/** What had to be forgotten so that a long file needs no more memory than a short one. */
export interface Evictions {
  /** One window was forgotten before it was over. */
  readonly window: () => void;
  /** So many ratings and capabilities were. */
  readonly notes: (count: number) => void;
  /** What that means for the results; nothing where nothing was forgotten. */
  readonly lines: () => readonly string[];
}

/** Counts what `openTallies` and `openRecollection` forget. */
export function openEvictions(): Evictions {
  let [windows, told] = [0, 0];
  return {
    window() {
      windows += 1;
    },
    notes(count) {
      told += count;
    },
    lines() {
      const early = `${counted(windows, 'window')} forgotten too early: rules with a threshold may fire less often than in the Worker`;
      const earlier = `${told.toLocaleString('en-US')} earlier ratings and capabilities forgotten: "previous_quality_rating" and its like may be missing`;
      return [...(windows > 0 ? [early] : []), ...(told > 0 ? [earlier] : [])];
    },
  };
}
