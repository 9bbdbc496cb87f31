import { triggers } from '../../callbacks/triggers/index.ts';
import type { CompiledRule } from '../model/compiled.ts';
import { listed } from '../model/show.ts';
import type { Leaf, Node, Spoken } from '../model/tree.ts';
import { factWords, predicate, valueWords, withArticle } from './phrases.ts';
import { cooldownWords, thresholdWords } from './threshold-phrases.ts';

/**
 * A rule as a sentence, from the words of its facts, operators and actions:
 * "When a WHATSAPP number's quality rating is RED: limit marketing to 10 a minute for 7 days, and alert messaging-ops (critical)."
 */
export function describe(rule: CompiledRule): string {
  const does = rule.actions.map(({ definition, params }) =>
    definition.summary(params).replace('{owner}', rule.owner),
  );
  const stops = rule.stop ? ' The rules after it are not asked.' : '';
  const shadow = rule.shadow ? ' (In shadow: it only goes on record.)' : '';
  const off = rule.enabled ? '' : ' (Switched off.)';
  const ends = rule.expires === undefined ? '' : ` (Until ${timeWords(rule.expires)}.)`;
  return `When ${conditionWords(rule)}${often(rule)}: ${sequence(does)}.${rest(rule)}${stops}${shadow}${ends}${off}`;
}

/** ", at least 20 times within any 10 minutes": how often it must be so. */
const often = ({ on, threshold }: CompiledRule): string =>
  threshold
    ? `, ${thresholdWords(threshold, threshold.among ? conditionWords({ on, when: threshold.among.when }) : '')}`
    : '';
const rest = ({ threshold }: CompiledRule): string =>
  threshold ? ` ${cooldownWords(threshold)}` : '';

/** "2027-01-31 18:00 UTC". */
const timeWords = (time: number): string =>
  new Date(time).toISOString().replace(/^(.{10})T(.{5}).*$/, '$1 $2 UTC');

/** "do this, do that, and tell them": the comma before "and", because actions hold commas of their own. */
const sequence = (parts: readonly string[]): string =>
  parts.length < 2 ? (parts[0] ?? '') : `${parts.slice(0, -1).join(', ')}, and ${parts.at(-1)}`;

function conditionWords({ on, when }: Pick<CompiledRule, 'on' | 'when'>): string {
  const subjects = [
    ...new Set(
      on.map((name) => triggers.find((trigger) => trigger.name === name)?.noun ?? 'callback'),
    ),
  ];
  const { channel, rest } = takeChannel(when);
  const subject = subjects.map((noun) => withArticle(channel ? `${channel} ${noun}` : noun));
  const teller = { first: listed(subject), told: false };
  return clause(rest, teller, true);
}

/** A condition by itself: "its quality rating is RED". */
export const describeCondition = (node: Node): string =>
  clause({ ...node, phrase: undefined }, { first: 'it', told: true }, true);

/** Of the conditions that must all hold, the channel goes before the noun: "a WHATSAPP number". */
function takeChannel(when: Node): { channel?: string; rest: Node } {
  if (when.kind !== 'all' || when.spoken) return { rest: when };
  const place = when.of.findIndex(
    (child) => child.kind === 'leaf' && child.use.key === 'channel' && isPlain(child),
  );
  const found = when.of[place];
  if (found?.kind !== 'leaf' || when.of.length < 2) return { rest: when };
  return {
    channel: valueWords(found),
    rest: { kind: 'all', of: when.of.filter((child) => child !== found) },
  };
}

const isPlain = ({ operator, value, lists }: Spoken): boolean =>
  operator.name === 'equal' ||
  (operator.name === 'in' && !lists && Array.isArray(value) && value.length < 4);

/** Whom the sentence is about: "a number" the first time, "it" from then on. */
interface Teller {
  readonly first: string;
  told: boolean;
}

/** A condition in words. Groups within groups stand in brackets, so that "and" and "or" cannot be mixed up. */
function clause(node: Node, teller: Teller, outermost = false): string {
  if (node.phrase !== undefined) return phrase(node.phrase, teller);
  const spoken = node.kind === 'leaf' ? node : node.spoken;
  if (spoken) return comparison(spoken, teller);
  const children = node.kind === 'leaf' ? [] : node.of;
  const parts = children.map((child, at) =>
    isSameFact(children[at - 1], child)
      ? predicate(child)
      : clause(child, teller, outermost && children.length === 1),
  );
  const words = listed(parts, node.kind === 'all' ? 'and' : 'or');
  return outermost || parts.length === 1 ? words : `(${words})`;
}

/** "its rating is missing or is RED": a fact that was just named is not named again. */
const isSameFact = (before: Node | undefined, now: Node): now is Leaf =>
  before?.kind === 'leaf' &&
  now.kind === 'leaf' &&
  now.phrase === undefined &&
  before.use.key === now.use.key &&
  now.use.fact.type !== 'boolean';

/** "a message comes from the person": a shared condition in its author's words. */
function phrase(words: string, teller: Teller): string {
  const who = teller.told ? 'it' : teller.first;
  teller.told = true;
  return words.replaceAll('{it}', who);
}

/** "a number’s quality rating is RED", then "its …"; a yes-or-no fact is an adjective: "it is injected". */
function comparison(spoken: Spoken, teller: Teller): string {
  const { use, operator, value } = spoken;
  const who = teller.told ? 'it' : teller.first;
  const whose = teller.told ? 'its' : `${teller.first}${teller.first.endsWith('s') ? '’' : '’s'}`;
  teller.told = true;
  // What a rule asks when it wants every callback of its triggers.
  if (use.key === 'trigger' && operator.name === 'present') return `${who} comes`;
  if (
    typeof value === 'boolean' &&
    use.fact.type === 'boolean' &&
    NO[operator.name] !== undefined
  ) {
    return `${who} is ${value === NO[operator.name] ? 'not ' : ''}${factWords(use)}`;
  }
  if (use.fact.type === 'boolean' && use.path === undefined && operator.takesNothing) {
    return `it is ${operator.denies ? 'not ' : ''}known whether ${who} is ${factWords(use)}`;
  }
  return `${whose} ${factWords(use)} ${predicate(spoken)}`;
}

/** The value with which a comparison of a yes-or-no fact says "not". */
const NO: Readonly<Record<string, boolean>> = { equal: false, notEqual: true };
