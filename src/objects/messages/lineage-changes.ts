import {
  type Attempt,
  type AttemptEnd,
  currentStatus,
  deliverySecondsOf,
  isDelivered,
  type MessageRecord,
  type MessageStatus,
  type StatusNote,
  type Submission,
} from './lineage.ts';
import type { Lineage, StoredStatus } from './stored-lineage.ts';
import type { SubmittedPlace } from './submitted.ts';

/** Adds when a message was submitted; the earliest time stays. */
export function withSubmission(
  before: Lineage,
  submission: Submission,
  batchId: string | undefined,
  submitted: SubmittedPlace,
): Lineage {
  const isEarliest = !before.submission || before.submission.at > submission.at;
  const isInBatch = before.batchId === undefined && batchId !== undefined;
  if (!isEarliest && !isInBatch && before.submitted === submitted) return before;
  return {
    ...before,
    submitted,
    ...(isEarliest && { submission }),
    ...(isInBatch && { batchId }),
  };
}

/** Adds a report, once for each callback. */
export function withStatus(before: Lineage, note: StatusNote): Lineage {
  const { batchId, ...status } = note;
  const isKnown = before.statuses.some(({ callbackId }) => callbackId === note.callbackId);
  const isInBatch = before.batchId === undefined && batchId !== undefined;
  if (isKnown && !isInBatch) return before;
  const seconds = deliverySecondsOf(note, before.submission, before.statuses);
  const stored: StoredStatus = { ...status, ...(seconds !== undefined && { seconds }) };
  return {
    ...before,
    ...(isInBatch && { batchId }),
    statuses: isKnown ? before.statuses : [...before.statuses, stored],
  };
}

const byTime = (a: MessageStatus, b: MessageStatus): number =>
  a.at - b.at || (a.callbackId < b.callbackId ? -1 : 1);

/** Adds an attempt, or how it ended. One that was sent stays so. */
export function withAttempt(before: Lineage, attempt: Attempt): Lineage {
  const known = before.attempts.find(({ n }) => n === attempt.n);
  if (known?.state === 'sent') return before;
  const others = before.attempts.filter(({ n }) => n !== attempt.n);
  return { ...before, attempts: [...others, attempt].sort((a, b) => a.n - b.n) };
}

/** Returns the attempt that ended so. */
export const endedAttempt = ({ n, state, at, messageId, reason }: AttemptEnd): Attempt => ({
  ...{ n, state, at },
  ...(messageId !== undefined && { messageId }),
  ...(reason !== undefined && { reason }),
});

/** Returns reports as they were noted, oldest first. */
export const notesOf = ({ statuses, batchId }: Lineage): StatusNote[] =>
  statuses
    .map(({ seconds: _, ...note }) => ({ ...note, ...(batchId !== undefined && { batchId }) }))
    .sort(byTime);

/** Returns reports as callers see them, oldest first. */
const statusesOf = ({ statuses }: Lineage): MessageStatus[] =>
  statuses.map(({ seconds: _, person: __, ...status }) => status).sort(byTime);

/** Returns a root message as callers see it. */
export function recordOf(
  root: string,
  lineage: Lineage,
  submitted: string | undefined,
): MessageRecord {
  const { submission, batchId, attempts } = lineage;
  const statuses = statusesOf(lineage);
  const status = currentStatus(
    statuses,
    attempts.findLast(({ messageId }) => messageId)?.messageId ?? root,
  );
  const failed = statuses.find((seen) => seen.status === 'FAILED');
  return {
    root,
    ...(submitted !== undefined && { submitted }),
    ...(submission && { submission }),
    ...(batchId !== undefined && { batchId }),
    ...(status && { status }),
    statuses,
    attempts,
    delivered: statuses.some((seen) => isDelivered(seen.status)),
    ...(failed && { firstFailedAt: failed.at }),
  };
}
