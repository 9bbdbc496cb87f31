import { triggers } from '../callbacks/index.ts';
import type { CompiledRule } from './compiled.ts';
import { listed } from './show.ts';
import type { Node, Spoken } from './tree.ts';
import { factWords, predicate, valueWords, withArticle } from './words.ts';

/**
 * A rule as a sentence, from the words of its facts, operators and actions:
 * "When a WHATSAPP number's quality rating is RED: limit marketing to 10 a minute for 7 days, and alert messaging-ops (critical)."
 */
export function describe(rule: CompiledRule): string {
  const does = rule.actions.map(({ words, params }) => words.says(params).replace('{owner}', rule.owner));
  const stops = rule.stop ? ' The rules after it are not asked.' : '';
  const off = rule.enabled ? '' : ' (Switched off.)';
  return `When ${conditionWords(rule)}: ${sequence(does)}.${stops}${off}`;
}

/** "do this, and do that": actions hold commas of their own. */
const sequence = (parts: readonly string[]): string =>
  parts.length < 2 ? (parts[0] ?? '') : `${parts.slice(0, -1).join('; ')}, and ${parts.at(-1)}`;

function conditionWords({ on, when }: CompiledRule): string {
  const subjects = [
    ...new Set(on.map((name) => triggers.find((trigger) => trigger.name === name)?.noun ?? 'callback')),
  ];
  const { channel, rest } = takeChannel(when);
  const subject = subjects.map((noun) => withArticle(channel ? `${channel} ${noun}` : noun));
  const teller = { first: listed(subject), told: false };
  return clause(rest, teller, true);
}

/** Of the conditions that must all hold, the channel goes before the noun: "a WHATSAPP number". */
function takeChannel(when: Node): { channel?: string; rest: Node } {
  if (when.kind !== 'all' || when.spoken) return { rest: when };
  const place = when.of.findIndex((child) => child.kind === 'leaf' && child.use.key === 'channel' && isPlain(child));
  const found = when.of[place];
  if (found?.kind !== 'leaf' || when.of.length < 2) return { rest: when };
  return { channel: valueWords(found), rest: { kind: 'all', of: when.of.filter((child) => child !== found) } };
}

const isPlain = ({ operator, value, lists }: Spoken): boolean =>
  operator.name === 'equal' || (operator.name === 'in' && !lists && Array.isArray(value) && value.length < 4);

interface Teller {
  readonly first: string;
  told: boolean;
}

/** A condition in words. Groups within groups stand in brackets, so that "and" and "or" cannot be mixed up. */
function clause(node: Node, teller: Teller, outermost = false): string {
  const spoken = node.kind === 'leaf' ? node : node.spoken;
  if (spoken) return comparison(spoken, teller);
  const parts =
    node.kind === 'leaf' ? [] : node.of.map((child) => clause(child, teller, outermost && node.of.length === 1));
  const words = listed(parts, node.kind === 'all' ? 'and' : 'or');
  return outermost || parts.length === 1 ? words : `(${words})`;
}

/** "a number's quality rating is RED", then "its …"; a yes-or-no fact is an adjective: "it is injected". */
function comparison(spoken: Spoken, teller: Teller): string {
  const { use, operator, value } = spoken;
  const whose = teller.told ? 'its' : `${teller.first}’s`;
  const who = teller.told ? 'it' : teller.first;
  teller.told = true;
  if (
    use.fact.type === 'boolean' &&
    typeof value === 'boolean' &&
    (operator.name === 'equal' || operator.name === 'notEqual')
  ) {
    return `${who} is ${value === (operator.name === 'equal') ? '' : 'not '}${factWords(use)}`;
  }
  return `${whose} ${factWords(use)} ${predicate(spoken)}`;
}
