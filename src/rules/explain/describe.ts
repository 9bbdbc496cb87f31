import { triggers } from '../../callbacks/triggers/index.ts';
import type { CompiledRule } from '../model/compiled.ts';
import { formatList } from '../model/format.ts';
import { type Comparison, type Leaf, matchesEveryCallback, type Node } from '../model/tree.ts';
import { factWords, predicate, valueWords, withArticle } from './phrases.ts';
import { cooldownWords, thresholdWords } from './threshold-phrases.ts';

/**
 * Describes a rule in a sentence, from the words of its facts, operators and actions:
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

/** ", at least 20 times within any 10 minutes": the threshold. */
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
  const nouns = subjects.map((noun) => withArticle(channel ? `${channel} ${noun}` : noun));
  const subject = { first: formatList(nouns), mentioned: false };
  return clause(rest, subject, true);
}

/** Describes a condition on its own: "its quality rating is RED". */
export const describeCondition = (node: Node): string =>
  clause({ ...node, phrase: undefined }, { first: 'it', mentioned: true }, true);

/** Takes the fact that leads the noun, the channel, out of an "all", to put it before the noun: "a WHATSAPP number". */
function takeChannel(when: Node): { channel?: string; rest: Node } {
  if (when.kind !== 'all' || when.comparison) return { rest: when };
  const place = when.of.findIndex(
    (child) => child.kind === 'leaf' && child.use.fact.leadsNoun && isPlain(child),
  );
  const found = when.of[place];
  if (found?.kind !== 'leaf' || when.of.length < 2) return { rest: when };
  return {
    channel: valueWords(found),
    rest: { kind: 'all', of: when.of.filter((child) => child !== found) },
  };
}

const isPlain = ({ operator, value, lists }: Comparison): boolean =>
  operator.index?.kind === 'value' && !lists && (!Array.isArray(value) || value.length < 4);

/** The subject of a sentence: "a number" the first time, "it" from then on. */
interface SentenceSubject {
  readonly first: string;
  mentioned: boolean;
}

/** A condition in words. Nested groups are in brackets, so that "and" and "or" are unambiguous. */
function clause(node: Node, subject: SentenceSubject, outermost = false): string {
  if (node.phrase !== undefined) return phrase(node.phrase, subject);
  if (matchesEveryCallback(node)) return everyCallback(subject);
  const comparison = node.kind === 'leaf' ? node : node.comparison;
  if (comparison) return comparisonWords(comparison, subject);
  const children = node.kind === 'leaf' ? [] : node.of;
  const parts = children.map((child, at) =>
    isSameFact(children[at - 1], child)
      ? predicate(child)
      : clause(child, subject, outermost && children.length === 1),
  );
  const words = formatList(parts, node.kind === 'all' ? 'and' : 'or');
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
function phrase(words: string, subject: SentenceSubject): string {
  const who = subject.mentioned ? 'it' : subject.first;
  subject.mentioned = true;
  return words.replaceAll('{it}', who);
}

/** "a number comes": the condition that every callback meets. */
function everyCallback(subject: SentenceSubject): string {
  const who = subject.mentioned ? 'it' : subject.first;
  subject.mentioned = true;
  return `${who} comes`;
}

/** "a number’s quality rating is RED", then "its …"; a yes-or-no fact is an adjective: "it is injected". */
function comparisonWords(comparison: Comparison, subject: SentenceSubject): string {
  const { use, operator, value } = comparison;
  const who = subject.mentioned ? 'it' : subject.first;
  const whose = subject.mentioned
    ? 'its'
    : `${subject.first}${subject.first.endsWith('s') ? '’' : '’s'}`;
  subject.mentioned = true;
  if (typeof value === 'boolean' && use.fact.type === 'boolean' && !operator.expansion)
    return `${who} is ${operator.bind(value)(true) ? '' : 'not '}${factWords(use)}`;
  if (use.fact.type === 'boolean' && use.path === undefined && operator.takesNoValue) {
    return `it is ${operator.isNegative ? 'not ' : ''}known whether ${who} is ${factWords(use)}`;
  }
  return `${whose} ${factWords(use)} ${predicate(comparison)}`;
}
