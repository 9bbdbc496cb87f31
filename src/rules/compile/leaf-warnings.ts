import type { FactType } from '../../callbacks/facts/fact.ts';
import { fold } from '../../callbacks/facts/fold.ts';
import { factEntries, factsWithValue } from '../model/facts.ts';
import type { Report } from '../model/finding.ts';
import { formatList } from '../model/format.ts';
import { childPath, type JsonPath, toFindingPath } from '../model/json-path.ts';
import { unknownValue } from '../model/known-value.ts';
import { isListName } from '../model/lists.ts';
import type { FactEntry } from '../model/vocabulary.ts';
import type { Operator } from '../operators/operator.ts';
import { type FilledValue, type ListContext, noItems } from './list-values.ts';
import { rangeFault } from './number-range.ts';

/** The fact of the channels' own codes, and how they look. */
const codeFact = factEntries().find(({ isFailureCode }) => isFailureCode);
const CODE = /^-?\d{2,}$/;

/** The most values of a named list that each comparison reports. */
const MAX_REPORTED = 5;

const unfolded = new WeakMap<object, readonly string[]>();

/** Returns the first values of a named list that are not folded. A list is read once, however many rules name it. */
export function unfoldedIn(list: unknown): readonly string[] {
  if (!Array.isArray(list)) return [];
  const known = unfolded.get(list);
  if (known) return known;
  const found: string[] = [];
  for (const text of list) {
    if (found.length === MAX_REPORTED) break;
    if (typeof text === 'string' && fold(text) !== text) found.push(text);
  }
  unfolded.set(list, found);
  return found;
}

/** Warns of a value that Sinch was never seen to send, of one that is not folded, of a number that the fact cannot be, and of a named list without values. */
export function warnOfValue(
  fact: FactEntry,
  operator: Operator,
  filled: FilledValue,
  type: FactType,
  { report, lists: known }: { readonly report: Report } & Pick<ListContext, 'lists'>,
  path: JsonPath,
): void {
  const { value, lists } = filled;
  if (lists && Array.isArray(value) && value.length === 0) {
    report.warning(toFindingPath(path), {
      code: 'empty-list',
      message: noItems(lists),
      hint: 'add values to the list, or remove the comparison',
      // The analysis reports the list itself.
      causedBy: `lists/${lists[0]}.json`,
    });
  }
  const outside = type === 'number' ? rangeFault(fact, operator, value) : undefined;
  if (outside) {
    const { at, ...words } = outside;
    report.warning(toFindingPath(at === undefined ? path : childPath(path, at)), words);
  }
  // An item of a list is compared exactly by every operator.
  const isExact = operator.exact || type === 'list';
  if (!isExact || type === 'json' || (lists && !fact.folded)) return;
  const texts = (lists ? unfoldedIn(value) : [value].flat()).filter(isPlainText);
  // The analysis reports the name of a list that is compared as a text.
  const unfolded = fact.folded
    ? texts.filter((text) => fold(text) !== text && !isListName(text, Object.keys(known)))
    : [];
  if (unfolded.length > 0) warnOfSpelling(fact, operator, filled, unfolded, report, path);
  for (const text of lists ? [] : texts) {
    const fault = unfolded.includes(text) ? undefined : unknownValue(text, fact);
    if (!fault) continue;
    const { code, words } = fault;
    const [owner] = fault.meant === undefined ? factsWithValue(text) : [];
    const hint =
      CODE.test(text) && codeFact && fact.onlyWith?.fact === codeFact.onlyWith?.fact
        ? `numbers are codes of the channel: write "fact": "${codeFact.name}"`
        : owner === undefined
          ? fault.hint
          : `that is a value of "${owner}": write "fact": "${owner}"`;
    const place = Array.isArray(value) ? childPath(path, value.indexOf(text)) : path;
    const message =
      code === 'unseen-value'
        ? `"${fact.name}" was never seen to be "${text}"`
        : `"${text}" ${words}`;
    report.warning(toFindingPath(place), { code, message, hint });
  }
}

/** The analysis reports {{…}}: it is no value at all. */
const isPlainText = (text: unknown): text is string =>
  typeof text === 'string' && !text.includes('{{');

/** Reports all values that are not folded at once: an author who writes one in small letters writes all of them so. */
function warnOfSpelling(
  fact: FactEntry,
  { alternatives: { forAnySpelling } }: Operator,
  { value, lists }: FilledValue,
  unfolded: readonly string[],
  report: Report,
  path: JsonPath,
): void {
  const meant = [...new Set((lists ? unfolded : [value].flat()).map(foldedText))];
  const [first] = meant;
  const written = Array.isArray(value) && !lists ? JSON.stringify(meant) : `"${first}"`;
  report.warning(toFindingPath(path), {
    code: 'not-folded',
    message: `"${fact.name}" is folded and never equals ${formatList(unfolded.slice(0, MAX_REPORTED).map((text) => `"${text}"`))}`,
    hint: `write ${written}${forAnySpelling ? `, or use "${forAnySpelling}"` : ''}`,
    // The analysis reports the list itself where each of its uses is such a comparison.
    ...(lists?.length === 1 && { causedBy: `lists/${lists[0]}.json` }),
  });
}

const foldedText = (text: unknown): unknown => (typeof text === 'string' ? fold(text) : text);
