import type * as v from 'valibot';
import { isRecord } from '../../callbacks/shapes/parts.ts';

/**
 * The issues without those that follow from another one: a check of a value that has the wrong form, and a check of several keys of
 * which one is wrong by itself.
 */
export function causesOf(found: readonly v.BaseIssue<unknown>[]): readonly v.BaseIssue<unknown>[] {
  const issues = found.flatMap(inFittingOption);
  const placeOf = (issue: v.BaseIssue<unknown>): string => JSON.stringify(keysOf(issue));
  const firsts = issues.filter(
    (issue, at) => issues.findIndex((other) => placeOf(other) === placeOf(issue)) === at,
  );
  return firsts.filter(
    (issue) =>
      !isForwarded(issue) ||
      !firsts.some((other) => other !== issue && holderOf(other) === holderOf(issue)),
  );
}

/** Issues about items of one list that say the same: one mistake, made in each item. */
export const alike = (
  issue: v.BaseIssue<unknown>,
  issues: readonly v.BaseIssue<unknown>[],
): readonly v.BaseIssue<unknown>[] =>
  typeof keysOf(issue).at(-1) === 'number'
    ? issues.filter(
        (other) =>
          other.message === issue.message &&
          typeof keysOf(other).at(-1) === 'number' &&
          holderOf(other) === holderOf(issue),
      )
    : [issue];

/** Whether a check of a whole object found the issue: what it refuses is not the value at the path. */
const isForwarded = ({ input, path }: v.BaseIssue<unknown>): boolean =>
  isRecord(input) && input === path?.at(-1)?.input;

const keysOf = ({ path }: v.BaseIssue<unknown>): readonly unknown[] =>
  path?.map(({ key }) => key) ?? [];

/** The place of the object or list in which the issue was found. */
const holderOf = (issue: v.BaseIssue<unknown>): string =>
  JSON.stringify(keysOf(issue).slice(0, -1));

/**
 * Of "a text or an object" only the object can be meant where there is one: its issues say more than that neither fits. An option that
 * does not fit at all has one issue, without a path.
 */
function inFittingOption(issue: v.BaseIssue<unknown>): readonly v.BaseIssue<unknown>[] {
  const { type, issues: inside = [], path = [] } = issue;
  const deeper = inside.filter((one) => one.path !== undefined);
  const options = issue.expected?.split(' | ').length ?? 0;
  if (type !== 'union' || deeper.length === 0 || inside.length - deeper.length !== options - 1)
    return [issue];
  return deeper.map((one) => Object.assign({}, one, { path: [...path, ...(one.path ?? [])] }));
}

/** The one required key that an object lacks, if it is the only one: a key that is not allowed there most likely means it. */
export function onlyLack(
  issues: readonly v.BaseIssue<unknown>[],
  holder: readonly (string | number)[],
): string | undefined {
  const lacks = issues.filter(
    (issue) =>
      issue.received === 'undefined' &&
      issue.kind === 'schema' &&
      holderOf(issue) === JSON.stringify(holder),
  );
  const [lack] = lacks;
  return lack && lacks.length === 1 ? String(keysOf(lack).at(-1)) : undefined;
}
