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
  /** `tests/`: stories. They prove the rules and decide nothing. */
  stories: v.optional(Files, {}),
});

/** The texts of files as they are written, by name. */
export const Texts = v.record(v.string(), v.string());
export type Texts = v.InferOutput<typeof Texts>;

/** A rulebook as it is stored: what decides, and apart from it what only proves. */
export interface CanonicalRulebook {
  /** The hash of `body`: the same rules with the same proof have the same version, wherever they come from. */
  readonly version: string;
  /** What decides, and the hash of what proves it. */
  readonly body: string;
  /** Examples by the rule's file, and stories, as JSON; its own hash names it. */
  readonly examples: string;
  readonly examplesHash: string;
}

/** What `bundle` writes for the Worker: the canonical form, and the files as they were written (`Texts`) as JSON. */
export interface WrittenBundle extends CanonicalRulebook {
  readonly files: string;
}

/** The hash under which a text is stored, and by which it is verified. */
const hashOf = (text: string): Promise<string> => stableId([text]);

/** Returns the canonical form, which is hashed and stored: files sorted by name, rules without examples. */
export async function canonicalize(source: RulebookSource): Promise<CanonicalRulebook> {
  const bare = withoutExamples(source);
  const examples = JSON.stringify({
    examples: inOrder(examplesOf(source)),
    stories: inOrder(each(source.stories ?? {}, plain)),
  });
  const examplesHash = await hashOf(examples);
  const body = JSON.stringify({
    rules: inOrder(bare.rules),
    lists: inOrder(bare.lists),
    conditions: inOrder(bare.conditions),
    alerts: bare.alerts ?? null,
    guardrails: inOrder(bare.guardrails ?? {}),
    proof: examplesHash,
  });
  return { version: await hashOf(body), body, examples, examplesHash };
}

/** Parses a canonical form. @throws AppError `rule_invalid` if its hash is not its version */
export async function readCanonical(version: string, body: string): Promise<RulebookSource> {
  if ((await hashOf(body)) !== version)
    throw new AppError('rule_invalid', `the stored rulebook ${version} does not match its hash`);
  return parseCanonical(body);
}

/** Parses a canonical form without a check of its hash: that of the bundle, which came with the code. */
export const parseCanonical = (body: string): RulebookSource => v.parse(Source, JSON.parse(body));

const Proof = v.object({ examples: Files, stories: Files });

/** Puts examples back into the rules that they belong to, and stories beside them. */
export function withExamples(source: RulebookSource, examples: string): RulebookSource {
  const proof = v.parse(Proof, JSON.parse(examples));
  const rules = Object.entries(source.rules).map(([file, rule]) =>
    isRecord(rule) && proof.examples[file] !== undefined
      ? [file, { ...rule, examples: proof.examples[file] }]
      : [file, rule],
  );
  return { ...source, rules: Object.fromEntries(rules), stories: proof.stories };
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

/**
 * Checks that texts are those of the rulebook's files. @throws AppError `bad_request`, naming the first that is not
 */
export function checkTexts(texts: Texts, values: Readonly<Record<string, unknown>>): void {
  for (const [file, text] of Object.entries(texts)) {
    if (Object.hasOwn(values, file) && isTextOf(text, values[file])) continue;
    throw new AppError('bad_request', `files: ${file} is not the text of a file of the rulebook`);
  }
}

function isTextOf(text: string, value: unknown): boolean {
  try {
    return JSON.stringify(JSON.parse(text)) === JSON.stringify(value);
  } catch {
    return false;
  }
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
