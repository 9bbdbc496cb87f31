import type { CompiledRule, Rulebook } from '../model/compiled.ts';
import { runExamples } from './examples/examples.ts';

/** A rule that fires for another rule's examples without being listed in `also_fires` of either. */
export interface CrossFire {
  /** The rule that the examples belong to. */
  readonly rule: string;
  readonly also: string;
  /** The names of the examples. */
  readonly examples: readonly string[];
}

/**
 * Runs every rule on the firing examples of every other rule, and returns those that fire unexpectedly. Rules that have a
 * threshold, are disabled, in shadow or come after a `stop` do not fire.
 */
export async function crossFires(rulebook: Rulebook): Promise<readonly CrossFire[]> {
  const found = new Map<string, { rule: string; also: string; examples: string[] }>();
  for (const { rule, example, fired } of await runExamples(rulebook)) {
    if (!example.fires || rule.threshold || rule.shadow || !rule.enabled) continue;
    for (const other of acting(rulebook, fired)) {
      if (other === rule || isExpected(rule, other)) continue;
      const key = `${rule.name} ${other.name}`;
      const known = found.get(key) ?? { rule: rule.name, also: other.name, examples: [] };
      known.examples.push(example.name);
      found.set(key, known);
    }
  }
  return [...found.values()];
}

const isExpected = (a: CompiledRule, b: CompiledRule): boolean =>
  a.alsoFires.includes(b.name) || b.alsoFires.includes(a.name);

/** The rules that act, up to the first with `stop`. */
function acting({ rules }: Rulebook, fired: ReadonlySet<CompiledRule>): readonly CompiledRule[] {
  const active = rules.filter(
    (rule) => fired.has(rule) && rule.enabled && !rule.shadow && !rule.threshold,
  );
  const stopper = active.findIndex(({ stop }) => stop);
  return stopper === -1 ? active : active.slice(0, stopper + 1);
}
