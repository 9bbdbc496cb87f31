/** How far along a message is by a status. Of several, the furthest counts: receipts arrive in any order. */
const RANK: Readonly<Record<string, number>> = {
  FAILED: 3,
  READ: 3,
  DELIVERED: 2,
  QUEUED_ON_CHANNEL: 1,
  SWITCHING_CHANNEL: 1,
};

/** One delivery receipt. `messageId` is the message it came for: the first one, or a resent one. */
export interface MessageStatus {
  readonly messageId: string;
  readonly status: string;
  readonly at: number;
  readonly callbackId: string;
  readonly reasonCode?: string | undefined;
}

/** `started`: it began, and nobody heard how it ended. It may have gone out. `failed`: it did not. */
export type AttemptState = 'started' | 'sent' | 'failed';

/** One sending anew, `n` counted from 1. */
export interface Attempt {
  readonly n: number;
  readonly state: AttemptState;
  readonly at: number;
  /** The resent message's own id. */
  readonly messageId?: string;
  readonly reason?: string;
}

/** Which message a message goes back to: itself and 0, or the first one and the number of the attempt. */
export interface Origin {
  readonly root: string;
  readonly attempt: number;
}

/** What became of a message and of all that was sent in its place. */
export interface MessageRecord {
  readonly root: string;
  /** The message as it was submitted, sealed; gone after its time. */
  readonly submitted?: string;
  /** Where its newest sending stands. */
  readonly status?: string;
  /** Oldest first. */
  readonly statuses: readonly MessageStatus[];
  readonly attempts: readonly Attempt[];
  /** Whether any of its sendings was delivered or read. */
  readonly delivered: boolean;
  /** When the first of its sendings failed first. */
  readonly firstFailedAt?: number;
}

/** Whether a status proves that the person has the message. */
export const isDelivered = (status: string): boolean => status === 'DELIVERED' || status === 'READ';

/** Where one message stands: the furthest of its statuses; of two equally far, the newest. */
export function standingStatus(
  statuses: readonly MessageStatus[],
  messageId: string,
): string | undefined {
  const rank = ({ status }: MessageStatus): number => RANK[status] ?? 0;
  return statuses
    .filter((seen) => seen.messageId === messageId)
    .toSorted((a, b) => rank(b) - rank(a) || b.at - a.at)[0]?.status;
}
