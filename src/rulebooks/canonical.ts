import * as v from 'valibot';
import { isRecord } from '../callbacks/shapes/parts.ts';
import { stableId } from '../crypto/stable-id.ts';
import { AppError } from '../errors.ts';
import type { RulebookSource } from '../rules/model/rule.ts';

const Files = v.record(v.string(), v.unknown());

/** A rulebook in requests and in storage: files by name. `compile` checks their content. */
export const Source = v.object({
  rules: Files,
  lists: v.optional(Files, {}),
  conditions: v.optional(Files, {}),
  alerts: v.unknown(),
  guardrails: v.optional(Files, {}),
});

/** A rulebook in canonical form, with its examples separate, because they have no effect on decisions. */
export interface CanonicalRulebook {
  /** The hash of `body`: equal rules have the same version. */
  readonly version: string;
  readonly body: string;
  /** Examples by rule file, as JSON, stored under their own hash. */
  readonly examples: string;
  readonly examplesHash: string;
}

/** The hash under which a text is stored, and by which it is verified. */
const hashOf = (text: string): Promise<string> => stableId([text]);

/** Returns the canonical form, which is hashed and stored: files sorted by name, rules without examples. */
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

/** Parses a canonical form. @throws AppError `rule_invalid` if its hash is not its version */
export async function readCanonical(version: string, body: string): Promise<RulebookSource> {
  if ((await hashOf(body)) !== version)
    throw new AppError('rule_invalid', `the stored rulebook ${version} does not match its hash`);
  return v.parse(Source, JSON.parse(body));
}

/** Adds examples to their rules. */
export function withExamples(source: RulebookSource, examples: string): RulebookSource {
  const byFile = v.parse(Files, JSON.parse(examples));
  const rules = Object.entries(source.rules).map(([file, rule]) =>
    isRecord(rule) && byFile[file] !== undefined
      ? [file, { ...rule, examples: byFile[file] }]
      : [file, rule],
  );
  return { ...source, rules: Object.fromEntries(rules) };
}

/** Returns a rulebook without what has no effect on decisions: examples and editor hints. */
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
