import * as v from 'valibot';
import type { ActionDefinition } from '../rules/model/vocabulary.ts';
import { lostCases, readGuardrails } from '../rules/prove/guardrails.ts';
import { bundle } from './bundled.ts';

type Files = Readonly<Record<string, unknown>>;

/** The guardrails in force: those that were published and, while the deployment's rules decide, its own too. */
export function standingGuardrails(
  { guardrails, version }: { readonly guardrails: string | null; readonly version: string | null },
  actions: readonly ActionDefinition[],
): Files {
  const own = bundle.source.guardrails ?? {};
  if (guardrails === null) return own;
  const published = v.parse(v.record(v.string(), v.unknown()), JSON.parse(guardrails));
  return version === null ? { ...own, ...uncovered(published, own, actions) } : published;
}

/**
 * Those guardrails in force of which `own` leaves something out. They hold on, beside one of the same name if need be.
 * A file that can no longer be read holds on as well: nobody took it away.
 */
export function uncovered(
  standing: Files,
  own: Files = {},
  actions: readonly ActionDefinition[],
): Record<string, unknown> {
  const { cases: brought } = readGuardrails(own, actions);
  const kept = Object.entries(standing).filter(([file, guardrail]) => {
    const { cases } = readGuardrails({ [file]: guardrail }, actions);
    return cases.length === 0 ? !Object.hasOwn(own, file) : lostCases(cases, brought).length > 0;
  });
  return Object.fromEntries(kept.map(([file, guardrail]) => [freeName(file, own), guardrail]));
}

const freeName = (file: string, taken: Files): string =>
  Object.hasOwn(taken, file) ? freeName(file.replace(/([^/]+)$/, 'kept/$1'), taken) : file;
