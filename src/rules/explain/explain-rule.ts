import { messageOf } from '../../errors.ts';
import type { CompiledRule } from '../model/compiled.ts';
import { factEntry } from '../model/facts.ts';
import { formatList, formatValue } from '../model/format.ts';
import type { ObservedFacts } from '../model/observed-facts.ts';
import { type Comparison, evaluateNode, type FactUse, type Node, useOf } from '../model/tree.ts';
import { distanceOf, type Explanation, type Observation } from './explanation.ts';
import { expectedWords, factWords } from './phrases.ts';

/**
 * Explains one rule on its own. `fired` is the result of its evaluation (`undefined`: not known), `error` the reason for
 * having none. Recalled facts must have been fetched.
 */
export function explainRule(
  rule: CompiledRule,
  seen: ObservedFacts,
  fired: boolean | undefined,
  error?: string,
): Explanation {
  try {
    if (error !== undefined && !fired) throw new Error(error);
    const among = rule.threshold?.among;
    const { hits, misses } = observe(
      among ? { kind: 'all', of: [among.when, rule.when] } : rule.when,
      seen,
    );
    const held = hits.length;
    const of = held + misses.length;
    const open = misses.filter(({ unknown }) => unknown);
    const lacks = misses
      .map((miss) => `${miss.noun} was ${miss.saw}, the rule needs ${miss.needs}`)
      .join('; ');
    const counts = `(${held} of ${of} conditions held${open.length > 0 ? `, ${open.length} not known` : ''})`;
    const counted = rule.threshold !== undefined && fired === false && misses.length === 0;
    const observed = [
      ...new Set([...hits, ...open].map(({ saw, noun }) => `${noun} was ${saw}`)),
    ].join(', ');
    const said = fired
      ? `${rule.name} fired: ${observed}`
      : counted
        ? `${rule.name} counted it: ${observed}`
        : fired === false
          ? `${rule.name} did not fire: ${lacks} ${counts}`
          : `${rule.name} may have fired, that is not known: ${lacks} ${counts}`;
    return {
      rule: rule.name,
      outcome: fired ? 'fired' : counted ? 'counted' : fired === false ? 'did-not-fire' : 'unknown',
      held,
      of,
      misses: misses.map(({ noun: _, ...miss }) => miss),
      sentence: said,
    };
  } catch (problem) {
    const sentence = `${rule.name} could not be decided: ${messageOf(problem)}`;
    return { rule: rule.name, outcome: 'erred', held: 0, of: 0, misses: [], sentence };
  }
}

interface ObservedComparison extends Observation {
  readonly noun: string;
}
interface Observed {
  readonly hits: readonly ObservedComparison[];
  readonly misses: readonly ObservedComparison[];
}

/** Returns the comparisons that held and those that did not. An `any` is represented by the branch that held or was nearest. */
function observe(node: Node, seen: ObservedFacts): Observed {
  const comparison = node.kind === 'leaf' ? node : node.comparison;
  if (comparison) {
    const found = observeComparison(comparison, seen);
    const holds = evaluateNode(node, seen.peek);
    if (holds) return { hits: [found], misses: [] };
    return { hits: [], misses: [holds === undefined ? { ...found, unknown: true } : found] };
  }
  const parts = node.kind === 'leaf' ? [] : node.of.map((child) => observe(child, seen));
  if (node.kind === 'all')
    return {
      hits: parts.flatMap(({ hits }) => hits),
      misses: parts.flatMap(({ misses }) => misses),
    };
  const best = parts.reduce((nearest, part) => (isNearer(part, nearest) ? part : nearest));
  return best.misses.length === 0
    ? best
    : { hits: best.hits, misses: withOtherWays(best.misses, parts) };
}

/** Adds the alternatives of an `any`: other values of the same fact by name, other branches by number. */
function withOtherWays(
  [first, ...rest]: readonly ObservedComparison[],
  parts: readonly Observed[],
): readonly ObservedComparison[] {
  if (!first) return [];
  const alone = parts.flatMap(({ hits, misses }) =>
    hits.length === 0 && misses.length === 1 ? misses : [],
  );
  const same =
    alone.length === parts.length &&
    alone.every(({ fact, saw }) => fact === first.fact && saw === first.saw);
  if (same) return [{ ...first, needs: formatList(alone.map(({ needs: wanted }) => wanted)) }];
  const others = parts.length - 1;
  const last = rest.at(-1) ?? first;
  const widened = {
    ...last,
    needs:
      others === 0
        ? last.needs
        : `${last.needs} (or ${others} other ${others === 1 ? 'way' : 'ways'})`,
  };
  return [...[first, ...rest].slice(0, -1), widened];
}

const isNearer = (a: Observed, b: Observed): boolean =>
  distanceOf(a.misses) < distanceOf(b.misses) ||
  (distanceOf(a.misses) === distanceOf(b.misses) && a.hits.length > b.hits.length);

function observeComparison(comparison: Comparison, seen: ObservedFacts): ObservedComparison {
  const { use, operator } = comparison;
  return {
    fact: use.key,
    noun: factWords(use),
    operator: operator.name,
    saw: observedWords(comparison, seen),
    needs: expectedWords(comparison),
  };
}

function observedWords({ use, operator }: Comparison, seen: ObservedFacts): string {
  const now = factValueWords(use, seen);
  const before = operator.expansion && use.fact.previous ? factEntry(use.fact.previous) : undefined;
  return before ? `${now}, before that ${factValueWords(useOf(before, use.path), seen)}` : now;
}

const factValueWords = (use: FactUse, seen: ObservedFacts): string =>
  seen.unavailable?.(use) ??
  formatValue(seen.read(use), use.path === undefined ? use.fact.type : 'json');
