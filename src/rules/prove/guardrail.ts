import * as v from 'valibot';
import { checkSomeParams } from '../compile/action-calls.ts';
import { closest } from '../model/closest.ts';
import { type Finding, openReport, readFile } from '../model/finding.ts';
import { checkName, sorted } from '../model/lists.ts';
import { actionHint } from '../model/names/other-names.ts';
import { described, SchemaLine } from '../model/values.ts';
import type { ActionDefinition } from '../model/vocabulary.ts';
import { actionNameOf, ExpectedAction } from './expected-action.ts';
import { givenFault } from './given.ts';
import { pathMistake } from './path-mistake.ts';

/** What every rulebook must do, whatever its rules are: rules/guardrails/<name>.json. */
export const Guardrail = v.strictObject({
  $schema: SchemaLine,
  name: described('The file has the same name.', v.pipe(v.string(), v.nonEmpty())),
  why: described(
    'What it protects, for the reader of a finding.',
    v.pipe(v.string(), v.nonEmpty()),
  ),
  callback: v.optional(described('The callback, as Sinch sends it.', v.looseObject({}))),
  callbacks: v.optional(described('Or several of them.', v.array(v.looseObject({})))),
  each: v.optional(
    described(
      'Repeats the guardrail for several values: each is set at `path` of every callback.',
      v.strictObject({ path: v.pipe(v.string(), v.nonEmpty()), values: v.array(v.string()) }),
    ),
  ),
  given: v.optional(
    described(
      'Facts that Signalbox would remember: `{"attempt": 0}`.',
      v.record(v.string(), v.unknown()),
    ),
    {},
  ),
  must: v.optional(
    described('Actions that must be decided, whatever the rules are.', v.array(ExpectedAction)),
    [],
  ),
  must_not: v.optional(described('Actions that must not be decided.', v.array(ExpectedAction)), []),
});
export type Guardrail = v.InferOutput<typeof Guardrail>;

/** One callback of a guardrail. */
export interface GuardrailCase {
  readonly guardrail: string;
  readonly file: string;
  readonly why: string;
  /** Identifies the callback in messages: `"ARRET"`, `callback 2`. */
  readonly label: string;
  readonly callback: Record<string, unknown>;
  readonly given: Record<string, unknown>;
  readonly must: readonly ExpectedAction[];
  readonly mustNot: readonly ExpectedAction[];
}

/** Reads guardrails; one with an error is left out and reported. */
export function readGuardrails(
  sources: Readonly<Record<string, unknown>> = {},
  actions: readonly ActionDefinition[],
): { readonly cases: readonly GuardrailCase[]; readonly findings: readonly Finding[] } {
  const findings: Finding[] = [];
  const names = actions.map(({ name }) => name);
  const cases = sorted(sources).flatMap(([file, source]) => {
    const report = openReport(file, findings);
    const guardrail = readFile(report, Guardrail, source);
    if (!guardrail) return [];
    checkName(report, file, guardrail.name, sources);
    for (const key of ['must', 'must_not'] as const) {
      for (const [index, wanted] of guardrail[key].entries()) {
        const action = actionNameOf(wanted);
        const definition = actions.find(({ name }) => name === action);
        if (definition && typeof wanted !== 'string')
          checkSomeParams(wanted.params, definition, [key, index, 'params'], report);
        if (definition) continue;
        const message = `no action is called "${action}"`;
        report.error([key, index], {
          code: 'unknown-action',
          message,
          hint: closest(action, names) ?? actionHint(action),
        });
      }
    }
    for (const [name, value] of Object.entries(guardrail.given ?? {})) {
      const fault = givenFault(name, value);
      if (fault) report.error(['given', name], fault);
    }
    const paths = guardrail.each
      ? callbacksOf(guardrail).map((body) => pathMistake(body, guardrail.each?.path ?? ''))
      : [];
    const mistake = paths.every((one) => one !== undefined) ? paths[0] : undefined;
    if (guardrail.each && mistake !== undefined)
      report.error(['each', 'path'], {
        code: 'unknown-path',
        message: `the callback has no field "${guardrail.each.path}"`,
        hint: mistake,
      });
    const found = casesOf(file, guardrail);
    if (found.length === 0)
      report.error([], {
        code: 'guardrail-empty',
        message: 'it has no callback: nothing would be checked',
      });
    if (guardrail.must.length + guardrail.must_not.length === 0)
      report.error([], {
        code: 'guardrail-empty',
        message: 'it has neither "must" nor "must_not": nothing would be checked',
      });
    return report.broken() ? [] : found;
  });
  return { cases, findings };
}

const callbacksOf = ({
  callback,
  callbacks = [],
}: Guardrail): readonly Record<string, unknown>[] =>
  callback ? [callback, ...callbacks] : callbacks;

function casesOf(file: string, guardrail: Guardrail) {
  const { name, why, each, given, must, must_not } = guardrail;
  const written = callbacksOf(guardrail);
  return written.flatMap((body, index): GuardrailCase[] => {
    const place = written.length > 1 ? `callback ${index + 1}` : 'its callback';
    const frame = { guardrail: name, file, why, given, must, mustNot: must_not };
    if (!each) return [{ ...frame, label: place, callback: body }];
    return each.values.map((value) => ({
      ...frame,
      label: `"${value}"`,
      callback: withValue(body, each.path, value),
    }));
  });
}

/** A copy with a value set at a dotted path. */
function withValue(
  body: Record<string, unknown>,
  path: string,
  value: string,
): Record<string, unknown> {
  const [key = '', ...rest] = path.split('.');
  const inner =
    Object.hasOwn(body, key) && typeof body[key] === 'object' && body[key] !== null
      ? body[key]
      : {};
  // Parsed from JSON, so an object has only own, plain keys.
  return {
    ...body,
    [key]:
      rest.length === 0
        ? value
        : withValue(inner as Record<string, unknown>, rest.join('.'), value),
  };
}

/** Returns the cases of `wanted` that `kept` does not cover with the same callback, the same facts and at least the same expectations. */
export function missingCases(
  wanted: readonly GuardrailCase[],
  kept: readonly GuardrailCase[],
): readonly GuardrailCase[] {
  const key = ({ callback, given }: GuardrailCase): string => JSON.stringify([callback, given]);
  const holds = (all: readonly ExpectedAction[], some: readonly ExpectedAction[]): boolean => {
    const texts = all.map((one) => JSON.stringify(one));
    return some.every((one) => texts.includes(JSON.stringify(one)));
  };
  return wanted.filter(
    (one) =>
      !kept.some(
        (other) =>
          key(other) === key(one) &&
          holds(other.must, one.must) &&
          holds(other.mustNot, one.mustNot),
      ),
  );
}
