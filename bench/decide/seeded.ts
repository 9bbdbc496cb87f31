/** Chance that repeats itself: the same seed gives the same numbers, on every machine. */
export interface Chance {
  /** A number from 0 up to, but not, 1. */
  readonly number: () => number;
  readonly below: (limit: number) => number;
  readonly pick: <T>(from: readonly [T, ...T[]]) => T;
  /** Several different ones, in their own order. */
  readonly some: <T>(count: number, from: readonly T[]) => readonly T[];
}

/** Opens a source of chance. The generator is mulberry32. */
export function seeded(seed: number): Chance {
  let state = seed >>> 0;
  const number = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(number() * limit);
  return {
    number,
    below,
    pick: (from) => from[below(from.length)] ?? from[0],
    some(count, from) {
      const left = [...from.keys()];
      while (left.length > count) left.splice(below(left.length), 1);
      return left.flatMap((at) => from[at] ?? []);
    },
  };
}
