import * as v from 'valibot';
import type { ActionDefinition } from '../rules/model/vocabulary.ts';
import { missingCases, readGuardrails } from '../rules/prove/guardrail.ts';
import { bundle } from './bundled.ts';

type Files = Readonly<Record<string, unknown>>;

/** Returns the effective guardrails: the published ones and, while the bundled rules are active, the bundled ones. */
export function effectiveGuardrails(
  { guardrails, version }: { readonly guardrails: string | null; readonly version: string | null },
  actions: readonly ActionDefinition[],
): Files {
  const own = bundle.source.guardrails ?? {};
  if (guardrails === null) return own;
  const published = v.parse(v.record(v.string(), v.unknown()), JSON.parse(guardrails));
  return version === null ? { ...own, ...missingGuardrails(published, own, actions) } : published;
}

/**
 * Returns the effective guardrails that `own` does not cover completely. They stay effective, under another name if the name
 * is taken. A file that can no longer be read also stays, because it was not removed.
 */
export function missingGuardrails(
  standing: Files,
  own: Files = {},
  actions: readonly ActionDefinition[],
): Record<string, unknown> {
  const { cases: covered } = readGuardrails(own, actions);
  const kept = Object.entries(standing).filter(([file, guardrail]) => {
    const { cases } = readGuardrails({ [file]: guardrail }, actions);
    return cases.length === 0 ? !Object.hasOwn(own, file) : missingCases(cases, covered).length > 0;
  });
  return Object.fromEntries(kept.map(([file, guardrail]) => [freeName(file, own), guardrail]));
}

const freeName = (file: string, taken: Files): string =>
  Object.hasOwn(taken, file) ? freeName(file.replace(/([^/]+)$/, 'kept/$1'), taken) : file;
