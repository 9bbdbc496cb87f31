import type { CompiledRule, Rulebook } from '../model/compiled.ts';
import { runExamples } from './examples.ts';

/** A rule that fires on another rule's examples, and neither of the two says so. */
export interface CrossFire {
  /** Whose examples they are. */
  readonly rule: string;
  readonly also: string;
  /** The examples, by their names. */
  readonly examples: readonly string[];
}

/**
 * Runs every rule on every other rule's firing examples, and names who fires there unexpectedly. Rules that count, are
 * switched off or in shadow, or that a `stop` keeps from being asked do not fire.
 */
export async function crossFires(rulebook: Rulebook): Promise<readonly CrossFire[]> {
  const found = new Map<string, { rule: string; also: string; examples: string[] }>();
  for (const { rule, example, fired } of await runExamples(rulebook)) {
    if (!example.fires || rule.threshold || rule.shadow || !rule.enabled) continue;
    for (const other of asked(rulebook, fired)) {
      if (other === rule || areMeant(rule, other)) continue;
      const key = `${rule.name} ${other.name}`;
      const known = found.get(key) ?? { rule: rule.name, also: other.name, examples: [] };
      known.examples.push(example.name);
      found.set(key, known);
    }
  }
  return [...found.values()];
}

const areMeant = (a: CompiledRule, b: CompiledRule): boolean =>
  a.alsoFires.includes(b.name) || b.alsoFires.includes(a.name);

/** Those that fire in earnest, up to the first that stops the others. */
function asked({ rules }: Rulebook, fired: ReadonlySet<CompiledRule>): readonly CompiledRule[] {
  const active = rules.filter(
    (rule) => fired.has(rule) && rule.enabled && !rule.shadow && !rule.threshold,
  );
  const stopper = active.findIndex(({ stop }) => stop);
  return stopper === -1 ? active : active.slice(0, stopper + 1);
}
