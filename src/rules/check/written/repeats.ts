import { isRecord } from '../../../callbacks/shapes/parts.ts';
import type { CompiledRule } from '../../model/compiled.ts';
import { factNames } from '../../model/facts.ts';
import type { Finding } from '../../model/finding.ts';
import { isListName } from '../../model/lists.ts';
import { operatorNamed } from '../../operators/index.ts';
import type { Operator } from '../../operators/operator.ts';
import { type AnalysisContext, warning } from '../analysis-context.ts';
import { comparisonsIn } from '../comparisons.ts';

/** Reports what stands twice in a rule, actions of one rule that undo each other, and values that are no values. */
export function repeats(context: AnalysisContext): readonly Finding[] {
  const { source, rulebook } = context;
  return [
    ...Object.entries(source.rules).flatMap(([file, rule]) =>
      isRecord(rule) ? twice(file, rule) : [],
    ),
    ...rulebook.rules.flatMap(undoneInside),
    ...values(context),
  ];
}

type Path = Finding['path'];

/** Returns the places of items that are the same as an earlier one. */
function repeated(items: readonly unknown[]): readonly number[] {
  const seen = new Set<string>();
  return items.flatMap((item, at) => {
    const text = JSON.stringify(item);
    if (seen.has(text)) return [at];
    seen.add(text);
    return [];
  });
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

function twice(file: string, rule: Readonly<Record<string, unknown>>): readonly Finding[] {
  const at = (items: unknown, path: Path, what: string, hint: string): readonly Finding[] =>
    repeated(listOf(items)).map((place) =>
      warning(file, [...path, place], 'repeated', `${what} stands here twice`, hint),
    );
  const names = listOf(rule.examples).map((example) =>
    isRecord(example) ? example.name : example,
  );
  return [
    ...at(rule.on, ['on'], 'this trigger', 'remove it'),
    ...at(rule.then, ['then'], 'this action', 'remove it: an action runs once for a callback'),
    ...inConditions(file, rule.when, ['when']),
    ...repeated(names)
      .filter((place) => typeof names[place] === 'string')
      .map((place) =>
        warning(
          file,
          ['examples', place, 'name'],
          'repeated',
          `another example of this rule is called "${names[place]}" too`,
          'give it a name of its own, so that a failure can be found',
        ),
      ),
  ];
}

function inConditions(file: string, node: unknown, path: Path): readonly Finding[] {
  if (!isRecord(node)) return [];
  const operator = typeof node.operator === 'string' ? operatorNamed(node.operator) : undefined;
  const meaning = (value: unknown): unknown =>
    typeof value === 'string' ? (operator?.keyOfText?.(value) ?? value) : value;
  const own = Array.isArray(node.value)
    ? repeated(node.value.map(meaning)).map((place) =>
        warning(
          file,
          [...path, 'value', place],
          'repeated',
          'this value stands here twice',
          'remove it, or write the value that was meant',
        ),
      )
    : [];
  const groups = (['all', 'any'] as const).flatMap((kind) => {
    const items = listOf(node[kind]);
    return [
      ...repeated(items).map((place) =>
        warning(
          file,
          [...path, kind, place],
          'repeated',
          'this condition stands here twice',
          'remove it, or write the one that was meant',
        ),
      ),
      ...items.flatMap((item, place) => inConditions(file, item, [...path, kind, place])),
    ];
  });
  return [...own, ...groups, ...inConditions(file, node.not, [...path, 'not'])];
}

/** A rule whose own action undoes another of its actions. */
function undoneInside(rule: CompiledRule): readonly Finding[] {
  return rule.actions.flatMap(({ definition, params, index }) => {
    const undone = rule.actions.find(
      (other) =>
        other.index !== index &&
        definition.undoes?.(params, {
          action: other.action,
          params: other.params,
          rule: rule.name,
        }),
    );
    if (!undone) return [];
    return warning(
      rule.file,
      ['then', index, 'action'],
      'opposite-actions',
      `"${definition.name}" undoes the "${undone.action}" of the same rule`,
      'remove one of the two, or write two rules',
    );
  });
}

/** Whether an author means a fact by `{{…}}`. A rule may look for the placeholder of another program that was not filled in. */
function isMeantToFill(text: string, { exact }: Operator): boolean {
  const names = [...text.matchAll(/\{\{\s*([^}|]*?)\s*(?:\|[^}]*)?\}\}/g)].map(([, name]) => name);
  return names.some((name) => exact || (name && factNames().includes(name)));
}

/** The list that a text means: its name, its file, or a notation of other programs ("list:…", "@…"). */
function listMeant(text: string, names: readonly string[]): string | undefined {
  if (isListName(text, names)) return text;
  const [, name = ''] =
    /^(?:lists?[:/]\s*|rules\/lists\/|[@$#]|\{\s*"?list"?\s*:\s*"?)?([a-z0-9-]+?)(?:\.json|"?\s*\})?$/i.exec(
      text,
    ) ?? [];
  return name !== text && isListName(name, names) ? name : undefined;
}

/** A value that is the name of a list, or that looks like a part of a text to fill: both are compared as they stand. */
function values({ source }: AnalysisContext): readonly Finding[] {
  const names = Object.values(source.lists).flatMap((list) =>
    isRecord(list) && typeof list.name === 'string' ? list.name : [],
  );
  return comparisonsIn(source).flatMap(({ file, texts, operator }) =>
    texts.flatMap(({ text, path }) => {
      if (isMeantToFill(text, operator))
        return warning(
          file,
          path,
          'not-filled',
          `"${text}" is compared as it stands: only texts of actions are filled in`,
          'write the value itself; two facts cannot be compared with each other',
        );
      // A text where a list belongs is an error of its own.
      const isRefused = operator.exact && path.at(-1) === 'value';
      const name = operator.takesList && !isRefused ? listMeant(text, names) : undefined;
      return name === undefined
        ? []
        : warning(
            file,
            path,
            'list-name-as-text',
            `"${text}" is ${name === text ? 'the name of a list' : `meant as the list "${name}"`}, and is compared as a text here`,
            `write {"list": "${name}"}`,
          );
    }),
  );
}
