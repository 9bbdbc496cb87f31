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
  /** The app and the channel of this report: a message may switch its channel. */
  readonly appId?: string | undefined;
  readonly channel?: string | undefined;
}

/** A report to store, with the batch that its message belongs to and the keyed hash of the person that it names. */
export interface StatusNote extends MessageStatus {
  readonly person?: string | undefined;
  readonly batchId?: string | undefined;
}

/** When a message was handed to Sinch, by which app and for which channel. */
export interface Submission {
  readonly at: number;
  readonly appId: string;
  readonly channel: string;
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

/** How an attempt ended. */
export interface AttemptEnd {
  readonly n: number;
  readonly state: Exclude<AttemptState, 'started'>;
  readonly at: number;
  readonly messageId?: string | undefined;
  readonly reason?: string | undefined;
}

/** The root of a message: itself and 0, or the first message and the number of the attempt. */
export interface Origin {
  readonly root: string;
  readonly attempt: number;
}

/** The answer to a report. A repeated callback gets its first answer. */
export interface NotedStatus extends Origin {
  /** Seconds from the submission of the root to its delivery; known for a report that proves the delivery. */
  readonly deliverySeconds?: number;
}

/** A root message with its statuses and its attempts. Times are milliseconds since 1970. */
export interface MessageRecord {
  readonly root: string;
  /** The submitted message, encrypted; removed after its retention. */
  readonly submitted?: string;
  /** When the first message was handed to Sinch. */
  readonly submission?: Submission;
  /** The batch that it was sent with. */
  readonly batchId?: string;
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

/**
 * Returns the seconds from the submission to the delivery, as a report proves it: of DELIVERED its
 * own time counts, of READ that of the oldest DELIVERED.
 */
export function deliverySecondsOf(
  { status, at }: Pick<MessageStatus, 'status' | 'at'>,
  submission: Submission | undefined,
  statuses: readonly MessageStatus[],
): number | undefined {
  if (!submission || !isDelivered(status)) return undefined;
  const times = statuses.filter((one) => one.status === 'DELIVERED').map((one) => one.at);
  const delivered = status === 'DELIVERED' ? at : Math.min(...times);
  return Number.isFinite(delivered) ? Math.max(0, delivered - submission.at) / 1000 : undefined;
}

/** A submitted message to store: `sealed` is encrypted by the caller and kept until `until`. */
export interface SubmittedNote {
  readonly sealed: string;
  readonly at: number;
  readonly until: number;
  readonly person?: string | undefined;
  /** It contains the whole request, and replaces what a callback reported before. */
  readonly whole?: boolean | undefined;
  readonly appId?: string | undefined;
  readonly channel?: string | undefined;
  readonly batchId?: string | undefined;
}
