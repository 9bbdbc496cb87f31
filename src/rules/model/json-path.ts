import type { Finding } from './finding.ts';

/** Where reading a condition has got to: a step down from `up`. A path is made of it only when something is wrong. */
export interface Place {
  readonly up: Place | undefined;
  readonly key: string | number;
  readonly depth: number;
  /** Whether an odd number of `not` stands above. */
  readonly negated: boolean;
  /** Inside a shared condition: the place that asked for it. Findings point there. */
  readonly pinned: Place | undefined;
  /** The shared conditions that led here. */
  readonly through: readonly string[];
}

/** Where reading begins: under a key of the file. */
export const topPlace = (key: string): Place => ({
  up: undefined,
  key,
  depth: 0,
  negated: false,
  pinned: undefined,
  through: [],
});

/** Where the reading of this place began. */
export function topOf(place: Place): Place {
  let at = place.pinned ?? place;
  while (at.up) at = at.up;
  return at;
}

/** One step down. */
export const below = (up: Place, key: string | number, depth = up.depth): Place => ({
  up,
  key,
  depth,
  negated: up.negated,
  pinned: up.pinned,
  through: up.through,
});

/** The place as a path in the file. */
export function pathOf(place: Place): Finding['path'] {
  const path: (string | number)[] = [];
  for (let at: Place | undefined = place.pinned ?? place; at; at = at.up) path.unshift(at.key);
  return path;
}
