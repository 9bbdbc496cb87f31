import type { Lists } from '../../callbacks/facts/fact.ts';
import { isRecord } from '../../callbacks/shapes/parts.ts';
import { closestOrAll } from '../model/closest.ts';
import type { Report } from '../model/finding.ts';
import type { FindingCode } from '../model/finding-codes.ts';
import { childPath, type JsonPath, rootOf, rootPath, toFindingPath } from '../model/json-path.ts';
import { conditionHint, conditionKeyWords } from '../model/names/engine-words.ts';
import type { Node } from '../model/tree.ts';
import { bindLeaf } from './bind-leaf.ts';
import { readLeaf } from './leaf.ts';

export const MAX_DEPTH = 8;
const MAX_LEAVES = 50;

interface Phrases {
  readonly says?: string | undefined;
  readonly denies?: string | undefined;
}

/** The context for reading a condition. */
export interface Reader {
  readonly report: Report;
  readonly lists: Lists;
  /** Named lists that have an error. */
  readonly brokenLists: ReadonlySet<string>;
  /** The values of each combination of lists, so that all rules share one array. */
  readonly filled: Map<string, readonly unknown[]>;
  /** Shared conditions by name, as written. */
  readonly shared: ReadonlyMap<string, unknown>;
  /** The sentences of shared conditions, positive and negative. */
  readonly phrases: ReadonlyMap<string, Phrases>;
  /** Shared conditions that have an error. */
  readonly broken: ReadonlySet<string>;
  /** The rule's triggers; `undefined` while a shared condition is checked separately. */
  readonly on: readonly string[] | undefined;
  /** The number of comparisons read so far. */
  leaves: number;
}

/** Reads a condition, by default the one under `"when"`, into negation normal form. Reports every error; with an error, returns `undefined`. */
export const readCondition = (
  written: unknown,
  reader: Reader,
  at: JsonPath = rootPath('when'),
): Node | undefined => read(written, at, reader);

const GROUPS = ['all', 'any', 'not', 'condition'] as const;
const OPPOSITE = { all: 'any', any: 'all' } as const;
const readers = {
  all: (written: unknown, place: JsonPath, reader: Reader) =>
    readGroup('all', written, place, reader),
  any: (written: unknown, place: JsonPath, reader: Reader) =>
    readGroup('any', written, place, reader),
  not: (written: unknown, place: JsonPath, reader: Reader) =>
    read(written, { ...place, negated: !place.negated }, reader),
  condition: readShared,
};

function fail(
  reader: Reader,
  place: JsonPath,
  code: FindingCode,
  message: string,
  hint?: string,
): undefined {
  reader.report.error(toFindingPath(place), { code, message, hint });
}

function groupOf(written: object): (typeof GROUPS)[number] | undefined {
  for (const key of GROUPS) if (Object.hasOwn(written, key)) return key;
  return undefined;
}

function read(written: unknown, place: JsonPath, reader: Reader): Node | undefined {
  if (reader.leaves > MAX_LEAVES) return undefined;
  if (!isRecord(written)) {
    return fail(
      reader,
      place,
      'bad-value',
      `expected a condition: "all", "any", "not", "condition", or a comparison${Array.isArray(written) ? '; this is a list' : ''}`,
      conditionHint(written),
    );
  }
  const kind = groupOf(written);
  if (kind === undefined) return readCountedLeaf(written, place, reader);
  const others = Object.keys(written).filter((key) => key !== kind);
  const rival = GROUPS.find((key) => others.includes(key));
  if (rival !== undefined) {
    return fail(
      reader,
      place,
      'mixed-group',
      `"${kind}" and "${rival}" at one level`,
      'nest one inside the other',
    );
  }
  if (place.depth >= MAX_DEPTH)
    return fail(reader, place, 'too-deep', `conditions nest deeper than ${MAX_DEPTH} levels`);
  if (others.includes('fact'))
    return fail(
      reader,
      childPath(place, 'fact'),
      'mixed-group',
      `a comparison beside "${kind}" at one level`,
      'write {"all": [ … ]} and put both into the list, each in { } of its own',
    );
  for (const key of others)
    fail(
      reader,
      childPath(place, key),
      'unknown-key',
      `unknown key "${key}" beside "${kind}"`,
      conditionKeyWords(key)?.hint,
    );
  const found = readers[kind](written[kind], childPath(place, kind, place.depth + 1), reader);
  return others.length > 0 ? undefined : found;
}

function readGroup(
  kind: 'all' | 'any',
  written: unknown,
  place: JsonPath,
  reader: Reader,
): Node | undefined {
  if (!Array.isArray(written))
    return fail(
      reader,
      place,
      'bad-value',
      `"${kind}": expected a list of conditions`,
      `write a list, even of one: "${kind}": [ { … } ]`,
    );
  if (written.length === 0)
    return fail(reader, place, 'empty-group', `"${kind}" is empty`, 'write at least one condition');
  const of = written.map((child, index) => read(child, childPath(place, index), reader));
  if (!of.every((node) => node !== undefined)) return undefined;
  return { kind: place.negated ? OPPOSITE[kind] : kind, of };
}

function readShared(name: unknown, place: JsonPath, reader: Reader): Node | undefined {
  const { shared, broken } = reader;
  if (typeof name !== 'string') {
    return fail(reader, place, 'bad-value', '"condition": expected the name of a shared condition');
  }
  if (place.through.includes(name)) {
    const cycle = [...place.through, name].join(' → ');
    return fail(
      reader,
      place,
      'condition-cycle',
      `the shared condition "${name}" uses itself: ${cycle}`,
    );
  }
  if (broken.has(name)) {
    reader.report.error(toFindingPath(place), {
      code: 'broken-condition',
      message: `the shared condition "${name}" has an error`,
      hint: `see conditions/${name}.json`,
      causedBy: `conditions/${name}.json`,
    });
    return undefined;
  }
  if (!shared.has(name)) {
    return fail(
      reader,
      place,
      'unknown-condition',
      `no shared condition is called "${name}"`,
      closestOrAll(name, [...shared.keys()]),
    );
  }
  const inside = {
    ...place,
    reportedAt: place.reportedAt ?? place,
    through: [...place.through, name],
  };
  const node = read(shared.get(name), inside, reader);
  const { says, denies } = reader.phrases.get(name) ?? {};
  const phrase = place.negated ? denies : says;
  return node && phrase !== undefined ? { ...node, phrase } : node;
}

function readCountedLeaf(
  written: Record<string, unknown>,
  place: JsonPath,
  reader: Reader,
): Node | undefined {
  reader.leaves++;
  if (reader.leaves > MAX_LEAVES) {
    return void reader.report.error(toFindingPath(rootOf(place)), {
      code: 'too-many-conditions',
      message: `more than ${MAX_LEAVES} comparisons in one rule`,
      hint: 'use a named list, or make two rules of it',
    });
  }
  const leaf = readLeaf(written, place, reader);
  return leaf && bindLeaf(leaf, place.negated);
}
