import { isRecord } from '../../callbacks/shapes/parts.ts';
import type { CompiledRule } from '../model/compiled.ts';
import type { Finding } from '../model/finding.ts';
import type { RulebookSource } from '../model/rule.ts';
import type { Node } from '../model/tree.ts';

/** The position of a part of a condition in the file. */
export interface SourcePath {
  readonly path: Finding['path'];
  /** The group that is written there: "any", or "all" under a "not". */
  readonly key?: string;
  /** The shared condition that it refers to. */
  readonly shared?: string;
}

/** Returns the position of each part of a rule's condition. The inside of a shared condition has none. */
export function sourcePathsOf(
  rule: CompiledRule,
  { rules }: Pick<RulebookSource, 'rules'>,
): ReadonlyMap<Node, SourcePath> {
  const source = rules[rule.file];
  const places = new Map<Node, SourcePath>();
  if (isRecord(source)) walk(source.when, rule.when, ['when'], places);
  return places;
}

/** Returns the position of each part of the condition under "among". */
export function amongPathsOf(
  rule: CompiledRule,
  { rules }: Pick<RulebookSource, 'rules'>,
): ReadonlyMap<Node, SourcePath> {
  const source = rules[rule.file];
  const places = new Map<Node, SourcePath>();
  const among = rule.threshold?.among?.when;
  if (among && isRecord(source) && isRecord(source.threshold))
    walk(source.threshold.among, among, ['threshold', 'among'], places);
  return places;
}

function walk(
  written: unknown,
  node: Node,
  path: Finding['path'],
  places: Map<Node, SourcePath>,
): void {
  if (!isRecord(written)) return;
  if (Object.hasOwn(written, 'not')) {
    walk(written.not, node, [...path, 'not'], places);
    return;
  }
  const { condition } = written;
  const key = ['all', 'any'].find((one) => Array.isArray(written[one]));
  places.set(node, {
    path,
    ...(key !== undefined && { key }),
    ...(typeof condition === 'string' && { shared: condition }),
  });
  if (node.kind === 'leaf' || node.comparison) return;
  for (const key of ['all', 'any']) {
    const list = written[key];
    if (!Array.isArray(list)) continue;
    for (const [at, child] of node.of.entries()) walk(list[at], child, [...path, key, at], places);
  }
}
