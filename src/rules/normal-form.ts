import * as v from 'valibot';
import type { Lists } from '../callbacks/fact.ts';
import { isRecord } from '../callbacks/parts.ts';
import { closest } from './closest.ts';
import type { Report } from './finding.ts';
import { bind, readLeaf } from './leaf.ts';
import type { Node } from './tree.ts';

export const MAX_DEPTH = 8;
export const MAX_LEAVES = 50;

/** What reading a condition needs to know. */
export interface Reader {
  readonly report: Report;
  readonly lists: Lists;
  /** Every list is filled in once, so that rules share it. */
  readonly filled: Map<string, readonly unknown[]>;
  /** Shared conditions by name, as written. */
  readonly shared: ReadonlyMap<string, unknown>;
  /** Shared conditions that were found wanting. */
  readonly broken: ReadonlySet<string>;
  /** The rule's triggers; none for a shared condition looked at by itself. */
  readonly on: readonly string[] | undefined;
  /** How many comparisons were read so far. */
  leaves: number;
}

type Path = readonly (string | number)[];
/** Where reading has got to. Inside a shared condition, findings point to the place that asked for it. */
interface Place {
  readonly path: Path;
  readonly pinned?: Path;
  readonly depth: number;
  readonly negated: boolean;
  readonly through: readonly string[];
}

/** Reads a condition into negation normal form. Whatever is wrong is reported; then the answer is `undefined`. */
export const readCondition = (written: unknown, path: Path, reader: Reader): Node | undefined =>
  read(written, { path, depth: 0, negated: false, through: [] }, reader);

const GROUPS = ['all', 'any', 'not', 'condition'] as const;

function read(written: unknown, place: Place, reader: Reader): Node | undefined {
  const at = place.pinned ?? place.path;
  const error = (code: string, message: string, hint?: string) => reader.report.error(at, { code, message, hint });
  if (reader.leaves > MAX_LEAVES) return undefined;
  if (!isRecord(written))
    return void error('bad-value', 'expected a condition: "all", "any", "not", "condition", or a comparison');
  const kinds = GROUPS.filter((key) => Object.hasOwn(written, key));
  const [kind] = kinds;
  if (kind === undefined) return countedLeaf(written, place, reader);
  if (kinds.length > 1) {
    return void error(
      'mixed-group',
      `${kinds.map((key) => `"${key}"`).join(' and ')} at one level`,
      'nest one inside the other',
    );
  }
  if (place.depth >= MAX_DEPTH) return void error('too-deep', `conditions nest deeper than ${MAX_DEPTH} levels`);
  const extra = Object.keys(written).filter((key) => key !== kind);
  for (const key of extra) {
    reader.report.error(place.pinned ?? [...place.path, key], {
      code: 'unknown-key',
      message: `unknown key "${key}" beside "${kind}"`,
    });
  }
  const inner = { ...place, path: [...place.path, kind], depth: place.depth + 1 };
  const found = readers[kind](written[kind], inner, reader);
  return extra.length > 0 ? undefined : found;
}

const readers = {
  all: (written: unknown, place: Place, reader: Reader) => readGroup('all', written, place, reader),
  any: (written: unknown, place: Place, reader: Reader) => readGroup('any', written, place, reader),
  not: (written: unknown, place: Place, reader: Reader) => read(written, { ...place, negated: !place.negated }, reader),
  condition: readShared,
};

const OPPOSITE = { all: 'any', any: 'all' } as const;

function readGroup(kind: 'all' | 'any', written: unknown, place: Place, reader: Reader): Node | undefined {
  const at = place.pinned ?? place.path;
  if (!Array.isArray(written)) {
    return void reader.report.error(at, { code: 'bad-value', message: `"${kind}": expected a list of conditions` });
  }
  if (written.length === 0) {
    return void reader.report.error(at, {
      code: 'empty-group',
      message: `"${kind}" is empty`,
      hint: 'write at least one condition',
    });
  }
  const of: Node[] = [];
  for (const [index, child] of written.entries()) {
    const found = read(child, { ...place, path: [...place.path, index] }, reader);
    if (found) of.push(found);
  }
  if (of.length < written.length) return undefined;
  return { kind: place.negated ? OPPOSITE[kind] : kind, of };
}

function readShared(written: unknown, place: Place, reader: Reader): Node | undefined {
  const at = place.pinned ?? place.path;
  const error = (code: string, message: string, hint?: string) => reader.report.error(at, { code, message, hint });
  const name = v.safeParse(v.string(), written);
  if (!name.success) return void error('bad-value', '"condition": expected the name of a shared condition');
  const shared = name.output;
  if (place.through.includes(shared)) {
    return void error(
      'condition-cycle',
      `the shared condition "${shared}" asks for itself: ${[...place.through, shared].join(' → ')}`,
    );
  }
  if (reader.broken.has(shared)) {
    return void error(
      'broken-condition',
      `the shared condition "${shared}" has an error`,
      `see conditions/${shared}.json`,
    );
  }
  if (!reader.shared.has(shared)) {
    return void error(
      'unknown-condition',
      `no shared condition is called "${shared}"`,
      closest(shared, [...reader.shared.keys()]),
    );
  }
  return read(reader.shared.get(shared), { ...place, pinned: at, through: [...place.through, shared] }, reader);
}

function countedLeaf(written: Record<string, unknown>, place: Place, reader: Reader): Node | undefined {
  reader.leaves++;
  if (reader.leaves > MAX_LEAVES) {
    return void reader.report.error(['when'], {
      code: 'too-many-conditions',
      message: `more than ${MAX_LEAVES} comparisons in one rule`,
      hint: 'use a named list, or make two rules of it',
    });
  }
  const leaf = readLeaf(
    written,
    place.pinned ? { path: place.pinned, pinned: true } : { path: place.path, pinned: false },
    reader,
  );
  return leaf && bind(leaf, place.negated);
}
