import { distance } from 'fastest-levenshtein';
import type { KnownFields } from '../../callbacks/known-fields.ts';
import { triggerNamed } from '../../callbacks/triggers/index.ts';
import { nearestName } from '../model/closest.ts';
import type { CompiledRule } from '../model/compiled.ts';
import type { Finding } from '../model/finding.ts';
import { leavesOf } from '../model/tree.ts';
import { type AnalysisContext, warning } from './analysis-context.ts';
import { sourcePathsOf } from './source-paths.ts';

/** Reports paths of comparisons that are a slip away from a field that Sinch sends: the comparison would never hold. */
export const payloadPaths = ({ source, rulebook }: AnalysisContext): readonly Finding[] =>
  rulebook.rules.flatMap((rule) => ofRule(rule, source));

function ofRule(rule: CompiledRule, source: AnalysisContext['source']): readonly Finding[] {
  const leaves = leavesOf(rule.when).filter(
    ({ use }) => use.fact.readByPath && use.path !== undefined,
  );
  if (leaves.length === 0) return [];
  const places = sourcePathsOf(rule, source);
  return leaves.flatMap((leaf) => {
    const place = places.get(leaf)?.path;
    const path = leaf.use.path?.split('.') ?? [];
    const meant = rule.on.map((trigger) => meantPath(path, trigger));
    const [first] = meant;
    // Where one trigger has such a field, or may have it, it is no slip.
    if (place === undefined || first === undefined || meant.includes(undefined)) return [];
    return [
      warning(
        rule.file,
        [...place, 'path'],
        'unknown-path',
        `Sinch sends no field "${path.join('.')}" with ${rule.on.join(' or ')}`,
        `write "${first.join('.')}"`,
      ),
    ];
  });
}

/** The path that is meant, if a part of it is a slip in a field of the trigger; `undefined` if it may be right. */
function meantPath(path: readonly string[], name: string): readonly string[] | undefined {
  const trigger = triggerNamed(name);
  if (trigger?.api !== 'conversation') return undefined;
  const { keys, fields } = trigger;
  // A path begins in the payload, or in the callback around it.
  const whole = keys.map((key) => [key, fields] as const);
  let at: KnownFields | undefined = {
    open: fields.open,
    fields: new Map([...fields.fields, ...whole]),
  };
  for (const [place, part] of path.entries()) {
    if (at === undefined) return undefined;
    // Items of a list have the fields of the list.
    if (/^\d+$/.test(part)) continue;
    if (!at.fields.has(part)) {
      const near = nearestName(part, [...at.fields.keys()]);
      const isSlip = near !== undefined && part.length > SHORT && distance(part, near) <= SLIP;
      return isSlip ? [...path.slice(0, place), near, ...path.slice(place + 1)] : undefined;
    }
    at = at.fields.get(part);
  }
  return undefined;
}

/** So many letters differ at most in a slip. Names of so many letters may be as near and mean different things. */
const SLIP = 2;
const SHORT = 5;
