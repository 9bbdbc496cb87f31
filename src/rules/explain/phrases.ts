import { PAYLOAD } from '../model/facts.ts';
import { formatList } from '../model/format.ts';
import type { Comparison, FactUse } from '../model/tree.ts';

/** A fact as a noun: "quality rating", "field contact.language", "metadata field order.id". */
export const factWords = ({ fact, path }: FactUse): string =>
  path === undefined
    ? fact.summary
    : fact.name === PAYLOAD
      ? `field ${path}`
      : `${fact.summary.replace(/^(\S+) of the (.+)$/, '$2 $1')} field ${path}`;

/** The value of a comparison: "RED", "A, B or C", "a word of the list stop-words-en"; `exact` goes before an exact list. */
export function valueWords({ operator, value, lists }: Comparison, exact = ''): string {
  if (!lists) return operator.formatOperand(value);
  const named = `the ${lists.length === 1 ? 'list' : 'lists'} ${formatList(lists, 'and')}`;
  return operator.exact ? `${exact}${named}` : `a word of ${named}`;
}

/** What follows the fact: "is RED", "is in the list failure-transient". */
export const predicate = (comparison: Comparison): string =>
  comparison.operator.summary(valueWords(comparison, 'in '));

/** What the rule wants to see: "RED", "one of the list failure-transient". */
export const expectedWords = (comparison: Comparison): string =>
  comparison.operator.expected(valueWords(comparison));

/** "a number", "an SMS message": letters that are spelt out go by their sound. */
export const withArticle = (words: string): string =>
  `${/^(?:[AEIOaeio]|u(?!ni|se)|SMS|MMS|RCS)/.test(words) ? 'an' : 'a'} ${words}`;
