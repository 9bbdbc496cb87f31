import type { FigureRows } from './figure-rows.ts';
import { type Contribution, contributionsOf, differenceOf, totalOf } from './figures.ts';
import type { LineageRows } from './lineage-rows.ts';

/** What a lineage adds to the figures, and to those of its batch. */
interface Share {
  readonly figures: readonly Contribution[];
  readonly batchId?: string | undefined;
}

/**
 * Changes a lineage by `change`, and the figures by what it adds to them then and did not add before.
 * Call it in a transaction.
 */
export function recount(
  root: string,
  lineages: LineageRows,
  rows: FigureRows,
  change: () => void,
): void {
  const before = shareOf(root, lineages);
  change();
  const after = shareOf(root, lineages);
  const now = Date.now();
  rows.add(differenceOf(before.figures, after.figures), now);
  const addToBatch = (batchId: string | undefined, difference: readonly Contribution[]): void => {
    if (batchId !== undefined && difference.length > 0)
      rows.addToBatch(batchId, totalOf(difference), now);
  };
  const same = before.batchId === after.batchId;
  if (!same) addToBatch(before.batchId, differenceOf(before.figures, []));
  addToBatch(after.batchId, differenceOf(same ? before.figures : [], after.figures));
}

/** A resent message adds nothing: its root does. */
function shareOf(root: string, lineages: LineageRows): Share {
  if (lineages.alias(root)) return { figures: [] };
  const statuses = lineages.statuses(root);
  const submission = lineages.submission(root);
  return { figures: contributionsOf({ submission, statuses }), batchId: lineages.batchOf(root) };
}
