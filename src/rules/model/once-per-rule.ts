import type { CompiledRule } from './compiled.ts';

/**
 * Returns a function that computes its result once for each compiled rule: a check of the whole rulebook at each
 * keystroke repeats only what concerns the rules that changed. The result may depend on the file of the rule and on the
 * lists and conditions that it was compiled with, on nothing else.
 */
export function oncePerRule<More extends readonly unknown[], Result>(
  compute: (rule: CompiledRule, ...more: More) => Result,
): (rule: CompiledRule, ...more: More) => Result {
  const known = new WeakMap<CompiledRule, { readonly result: Result }>();
  return (rule, ...more) => {
    const found = known.get(rule) ?? { result: compute(rule, ...more) };
    known.set(rule, found);
    return found.result;
  };
}
