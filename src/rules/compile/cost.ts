import type { CompiledRule, Rulebook } from '../model/compiled.ts';
import type { Finding } from '../model/finding.ts';
import { type Leaf, leavesOf } from '../model/tree.ts';
import { PROBED } from './index-entries.ts';

/**
 * What a rulebook may cost an isolate, which has 128 MB for the active rulebook and the one in shadow, and 30 s of CPU for a
 * request. Source: limits of Cloudflare Workers.
 */
export const BUDGET = { milliseconds: 5_000, bytes: 64_000_000 } as const;

/**
 * The cost of each part: milliseconds and bytes, measured with Node's heap and CPU statistics on rulebooks of 10,000 rules. The
 * runtime of Workers shows code neither its CPU time nor its memory, so the parts are counted instead.
 */
const PARTS = {
  rule: { milliseconds: 0.03, bytes: 1_200 },
  leaf: { milliseconds: 0.008, bytes: 300 },
  /** A value of a list, read once. */
  value: { milliseconds: 0.001, bytes: 30 },
  /** A value of a list, prepared once for each operator. */
  prepared: { milliseconds: 0.001, bytes: 80 },
  /** A key that the index of a trigger stores. */
  key: { milliseconds: 0.0005, bytes: 120 },
  /** A character of a pattern, its repetitions multiplied. */
  pattern: { milliseconds: 0.0005, bytes: 100 },
} as const;

/** What compiling, indexing and holding something costs. */
export interface Cost {
  readonly milliseconds: number;
  readonly bytes: number;
}

/** What a rulebook costs, and the parts of it that cost something, by file. */
export interface RulebookCost extends Cost {
  readonly byFile: ReadonlyMap<string, Cost>;
}

/** Measures what a compiled rulebook costs an isolate. Shared lists count once, under their own file. */
export function measureCost({ rules, lists }: Pick<Rulebook, 'rules' | 'lists'>): RulebookCost {
  const byFile = new Map<string, Cost>();
  const add = (file: string, part: keyof typeof PARTS, count: number): void => {
    const { milliseconds, bytes } = byFile.get(file) ?? { milliseconds: 0, bytes: 0 };
    byFile.set(file, {
      milliseconds: milliseconds + PARTS[part].milliseconds * count,
      bytes: bytes + PARTS[part].bytes * count,
    });
  };
  for (const [name, values] of Object.entries(lists)) add(fileOf([name]), 'value', values.length);
  const prepared = new Set<string>();
  const stored = new Set<string>();
  for (const rule of rules) {
    add(rule.file, 'rule', 1);
    for (const leaf of leavesIn(rule)) {
      const { operator, value, lists: names, use } = leaf;
      add(rule.file, 'leaf', 1);
      add(rule.file, 'pattern', operator.sizeOf?.(value) ?? 0);
      if (!Array.isArray(value)) {
        add(rule.file, 'key', rule.on.length);
        continue;
      }
      const file = names ? fileOf(names) : rule.file;
      // Values that a rule writes itself are shared with no other rule.
      const list = `${operator.name} ${names ? names.join() : rule.file}`;
      if (!names || !prepared.has(list)) add(file, 'prepared', value.length);
      prepared.add(list);
      if (names && value.length >= PROBED) continue;
      for (const trigger of rule.on) {
        const index = `${list} ${use.key} ${trigger}`;
        if (names && stored.has(index)) continue;
        stored.add(index);
        add(file, 'key', value.length);
      }
    }
  }
  let milliseconds = 0;
  let bytes = 0;
  for (const cost of byFile.values()) {
    milliseconds += cost.milliseconds;
    bytes += cost.bytes;
  }
  return { milliseconds, bytes, byFile };
}

/** Returns the error of a rulebook that costs an isolate too much, at the rule or list that costs most. */
export function costFindings(rulebook: Pick<Rulebook, 'rules' | 'lists'>): readonly Finding[] {
  const cost = measureCost(rulebook);
  const over = (['bytes', 'milliseconds'] as const).find((unit) => cost[unit] > BUDGET[unit]);
  if (over === undefined) return [];
  const [costliest] = [...cost.byFile].sort(([, a], [, b]) => b[over] - a[over]);
  if (!costliest) return [];
  const [file, { [over]: most }] = costliest;
  return [
    {
      file,
      path: [],
      code: 'too-costly',
      severity: 'error',
      message: `the rules need about ${formatted(over, cost[over])} of a Worker, at most ${formatted(over, BUDGET[over])} are allowed; this file needs most: ${formatted(over, most)}`,
      hint: 'combine rules that differ in one value, and share values by named lists',
    },
  ];
}

const formatted = (unit: keyof Cost, amount: number): string =>
  unit === 'bytes'
    ? `${Math.ceil(amount / 1e6)} MB of memory`
    : `${(amount / 1_000).toFixed(1)} s of CPU time`;

const fileOf = ([name = '']: readonly string[]): string => `lists/${name}.json`;

/** The leaves of a rule's conditions. */
const leavesIn = ({ when, threshold }: CompiledRule): readonly Leaf[] => [
  ...leavesOf(when),
  ...(threshold?.among ? leavesOf(threshold.among.when) : []),
];
