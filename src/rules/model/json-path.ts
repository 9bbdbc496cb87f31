import type { Finding } from './finding.ts';

/** Where reading a condition has got to: a step down from `up`. A path is made of it only when something is wrong. */
export interface JsonPath {
  readonly up: JsonPath | undefined;
  readonly key: string | number;
  readonly depth: number;
  /** Whether an odd number of `not` stands above. */
  readonly negated: boolean;
  /** Inside a shared condition: the place that asked for it. Findings point there. */
  readonly reportedAt: JsonPath | undefined;
  /** The shared conditions that led here. */
  readonly through: readonly string[];
}

/** Where reading begins: under a key of the file. */
export const rootPath = (key: string): JsonPath => ({
  up: undefined,
  key,
  depth: 0,
  negated: false,
  reportedAt: undefined,
  through: [],
});

/** Where the reading of this place began. */
export function rootOf(place: JsonPath): JsonPath {
  let at = place.reportedAt ?? place;
  while (at.up) at = at.up;
  return at;
}

/** One step down. */
export const childPath = (up: JsonPath, key: string | number, depth = up.depth): JsonPath => ({
  up,
  key,
  depth,
  negated: up.negated,
  reportedAt: up.reportedAt,
  through: up.through,
});

/** The place as a path in the file. */
export function toFindingPath(place: JsonPath): Finding['path'] {
  const path: (string | number)[] = [];
  for (let at: JsonPath | undefined = place.reportedAt ?? place; at; at = at.up)
    path.unshift(at.key);
  return path;
}
