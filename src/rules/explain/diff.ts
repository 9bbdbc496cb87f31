import type { CompiledAction, CompiledRule, Rulebook } from '../model/compiled.ts';
import { nameOfFile } from '../model/lists.ts';
import { paramWords } from '../model/param-words.ts';
import { describe } from './describe.ts';

/** A change of one rule, list, condition or file, in sentences. */
export interface Difference {
  /** `rule stop`, `list stop-words-en`, `alerts.json`. */
  readonly what: string;
  readonly change: 'added' | 'removed' | 'changed';
  readonly old?: string;
  readonly new?: string;
  /** What changed inside: params in words, texts, other keys. */
  readonly details?: readonly Detail[];
  /** A tree of which some lines changed. */
  readonly tree?: readonly TreeLine[];
}

/** One value that changed: `throttle to`, `alert text`, `priority`. */
export interface Detail {
  readonly what: string;
  readonly old?: string;
  readonly new?: string;
}

/** A line of a tree. */
export interface TreeLine {
  readonly change: 'added' | 'removed' | 'same';
  readonly text: string;
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
    if (!was) return is ? [{ what, change: 'added', new: words(is), ...detailed(is) }] : [];
    if (!is) return [{ what, change: 'removed', old: words(was) }];
    const [oldFile, newFile] = [old.source.rules[was.file], now.source.rules[is.file]];
    if (same(bare(oldFile), bare(newFile)) && sharesTheSame(was, is)) return [];
    const moved = words(was) !== words(is);
    const details = [
      ...actionDetails(was, is),
      ...keyDetails(oldFile, newFile).filter(
        ({ what: key }) => key !== 'then' && !(moved && SPOKEN.includes(key)),
      ),
    ];
    return [
      {
        what,
        change: 'changed',
        ...(moved
          ? { old: words(was), new: words(is) }
          : { new: details.length > 0 ? 'the sentence stays' : 'only the order of keys' }),
        ...(details.length > 0 && { details }),
      },
    ];
  });
}

/** Keys that the sentence contains. */
const SPOKEN: readonly string[] = [
  ...['on', 'when', 'threshold', 'cooldown', 'stop', 'enabled', 'mode', 'expires', 'priority'],
];

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

/** The texts of a new rule. */
function detailed(rule: CompiledRule): Pick<Difference, 'details'> {
  const details = textsOf(rule).map(({ what, text }) => ({ what, new: text }));
  return details.length > 0 ? { details } : {};
}

/** A text of a rule: `alert text`, the action that has it, and the text with its facts in braces. */
export interface RuleText {
  readonly what: string;
  readonly action: CompiledAction;
  readonly key: string;
  readonly text: string;
}

/** The texts that a rule sends. */
export const textsOf = (rule: CompiledRule): readonly RuleText[] =>
  named(rule).flatMap(([name, action]) =>
    action.definition.templates.flatMap((key) => {
      const text: unknown = Object(action.params)[key];
      return typeof text === 'string' && text !== ''
        ? [{ what: `${name} ${key}`, action, key, text }]
        : [];
    }),
  );

/** Actions by name; the second of a name is "alert 2". */
function named({ actions }: CompiledRule): readonly (readonly [string, CompiledAction])[] {
  const seen = new Map<string, number>();
  return actions.map((action) => {
    const turn = (seen.get(action.action) ?? 0) + 1;
    seen.set(action.action, turn);
    return [turn === 1 ? action.action : `${action.action} ${turn}`, action];
  });
}

/** What changed in the params of the actions that both versions have, and the texts of the others. */
function actionDetails(was: CompiledRule, is: CompiledRule): readonly Detail[] {
  const [before, after] = [new Map(named(was)), new Map(named(is))];
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((name) => {
    const [old, now] = [shownParams(before.get(name)), shownParams(after.get(name))];
    return names(old, now).flatMap((key) => detail(`${name} ${key}`, old.get(key), now.get(key)));
  });
}

/** The params of an action in words; of an action that only one version has, its texts alone are shown. */
function shownParams(action: CompiledAction | undefined): ReadonlyMap<string, string> {
  if (!action) return new Map();
  const { written, params, definition, budget } = action;
  const entries = Object.keys(written).map((key): [string, string] => [
    key,
    definition.templates.includes(key) ? String(Object(params)[key]) : paramWords(written[key]),
  ]);
  return new Map([...entries, ...(budget ? [['budget', budgetWords(budget)] as const] : [])]);
}

const budgetWords = ({ count, within }: { count: number; within: number }): string =>
  `${count} within ${within / 60_000} minutes`;

/** Keys of a file that differ. */
const keyDetails = (was: unknown, is: unknown): readonly Detail[] =>
  changedKeys(was, is).flatMap((key) =>
    detail(key, plainWords(Object(was)[key]), plainWords(Object(is)[key])),
  );

const plainWords = (value: unknown): string | undefined =>
  value === undefined || typeof value === 'string' ? value : JSON.stringify(value);

const detail = (what: string, old: string | undefined, now: string | undefined): Detail[] =>
  old === now
    ? []
    : [{ what, ...(old !== undefined && { old }), ...(now !== undefined && { new: now }) }];

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
