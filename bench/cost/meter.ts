import { type Counts, noCounts, plus, type Unit } from './counts.ts';

const kinds = new Map<string, Counts>();
const calls = new Map<string, Map<string, number>>();
/** What causes what is counted now: kinds of callbacks, with their parts of the whole. */
let causes: readonly (readonly [kind: string, part: number])[] = [['shared', 1]];
let underWay = 0;
let isAnswering = false;

/** Counts something billable for whatever causes it. */
export function count(unit: Unit, times = 1): void {
  for (const [kind, part] of causes) {
    const counts = kinds.get(kind) ?? noCounts();
    counts[unit] += times * part;
    kinds.set(kind, counts);
  }
}

/** Counts what `work` does for kinds of callbacks, in equal parts. */
export async function countFor<T>(
  those: readonly string[],
  answering: boolean,
  work: () => Promise<T>,
): Promise<T> {
  const before = causes;
  causes = those.map((kind) => [kind, 1 / those.length]);
  isAnswering = answering;
  try {
    return await work();
  } finally {
    causes = before;
    isAnswering = false;
  }
}

export const causedBy = (): string => causes[0]?.[0] ?? 'shared';

/** Notes a call to a binding that the answer may wait for. */
export function noteCall(name: string): void {
  if (!isAnswering) return;
  const own = calls.get(causedBy()) ?? new Map<string, number>();
  own.set(name, (own.get(name) ?? 0) + 1);
  calls.set(causedBy(), own);
}

/** Marks a call as under way until it ends. */
export async function during<T>(work: () => Promise<T>): Promise<T> {
  underWay += 1;
  try {
    return await work();
  } finally {
    underWay -= 1;
  }
}

export const isBusy = (): boolean => underWay > 0;

export const counted = () => ({
  kinds: Object.fromEntries([...kinds].map(([kind, counts]) => [kind, plus(counts, noCounts())])),
  calls: Object.fromEntries([...calls].map(([kind, own]) => [kind, Object.fromEntries(own)])),
});

for (const level of ['log', 'info', 'warn', 'error', 'debug'] as const)
  console[level] = () => count('logs');
