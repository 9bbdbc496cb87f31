/** How far a status is along the way of a message. The furthest counts, because receipts arrive in any order. */
const RANK: Readonly<Record<string, number>> = {
  FAILED: 3,
  READ: 3,
  DELIVERED: 2,
  QUEUED_ON_CHANNEL: 1,
  SWITCHING_CHANNEL: 1,
};

/** One delivery receipt. `messageId` is the message that it reports: the first one, or a resent one. */
export interface MessageStatus {
  readonly messageId: string;
  readonly status: string;
  readonly at: number;
  readonly callbackId: string;
  readonly reasonCode?: string | undefined;
}

/** `started`: its end is unknown, and it may have been sent. `failed`: it was not sent. */
export type AttemptState = 'started' | 'sent' | 'failed';

/** One attempt to send a message again, `n` from 1. */
export interface Attempt {
  readonly n: number;
  readonly state: AttemptState;
  readonly at: number;
  /** The resent message's own id. */
  readonly messageId?: string;
  readonly reason?: string;
}

/** The root of a message: itself and 0, or the first message and the number of the attempt. */
export interface Origin {
  readonly root: string;
  readonly attempt: number;
}

/** A root message with its statuses and its attempts. Times are milliseconds since 1970. */
export interface MessageRecord {
  readonly root: string;
  /** The submitted message, encrypted; removed after its retention. */
  readonly submitted?: string;
  /** The status of the newest attempt. */
  readonly status?: string;
  /** Oldest first. */
  readonly statuses: readonly MessageStatus[];
  readonly attempts: readonly Attempt[];
  /** Whether the message or one of its attempts was delivered or read. */
  readonly delivered: boolean;
  /** When the first FAILED status was reported. */
  readonly firstFailedAt?: number;
}

/** Returns whether a status proves that the person received the message. */
export const isDelivered = (status: string): boolean => status === 'DELIVERED' || status === 'READ';

/** Returns the current status of one message: the furthest one; of two equally far, the newest. */
export function currentStatus(
  statuses: readonly MessageStatus[],
  messageId: string,
): string | undefined {
  const rank = ({ status }: MessageStatus): number => RANK[status] ?? 0;
  return statuses
    .filter((seen) => seen.messageId === messageId)
    .toSorted((a, b) => rank(b) - rank(a) || b.at - a.at)[0]?.status;
}
