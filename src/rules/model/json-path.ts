import type { Finding } from './finding.ts';

/** The position of a reader in a rule file, as a link to its parent. It becomes an array only for a finding. */
export interface JsonPath {
  readonly up: JsonPath | undefined;
  readonly key: string | number;
  readonly depth: number;
  /** Whether an odd number of `not` is above. */
  readonly negated: boolean;
  /** Inside a shared condition: the position that uses it. Findings point there. */
  readonly reportedAt: JsonPath | undefined;
  /** The shared conditions on the way, outermost first. */
  readonly through: readonly string[];
}

/** The path of a top-level key. */
export const rootPath = (key: string): JsonPath => ({
  up: undefined,
  key,
  depth: 0,
  negated: false,
  reportedAt: undefined,
  through: [],
});

/** Returns the top-level path above a path. */
export function rootOf(place: JsonPath): JsonPath {
  let at = place.reportedAt ?? place;
  while (at.up) at = at.up;
  return at;
}

/** Returns the path of a child. */
export const childPath = (up: JsonPath, key: string | number, depth = up.depth): JsonPath => ({
  up,
  key,
  depth,
  negated: up.negated,
  reportedAt: up.reportedAt,
  through: up.through,
});

/** Returns the path as an array, for a finding. */
export function toFindingPath(place: JsonPath): Finding['path'] {
  const path: (string | number)[] = [];
  for (let at: JsonPath | undefined = place.reportedAt ?? place; at; at = at.up)
    path.unshift(at.key);
  return path;
}
