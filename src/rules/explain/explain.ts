import type { Callback } from '../../callbacks/callback.ts';
import { messageOf } from '../../errors.ts';
import { decide, hasExpired } from '../decide/decide.ts';
import { openFacts, type Recall, type Seen } from '../decide/observed-facts.ts';
import type { CompiledRule, Rulebook } from '../model/compiled.ts';
import { listed, show } from '../model/show.ts';
import { type FactUse, type Node, type Spoken, verdict } from '../model/tree.ts';
import { type Look, type Looked, lookAlone, withWindows } from './explain-windows.ts';
import { factWords, needs } from './phrases.ts';

/** A condition that kept a rule from firing, or let it fire. */
export interface Observation {
  /** The name of the fact, or the path of the field: `payload.contact.id`. */
  readonly fact: string;
  readonly operator: string;
  /** What was seen, in words; "missing" where there was nothing. */
  readonly saw: string;
  /** What the rule wants to see, in words. */
  readonly needs: string;
  /** The fact is not at hand any more: whether the condition held is not known. */
  readonly unknown?: true;
}

/** Why a rule did, or did not, fire for a callback. */
export interface Explanation {
  readonly rule: string;
  readonly outcome:
    | 'fired'
    | 'shadow'
    | 'erred'
    | 'counted'
    | 'did-not-fire'
    | 'unknown'
    | 'stopped'
    | 'expired'
    | 'disabled';
  /** Conditions that held, of all that count; of an `any`, only its nearest branch counts. */
  readonly held: number;
  readonly of: number;
  readonly misses: readonly Observation[];
  readonly sentence: string;
  /** Of a rule with a threshold: what the callback's window holds, the callback itself counted. */
  readonly window?: Looked;
}

/**
 * Says for every rule that listens to the callback's trigger why it fired or not: what fired first, then the nearest misses.
 * @param look asks for the window that the callback counts in; without, windows are empty
 */
export async function explain(
  rulebook: Rulebook,
  callback: Callback,
  recall: Recall,
  look: Look = lookAlone(callback),
): Promise<readonly Explanation[]> {
  const recallOnce = once(recall);
  const decision = await decide(rulebook, callback, recallOnce);
  const seen = openFacts(callback, rulebook.lists, recallOnce);
  const fired = new Set([...decision.fired, ...decision.shadowed].map(({ rule }) => rule));
  const erred = new Map(decision.erred.map(({ rule, message }) => [rule, message]));
  const all = await explainAll(rulebook, callback, seen, (rule) => ({
    fired: fired.has(rule),
    error: erred.get(rule.name),
  }));
  return (await withWindows(all, decision.counted, callback, look)).toSorted(byNearness);
}

/** What is known of a rule's decision: whether it fired (`undefined`: nobody knows), or why it could not be decided. */
export interface Judged {
  readonly fired: boolean | undefined;
  readonly error?: string | undefined;
}

/** Explains the rules that listen to a trigger by what was seen and judged, now or in the past. */
export async function explainAll(
  rulebook: Rulebook,
  about: Pick<Callback, 'trigger' | 'receivedAt'>,
  seen: Seen,
  judged: (rule: CompiledRule) => Judged,
): Promise<readonly Explanation[]> {
  const explanations: Explanation[] = [];
  let stopper: CompiledRule | undefined;
  for (const rule of rulebook.rules) {
    if (!rule.on.includes(about.trigger)) continue;
    await seen.fetch(rule.uses);
    const { fired, error } = judged(rule);
    const found = explainRule(rule, seen, fired, error);
    if (!rule.enabled)
      explanations.push(unasked(found, 'disabled', 'it is switched off ("enabled": false)'));
    else if (hasExpired(rule, about))
      explanations.push(
        unasked(
          found,
          'expired',
          `its time was over ("expires": "${new Date(rule.expires ?? 0).toISOString()}")`,
        ),
      );
    else if (stopper)
      explanations.push(
        unasked(found, 'stopped', `${stopper.name} fired before it and stops the rules after it`),
      );
    else explanations.push(rule.shadow && found.outcome === 'fired' ? inShadow(found) : found);
    if (!stopper && fired && rule.stop && !rule.shadow) stopper = rule;
  }
  return explanations.sort(byNearness);
}

function once(recall: Recall): Recall {
  const asked = new Map<string, ReturnType<Recall>>();
  return (fact) => {
    const asking = asked.get(fact) ?? recall(fact);
    asked.set(fact, asking);
    return asking;
  };
}

/**
 * Explains one rule by itself. `fired` is the judge's word (`undefined`: nobody knows), `error` what went wrong instead.
 * Recalled facts must have been fetched.
 */
export function explainRule(
  rule: CompiledRule,
  seen: Seen,
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
    const told = [...new Set([...hits, ...open].map(({ saw, noun }) => `${noun} was ${saw}`))].join(
      ', ',
    );
    const said = fired
      ? `${rule.name} fired: ${told}`
      : counted
        ? `${rule.name} counted it: ${told}`
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

const inShadow = (found: Explanation): Explanation => ({
  ...found,
  outcome: 'shadow',
  sentence: found.sentence.replace(' fired: ', ' would have fired, but is in shadow: '),
});

const unasked = (
  found: Explanation,
  outcome: 'stopped' | 'expired' | 'disabled',
  reason: string,
): Explanation => ({
  ...found,
  outcome,
  sentence: `${found.rule} was not asked: ${reason}`,
});

const ORDER = {
  ...{ fired: 0, shadow: 1, erred: 2, counted: 3, unknown: 4, 'did-not-fire': 5 },
  ...{ stopped: 6, expired: 7, disabled: 8 },
} as const;

/** What fired stays in the order of decision; of the others, the fewest misses and the most that held come first. */
const byNearness = (a: Explanation, b: Explanation): number =>
  ORDER[a.outcome] - ORDER[b.outcome] ||
  (ORDER[a.outcome] < ORDER.erred ? 0 : distance(a.misses) - distance(b.misses) || b.held - a.held);

/** How far from firing: what is not known may have held. */
const distance = (misses: readonly Observation[]): number =>
  misses.reduce((sum, { unknown }) => sum + (unknown ? 0.5 : 1), 0);

interface Seeing extends Observation {
  readonly noun: string;
}
interface Observed {
  readonly hits: readonly Seeing[];
  readonly misses: readonly Seeing[];
}

/** What held and what did not. An `any` speaks by the branch that held, or came nearest. */
function observe(node: Node, seen: Seen): Observed {
  const spoken = node.kind === 'leaf' ? node : node.spoken;
  if (spoken) {
    const found = seeing(spoken, seen);
    const holds = verdict(node, seen.peek);
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

/** What would have done as well: other values of the same fact by name, anything else by number. */
function withOtherWays(
  [first, ...rest]: readonly Seeing[],
  parts: readonly Observed[],
): readonly Seeing[] {
  if (!first) return [];
  const alone = parts.flatMap(({ hits, misses }) =>
    hits.length === 0 && misses.length === 1 ? misses : [],
  );
  const same =
    alone.length === parts.length &&
    alone.every(({ fact, saw }) => fact === first.fact && saw === first.saw);
  if (same) return [{ ...first, needs: listed(alone.map(({ needs: wanted }) => wanted)) }];
  const others = parts.length - 1;
  const last = rest.at(-1) ?? first;
  const told = {
    ...last,
    needs:
      others === 0
        ? last.needs
        : `${last.needs} (or ${others} other ${others === 1 ? 'way' : 'ways'})`,
  };
  return [...[first, ...rest].slice(0, -1), told];
}

const isNearer = (a: Observed, b: Observed): boolean =>
  distance(a.misses) < distance(b.misses) ||
  (distance(a.misses) === distance(b.misses) && a.hits.length > b.hits.length);

function seeing(spoken: Spoken, seen: Seen): Seeing {
  const { use, operator } = spoken;
  return {
    fact: use.key,
    noun: factWords(use),
    operator: operator.name,
    saw: sight(spoken, seen),
    needs: needs(spoken),
  };
}

function sight({ use, operator }: Spoken, seen: Seen): string {
  const now = shown(use, seen);
  const before = operator.expansion && use.fact.previous;
  return before
    ? `${now}, before that ${shown({ key: before, fact: { ...use.fact, name: before, recalled: true } }, seen)}`
    : now;
}

const shown = (use: FactUse, seen: Seen): string =>
  seen.lost?.(use) ?? show(seen.read(use), use.path === undefined ? use.fact.type : 'json');
