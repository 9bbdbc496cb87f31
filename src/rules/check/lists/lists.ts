import { CLOSING_WORDS } from '../../../callbacks/facts/closing.ts';
import { FAILURE_CLASSES } from '../../../callbacks/facts/failure-class.ts';
import { NOTICE_LISTS } from '../../../callbacks/shapes/notice-kind.ts';
import { isRecord } from '../../../callbacks/shapes/parts.ts';
import type { Finding } from '../../model/finding.ts';
import { listsCalled, nameOfFile } from '../../model/lists.ts';
import { type Leaf, leavesOf } from '../../model/tree.ts';
import { type AnalysisContext, warning } from '../analysis-context.ts';

const FAILURE_LISTS = FAILURE_CLASSES.map((name) => `failure-${name}`);

/** Lists that a fact reads, whether or not a rule names them, with the fact. */
export const LISTS_OF_FACTS: ReadonlyMap<string, string> = new Map([
  ...FAILURE_LISTS.map((name) => [name, 'failure_class'] as const),
  [CLOSING_WORDS, 'keyword'],
  ...NOTICE_LISTS.map((name) => [name, 'notice_kind'] as const),
]);

/** Reports unused lists and shared conditions, and list values that have no effect. */
export function lists({ source, rulebook }: AnalysisContext): readonly Finding[] {
  const texts = [...Object.values(source.rules), ...Object.values(source.conditions)];
  const known = Object.values(source.lists).flatMap((value) => nameOf(value) ?? []);
  const usedLists = new Set([
    ...texts
      .flatMap((text) => namesUnder('list', text))
      .flatMap((name) => listsCalled(name, known)),
    ...LISTS_OF_FACTS.keys(),
  ]);
  const usedConditions = new Set(texts.flatMap((text) => namesUnder('condition', text)));
  const uses = usesOf(rulebook);
  const unused = (
    sources: Readonly<Record<string, unknown>>,
    used: ReadonlySet<string>,
    what: string,
  ): Finding[] =>
    Object.entries(sources).flatMap(([file, value]) => {
      const name = nameOf(value);
      // A name that is not that of its file is a finding of its own.
      if (name === undefined || used.has(name) || name !== nameOfFile(file)) return [];
      const message = `no rule uses the ${what} "${name}"`;
      return warning(file, ['name'], 'unused', message, 'remove the file, or use it');
    });
  return [
    ...unused(source.lists, usedLists, 'list'),
    ...unused(source.conditions, usedConditions, 'condition'),
    ...Object.entries(source.lists).flatMap(([file, list]) =>
      deadValues(file, list, uses.get(nameOf(list) ?? '') ?? []),
    ),
    ...failureCodes({ source, rulebook }),
  ];
}

const nameOf = (value: unknown): string | undefined =>
  isRecord(value) && typeof value.name === 'string' ? value.name : undefined;

/** Returns all names under a key, except in examples. */
export function namesUnder(key: string, value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item) => namesUnder(key, item));
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    if (name === 'examples') return [];
    if (name !== key) return namesUnder(key, inner);
    return [inner].flat().filter((item) => typeof item === 'string');
  });
}

/** The values of a list; none if one of them is no text and no number, which `compile` reports. */
const valuesOf = (list: unknown): readonly (string | number)[] =>
  isRecord(list) && Array.isArray(list.values) && list.values.every(isScalar) ? list.values : [];

const isScalar = (value: unknown): value is string | number =>
  typeof value === 'string' || typeof value === 'number';

/** Returns the comparisons that use each list. */
function usesOf({
  rules,
  lists,
}: AnalysisContext['rulebook']): ReadonlyMap<string, readonly Leaf[]> {
  const uses = new Map<string, Leaf[]>();
  for (const leaf of rules.flatMap(({ when }) => leavesOf(when))) {
    const names = (leaf.lists ?? []).flatMap((name) => listsCalled(name, Object.keys(lists)));
    for (const name of names) {
      const known = uses.get(name) ?? [];
      known.push(leaf);
      uses.set(name, known);
    }
  }
  return uses;
}

/** Reports values that another value of the list covers in every rule that uses it. */
function deadValues(file: string, list: unknown, uses: readonly Leaf[]): readonly Finding[] {
  const values = valuesOf(list);
  const keys = [...new Set(uses.map(({ operator }) => operator.keyOfText))];
  const meaning = (value: unknown): unknown =>
    typeof value === 'string' && keys.length > 0 && !keys.includes(undefined)
      ? JSON.stringify(keys.map((keyOf) => keyOf?.(value)))
      : value;
  const meanings = values.map(meaning);
  return values.flatMap((value, at) => {
    const path = ['values', at];
    const twin = values[meanings.slice(0, at).indexOf(meanings[at])];
    if (twin !== undefined) {
      return warning(
        file,
        path,
        'repeated-value',
        `"${value}" has the same effect as "${twin}" before it`,
        'remove it',
      );
    }
    const wider = values.find(
      (other, place) =>
        place !== at && meanings[place] !== meanings[at] && covers(uses, other, value),
    );
    if (wider === undefined) return [];
    return warning(
      file,
      path,
      'repeated-value',
      `"${value}" has no effect: every text that contains it contains "${wider}"`,
      'remove it',
    );
  });
}

/** Whether in every use one value matches wherever the other does: "stop" covers "stop texting". */
const covers = (uses: readonly Leaf[], wider: unknown, value: unknown): boolean =>
  uses.length > 0 &&
  uses.every(
    ({ operator: { partition } }) =>
      partition?.by === 'words' && partition.within([value], [wider]),
  );

/**
 * Reports a code in two failure classes; the first class in order has it. The finding stands in the list that the
 * examples of the rules speak against, else in the later one, where the code has no effect.
 */
function failureCodes({ source, rulebook }: AnalysisContext): readonly Finding[] {
  const places = new Map<
    string,
    { readonly name: string; readonly file: string; readonly at: number }[]
  >();
  for (const name of FAILURE_LISTS) {
    const [file, list] =
      Object.entries(source.lists).find(([, value]) => nameOf(value) === name) ?? [];
    if (file === undefined) continue;
    for (const [at, value] of valuesOf(list).entries()) {
      const known = places.get(String(value)) ?? [];
      if (known.some((one) => one.name === name)) continue;
      places.set(String(value), [...known, { name, file, at }]);
    }
  }
  return [...places].flatMap(([code, [first, ...others]]) =>
    others.flatMap((later) => {
      if (!first) return [];
      const isFirstWrong =
        shownAs(code, later.name, rulebook) > shownAs(code, first.name, rulebook);
      const [wrong, right] = isFirstWrong ? [first, later] : [later, first];
      const message = isFirstWrong
        ? `"${code}" is also in ${right.name}, and this list comes first`
        : `"${code}" is also in ${right.name}, which comes first`;
      const hint = `remove it here or in ${right.name}: a code has one class`;
      return warning(wrong.file, ['values', wrong.at], 'dead-value', message, hint);
    }),
  );
}

/** How many firing examples, of rules that require the class of a list, hold the code. */
function shownAs(code: string, list: string, { rules }: AnalysisContext['rulebook']): number {
  const kind = list.replace(/^failure-/, '');
  return rules
    .filter(({ when }) =>
      leavesOf(when).some(
        ({ use, value }) => use.fact.recompute !== undefined && [value].flat().includes(kind),
      ),
    )
    .flatMap(({ examples }) => examples)
    .filter(({ fires, callback }) => fires && JSON.stringify(callback).includes(`"${code}"`))
    .length;
}
