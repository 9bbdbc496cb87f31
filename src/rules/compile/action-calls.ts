import * as v from 'valibot';
import { closestOrAll } from '../model/closest.ts';
import type { CompiledAction } from '../model/compiled.ts';
import { isCarried, missingFacts, triggerNames } from '../model/facts.ts';
import { type Report, reportIssues } from '../model/finding.ts';
import { formatList } from '../model/format.ts';
import { actionHint } from '../model/names/other-names.ts';
import type { ActionCall } from '../model/rule.ts';
import { readTemplate, type Template, templateUses } from '../model/template.ts';
import type { FactUse } from '../model/tree.ts';
import { milliseconds } from '../model/values.ts';
import type { ActionDefinition, FactEntry } from '../model/vocabulary.ts';
import { fillParams } from './param-references.ts';

type Path = readonly (string | number)[];

/** Checks the actions of a rule: names, params, templates, and whether the rule's triggers carry what they need. `more`: facts for templates alone; `per`: the facts that group a threshold. */
export function readActions(
  calls: readonly ActionCall[],
  on: readonly string[],
  actions: ReadonlyMap<string, ActionDefinition>,
  report: Report,
  more: readonly FactEntry[] = [],
  per: readonly FactUse[] = [],
): readonly CompiledAction[] | undefined {
  const read = calls.map((call, index) => {
    const definition = actions.get(call.action);
    if (definition)
      return readAction(
        filledCall(call, index, definition, calls, report),
        index,
        definition,
        on,
        report,
        more,
        per,
      );
    const hint = actionHint(call.action) ?? closestOrAll(call.action, [...actions.keys()]);
    const message = `no action is called "${call.action}"`;
    return void report.error(['then', index, 'action'], { code: 'unknown-action', message, hint });
  });
  return read.every((action) => action !== undefined) ? read : undefined;
}

/** An action whose texts contain the params that they refer to. */
function filledCall(
  call: ActionCall,
  index: number,
  { templates }: ActionDefinition,
  calls: readonly ActionCall[],
  report: Report,
): ActionCall {
  const texts = templates.flatMap((key): [string, string][] => {
    const written = Object.hasOwn(call.params, key) ? call.params[key] : undefined;
    if (typeof written !== 'string') return [];
    const { text, faults } = fillParams(written, index, calls);
    for (const fault of faults) report.error(['then', index, 'params', key], fault);
    return text === written ? [] : [[key, text]];
  });
  return texts.length === 0
    ? call
    : { ...call, params: { ...call.params, ...Object.fromEntries(texts) } };
}

function readAction(
  call: ActionCall,
  index: number,
  definition: ActionDefinition,
  on: readonly string[],
  report: Report,
  more: readonly FactEntry[],
  per: readonly FactUse[],
): CompiledAction | undefined {
  const under: Path = ['then', index, 'params'];
  const params = withSubject(call.params, definition, per);
  const templates = readTemplates(params, under, definition, on, report, more);
  const read = v.safeParse(definition.params, params);
  // What a template holds is known only when its facts are: then it is checked again.
  const issues =
    read.issues?.filter(({ path }) => !Object.hasOwn(templates, String(path?.[0]?.key))) ?? [];
  if (issues.length > 0) reportIssues(report, issues, under, definition.params, params);
  checkRequiredFacts(definition, on, ['then', index, 'action'], report);
  if (report.broken()) return undefined;
  return {
    action: definition.name,
    index,
    definition,
    written: call.params,
    params: read.success ? read.output : params,
    templates,
    ...(call.budget && {
      budget: { count: call.budget.count, within: milliseconds(call.budget.within) },
    }),
  };
}

/** Returns the params with the group of a threshold as their subject, where they state none. */
function withSubject(
  params: ActionCall['params'],
  { subject }: ActionDefinition,
  per: readonly FactUse[],
): ActionCall['params'] {
  if (!subject || Object.hasOwn(params, subject.param)) return params;
  const names = per.map(({ key }) => key).filter((name) => !subject.besides.includes(name));
  if (names.length === 0) return params;
  return { ...params, [subject.param]: names.map((name) => `{{${name}|}}`).join(' ') };
}

/** Reports an error if no trigger of the rule carries all facts that the action requires: it could only fail. */
function checkRequiredFacts(
  definition: ActionDefinition,
  on: readonly string[],
  path: Path,
  report: Report,
): void {
  const { name, isMeaningless } = definition;
  if (isMeaningless && on.every(isMeaningless)) {
    const suiting = triggerNames.filter(
      (trigger) => !isMeaningless(trigger) && missingFacts(definition, trigger).length === 0,
    );
    report.error(path, {
      code: 'action-does-not-suit',
      message: `"${name}" has no meaning for ${formatList(on)}`,
      hint: `it is for ${formatList(suiting, 'and')}`,
    });
    return;
  }
  const missing = on.map((trigger) => missingFacts(definition, trigger));
  const [first] = missing;
  if (!first || missing.some((facts) => facts.length === 0)) return;
  const carriers = triggerNames.filter((trigger) => missingFacts(definition, trigger).length === 0);
  report.error(path, {
    code: 'action-needs',
    message: `"${definition.name}" requires ${formatList(first, 'and')}, which ${formatList(on)} ${on.length === 1 ? 'does' : 'do'} not carry`,
    hint: `it works on ${formatList(carriers, 'and')}`,
  });
}

function readTemplates(
  params: ActionCall['params'],
  under: Path,
  definition: ActionDefinition,
  on: readonly string[],
  report: Report,
  more: readonly FactEntry[],
): Record<string, Template> {
  const templates: Record<string, Template> = {};
  for (const key of definition.templates) {
    const text = Object.hasOwn(params, key) ? params[key] : undefined;
    if (typeof text !== 'string' || !text.includes('{{')) continue;
    const { template, faults } = readTemplate(text, on, more);
    for (const fault of faults) report.error([...under, key], fault);
    for (const { fact, otherwise } of templateUses(template)) {
      const without =
        otherwise === undefined ? on.filter((trigger) => !isCarried(fact, [trigger])) : [];
      if (without.length === 0) continue;
      report.warning([...under, key], {
        code: 'template-may-be-empty',
        message: `{{${fact.name}}} stays empty on ${formatList(without)}`,
        hint: `say what stands there instead: {{${fact.name}|unknown}}`,
      });
    }
    templates[key] = template;
  }
  return templates;
}

/** Checks the params that a guardrail or a story names. Missing params are allowed; unknown ones would make the expectation meaningless. */
export function checkSomeParams(
  params: object,
  { params: schema }: ActionDefinition,
  under: Path,
  report: Report,
): void {
  const issues = v.safeParse(schema, params).issues ?? [];
  const meant = issues.filter(({ path }) => Object.hasOwn(params, String(path?.[0]?.key)));
  reportIssues(report, meant, under, schema, params);
}
