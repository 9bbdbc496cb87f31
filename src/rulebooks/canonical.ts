import * as v from 'valibot';
import { stableId } from '../callbacks/callback-id.ts';
import { isRecord } from '../callbacks/shapes/parts.ts';
import { AppError } from '../errors.ts';
import type { RulebookSource } from '../rules/model/rule.ts';

const Files = v.record(v.string(), v.unknown());

/** A rulebook as it travels and as it is stored: files by their names. What is in them is `compile`'s to check. */
export const Source = v.object({
  rules: Files,
  lists: v.optional(Files, {}),
  conditions: v.optional(Files, {}),
  alerts: v.unknown(),
  guardrails: v.optional(Files, {}),
});

/** A rulebook as it is stored: what decides, and apart from it what only proves. */
export interface CanonicalRulebook {
  /** The hash of `body`: the same rules have the same version, wherever they come from. */
  readonly version: string;
  readonly body: string;
  /** Examples by the rule's file, as JSON; its own hash names it. */
  readonly examples: string;
  readonly examplesHash: string;
}

/** The hash by which a stored text is found, and proven on reading. */
const hashOf = (text: string): Promise<string> => stableId([text]);

/** Puts a rulebook into the form that is hashed and stored: files in the order of their names, rules without examples. */
export async function canonicalize(source: RulebookSource): Promise<CanonicalRulebook> {
  const bare = withoutExamples(source);
  const body = JSON.stringify({
    rules: inOrder(bare.rules),
    lists: inOrder(bare.lists),
    conditions: inOrder(bare.conditions),
    alerts: bare.alerts ?? null,
    guardrails: inOrder(bare.guardrails ?? {}),
  });
  const examples = JSON.stringify(inOrder(examplesOf(source)));
  return { version: await hashOf(body), body, examples, examplesHash: await hashOf(examples) };
}

/** Opens what `seal` made. @throws AppError `rule_invalid` when it is not what its version says */
export async function readCanonical(version: string, body: string): Promise<RulebookSource> {
  if ((await hashOf(body)) !== version)
    throw new AppError('rule_invalid', `the stored rulebook ${version} is not what it was`);
  return v.parse(Source, JSON.parse(body));
}

/** Puts examples back into the rules that they belong to. */
export function withExamples(source: RulebookSource, examples: string): RulebookSource {
  const byFile = v.parse(Files, JSON.parse(examples));
  const rules = Object.entries(source.rules).map(([file, rule]) =>
    isRecord(rule) && byFile[file] !== undefined
      ? [file, { ...rule, examples: byFile[file] }]
      : [file, rule],
  );
  return { ...source, rules: Object.fromEntries(rules) };
}

/** What decides: no examples of rules, and nothing that only editors read. */
export function withoutExamples(source: RulebookSource): RulebookSource {
  const { guardrails } = source;
  return {
    rules: each(source.rules, (rule) => without(rule, ['examples', '$schema'])),
    lists: each(source.lists, plain),
    conditions: each(source.conditions, plain),
    alerts: plain(source.alerts),
    ...(guardrails && { guardrails: each(guardrails, plain) }),
  };
}

const plain = (file: unknown): unknown => without(file, ['$schema']);

const without = (file: unknown, keys: readonly string[]): unknown =>
  isRecord(file)
    ? Object.fromEntries(Object.entries(file).filter(([key]) => !keys.includes(key)))
    : file;

const each = (
  files: Readonly<Record<string, unknown>>,
  change: (file: unknown) => unknown,
): Record<string, unknown> =>
  Object.fromEntries(Object.entries(files).map(([name, file]) => [name, change(file)]));

const examplesOf = ({ rules }: RulebookSource): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(rules).flatMap(([file, rule]) =>
      isRecord(rule) && rule.examples ? [[file, rule.examples]] : [],
    ),
  );

const inOrder = (files: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1)));
