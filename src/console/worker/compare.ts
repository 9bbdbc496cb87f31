import { reviewRulebooks } from '../../authoring/review.ts';
import { isRecord } from '../../callbacks/shapes/parts.ts';
import type { Difference } from '../../rules/explain/diff.ts';
import { type Book, readBook } from './book.ts';
import type { Change, Texts } from './protocol.ts';

/** What the second rulebook changes in the first, in sentences and single values. */
export async function changesBetween(old: Book, now: Book): Promise<readonly Change[]> {
  const told = new Map(
    (await reviewRulebooks(old, now)).map((difference) => [fileOf(difference), difference]),
  );
  const files = [...new Set([...Object.keys(old.texts), ...Object.keys(now.texts)])].sort();
  const written = files.flatMap((file): Change[] => {
    const [was, is] = [old.texts[file], now.texts[file]];
    if (was === is) return [];
    const difference = told.get(file);
    told.delete(file);
    // What the review shows in words needs no JSON path.
    const inWords = difference?.details !== undefined || difference?.tree !== undefined;
    const values = inWords
      ? []
      : valuesBetween(old.files.get(file)?.value, now.files.get(file)?.value);
    const change = was === undefined ? 'added' : is === undefined ? 'removed' : 'changed';
    return [{ ...(difference ?? { what: whatOf(file), change }), file, values }];
  });
  // A rule may say something else because of a list or a condition that changed.
  const moved = [...told].map(
    ([file, difference]): Change => ({ ...difference, file, values: [] }),
  );
  return [...written, ...moved];
}

/** The same for two sets of texts. */
export const changesBetweenTexts = (old: Texts, now: Texts): Promise<readonly Change[]> =>
  changesBetween(readBook(old), readBook(now));

const FOLDERS: Readonly<Record<string, string>> = {
  rule: '',
  list: 'lists/',
  condition: 'conditions/',
  guardrail: 'guardrails/',
  story: 'tests/',
};

/** `list stop-words` is lists/stop-words.json. */
function fileOf({ what }: Difference): string {
  const [kind = '', name = ''] = what.split(' ');
  return FOLDERS[kind] === undefined ? what : `${FOLDERS[kind]}${name}.json`;
}

function whatOf(file: string): string {
  const [kind] = Object.entries(FOLDERS).find(
    ([, folder]) => folder !== '' && file.startsWith(folder),
  ) ?? [file === 'alerts.json' ? '' : 'rule'];
  const name = file.replace(/^.*\//, '').replace(/\.json$/, '');
  return kind === '' ? file : `${kind} ${name}`;
}

type Value = Change['values'][number];

/** Single values that differ, by their path. Lists of plain values count as one value; examples are counted, not listed. */
function valuesBetween(was: unknown, is: unknown, path: readonly string[] = []): readonly Value[] {
  if (same(was, is)) return [];
  const at = path.join('.');
  if (path.length === 1 && path[0] === 'examples')
    return [{ path: at, old: countWords(was), new: countWords(is) }];
  const [before, after] = [childrenOf(was), childrenOf(is)];
  if (before && after) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap((key) => valuesBetween(before[key], after[key], [...path, key]));
  }
  if (path.length === 0) return [];
  return [
    {
      path: at,
      ...(was === undefined ? {} : { old: shownValue(was) }),
      ...(is === undefined ? {} : { new: shownValue(is) }),
    },
  ];
}

const countWords = (examples: unknown): string =>
  `${Array.isArray(examples) ? examples.length : 0} examples`;

function childrenOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  if (isRecord(value)) return value;
  if (Array.isArray(value) && value.some((item) => typeof item === 'object' && item !== null))
    return Object.fromEntries(value.map((item, index) => [String(index + 1), item]));
  return undefined;
}

const shownValue = (value: unknown): string =>
  typeof value === 'string' ? value : (JSON.stringify(value) ?? '');

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
