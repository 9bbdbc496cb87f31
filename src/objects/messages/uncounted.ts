import type { ReachedNote } from '../recipients/deliveries.ts';
import { type Contribution, differenceOf } from './figures.ts';
import { isDelivered } from './lineage.ts';
import {
  countedOf,
  type Lineage,
  type Share,
  shareOf,
  unpackCounted,
  unpackLineage,
} from './stored-lineage.ts';

/** What changed messages add to what is counted and passed on. */
export interface Uncounted {
  readonly figures: readonly Contribution[];
  readonly batches: readonly {
    readonly batchId: string;
    readonly firstAt: number;
    readonly contributions: readonly Contribution[];
  }[];
  /** The messages that reached a person. */
  readonly reached: readonly ReachedNote[];
}

/** A message that changed in this round of counting. `counted`: what the figures contain of it. */
export interface Changed {
  readonly id: string;
  readonly counted: string | null;
  readonly lineage: string;
}

/** Returns what messages add to the figures, to their batches and to what is known of their recipients. */
export function uncountedOf(rows: Iterable<Changed>): Uncounted {
  const figures: Contribution[][] = [];
  const batches: Uncounted['batches'][number][] = [];
  const reached: ReachedNote[] = [];
  for (const { id, counted, lineage } of rows) {
    const own = unpackLineage(id, lineage);
    const known = counted === null ? undefined : unpackCounted(counted, own);
    const before: Share = known ? shareOf(own, known) : { figures: [] };
    const after = shareOf(own, countedOf(own));
    figures.push([...differenceOf(before.figures, after.figures)]);
    const isSame = before.batchId === after.batchId;
    const add = (batchId: string | undefined, contributions: readonly Contribution[]): void => {
      if (batchId !== undefined && contributions.length > 0)
        batches.push({ batchId, firstAt: own.since, contributions });
    };
    if (!isSame) add(before.batchId, differenceOf(before.figures, []));
    add(after.batchId, differenceOf(isSame ? before.figures : [], after.figures));
    reached.push(...reachedBy(own, known?.statuses ?? 0));
  }
  return { figures: differenceOf([], figures.flat()), batches, reached };
}

/** Returns the reports of a delivery that are not passed on. */
const reachedBy = ({ statuses }: Lineage, passedOn: number): readonly ReachedNote[] =>
  statuses
    .slice(passedOn)
    .flatMap(({ person, channel = '', appId: app = '', status, at, messageId }) =>
      person && isDelivered(status)
        ? [{ person, app, delivery: { channel, status, at, messageId } }]
        : [],
    );
