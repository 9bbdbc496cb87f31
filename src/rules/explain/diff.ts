import type { CompiledRule, Rulebook } from '../model/compiled.ts';
import { nameOfFile } from '../model/lists.ts';
import { describe } from './describe.ts';

/** A change of one rule, list, condition or file, in sentences. */
export interface Difference {
  /** `rule stop`, `list stop-words-en`, `alerts.json`. */
  readonly what: string;
  readonly change: 'added' | 'removed' | 'changed';
  readonly old?: string;
  readonly new?: string;
}

/** A rulebook and its sources. */
export interface Compared {
  readonly rulebook: Rulebook;
  readonly source: {
    readonly rules: Readonly<Record<string, unknown>>;
    readonly conditions: Readonly<Record<string, unknown>>;
    readonly alerts: unknown;
    readonly guardrails?: Readonly<Record<string, unknown>>;
  };
}

/** Returns the changes from one rulebook to another: rules as sentences, lists by their values, other files by name. */
export function diffRulebooks(old: Compared, now: Compared): readonly Difference[] {
  return [
    ...rules(old, now),
    ...lists(old.rulebook, now.rulebook),
    ...conditions(old.source, now.source),
    ...files('guardrail', old.source.guardrails ?? {}, now.source.guardrails ?? {}),
    ...changed('alerts.json', old.source.alerts, now.source.alerts),
  ];
}

function rules(old: Compared, now: Compared): readonly Difference[] {
  const [before, after] = [byName(old.rulebook.rules), byName(now.rulebook.rules)];
  return names(before, after).flatMap((name): Difference[] => {
    const [was, is] = [before.get(name), after.get(name)];
    const what = `rule ${name}`;
    if (!was) return is ? [{ what, change: 'added', new: words(is) }] : [];
    if (!is) return [{ what, change: 'removed', old: words(was) }];
    if (
      same(bare(old.source.rules[was.file]), bare(now.source.rules[is.file])) &&
      sharesTheSame(was, is)
    )
      return [];
    if (words(was) !== words(is))
      return [{ what, change: 'changed', old: words(was), new: words(is) }];
    const keys = changedKeys(old.source.rules[was.file], now.source.rules[is.file]);
    return [
      {
        what,
        change: 'changed',
        new: `the sentence stays; "${keys.join('", "')}" is not what it was`,
      },
    ];
  });
}

/** Whether two versions read the same. A changed shared condition changes the sentences of its rules, unless it has a phrase of its own. */
const sharesTheSame = (a: CompiledRule, b: CompiledRule): boolean => describe(a) === describe(b);

function lists(old: Pick<Rulebook, 'lists'>, now: Pick<Rulebook, 'lists'>): readonly Difference[] {
  const [before, after] = [new Map(Object.entries(old.lists)), new Map(Object.entries(now.lists))];
  return names(before, after).flatMap((name): Difference[] => {
    const [was = [], is = []] = [before.get(name), after.get(name)];
    const gone = was.filter((value) => !is.includes(value));
    const come = is.filter((value) => !was.includes(value));
    const what = `list ${name}`;
    if (!before.has(name)) return [{ what, change: 'added', new: is.join(', ') }];
    if (!after.has(name)) return [{ what, change: 'removed', old: was.join(', ') }];
    if (gone.length + come.length === 0) return [];
    const parts = [
      gone.length > 0 ? `without ${gone.join(', ')}` : '',
      come.length > 0 ? `with ${come.join(', ')}` : '',
    ];
    return [{ what, change: 'changed', new: parts.filter(Boolean).join('; ') }];
  });
}

/** Returns the changes of shared conditions, with the rules that use them, because a phrase can stay the same while the condition changes. */
const conditions = (old: Compared['source'], now: Compared['source']): readonly Difference[] =>
  files('condition', old.conditions, now.conditions).map((difference) => {
    const asks = `"condition":"${difference.what.slice('condition '.length)}"`;
    const users = Object.entries(now.rules).flatMap(([file, rule]) =>
      JSON.stringify(rule).includes(asks) ? [nameOfFile(file)] : [],
    );
    const parts = [difference.new, users.length > 0 ? `used by ${users.join(', ')}` : undefined];
    return { ...difference, new: parts.filter((words) => words !== undefined).join('; ') };
  });

function files(
  kind: string,
  old: Readonly<Record<string, unknown>>,
  now: Readonly<Record<string, unknown>>,
): readonly Difference[] {
  const [before, after] = [new Map(Object.entries(old)), new Map(Object.entries(now))];
  return names(before, after).flatMap((file): Difference[] => {
    const what = `${kind} ${nameOfFile(file)}`;
    if (!before.has(file)) return [{ what, change: 'added' }];
    if (!after.has(file)) return [{ what, change: 'removed' }];
    return changed(what, before.get(file), after.get(file));
  });
}

const changed = (what: string, was: unknown, is: unknown): Difference[] =>
  same(bare(was), bare(is))
    ? []
    : [
        {
          what,
          change: 'changed',
          new: `"${changedKeys(was, is).join('", "')}" is not what it was`,
        },
      ];

/** The sentence of a rule and its priority. */
function words(rule: CompiledRule): string {
  const priority = rule.priority === 1 ? '' : ` (Priority ${rule.priority}.)`;
  return `${describe(rule)}${priority}`;
}

const byName = (all: readonly CompiledRule[]): Map<string, CompiledRule> =>
  new Map(all.map((rule) => [rule.name, rule]));

const names = (
  a: ReadonlyMap<string, unknown>,
  b: ReadonlyMap<string, unknown>,
): readonly string[] => [...new Set([...a.keys(), ...b.keys()])].sort();

const same = (a: unknown, b: unknown): boolean =>
  JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

function changedKeys(was: unknown, is: unknown): readonly string[] {
  const [before, after] = [bare(was), bare(is)].map(
    (rule) => new Map(Object.entries(Object(rule))),
  );
  if (!before || !after) return [];
  return names(before, after).filter((key) => !same(before.get(key), after.get(key)));
}

/** A file without what has no effect on decisions: examples and editor hints. */
function bare(file: unknown): unknown {
  if (typeof file !== 'object' || file === null) return file;
  return Object.fromEntries(
    Object.entries(file).filter(([key]) => key !== 'examples' && key !== '$schema'),
  );
}

/** Formats a change as lines: what changed, then old and new. */
export function differenceLines({ what, change, old, new: now }: Difference): readonly string[] {
  return [
    `${MARK[change]} ${what} ${change}`,
    ...(old === undefined ? [] : [`    old: ${old}`]),
    ...(now === undefined ? [] : [`    ${old === undefined ? '' : 'new: '}${now}`]),
  ];
}

const MARK = { added: '+', removed: '-', changed: '~' } as const;
