import { type Contribution, contributionsOf } from './figures.ts';
import {
  type Attempt,
  isDelivered,
  type Origin,
  type StatusNote,
  type Submission,
} from './lineage.ts';
import type { SubmittedPlace } from './submitted.ts';

/** A report as it is stored, with the seconds to the delivery as they were known then. */
export type StoredStatus = Omit<StatusNote, 'batchId'> & { readonly seconds?: number | undefined };

/** All that a shard knows of a message, in one row. */
export interface Lineage {
  /** When it was heard of first, in milliseconds since 1970. */
  readonly since: number;
  /** The root, if it was sent in place of another message. */
  readonly alias?: Origin | undefined;
  readonly submission?: Submission | undefined;
  readonly submitted?: SubmittedPlace | undefined;
  readonly batchId?: string | undefined;
  /** In the order of arrival. */
  readonly statuses: readonly StoredStatus[];
  readonly attempts: readonly Attempt[];
}

/** What the figures contain of a lineage. */
export interface Counted {
  /** How many of its reports, in the order of their arrival. */
  readonly statuses: number;
  readonly submission?: Submission | undefined;
  readonly batchId?: string | undefined;
  /** It was no root any more: nothing of it is contained. */
  readonly isAlias?: true | undefined;
}

/** What a lineage adds to the figures, and to those of its batch. */
export interface Share {
  readonly figures: readonly Contribution[];
  readonly batchId?: string | undefined;
}

/** Returns what the figures contain once a lineage is counted. */
export const countedOf = ({ statuses, submission, batchId, alias }: Lineage): Counted => ({
  statuses: statuses.length,
  submission,
  batchId,
  ...(alias && { isAlias: true }),
});

/** Returns what of a lineage is contained in the figures. A message that was sent in place of another adds nothing: its root does. */
export function shareOf(
  { statuses: all }: Pick<Lineage, 'statuses'>,
  { statuses, submission, batchId, isAlias }: Counted,
): Share {
  if (isAlias) return { figures: [] };
  return {
    figures: contributionsOf({ submission, statuses: all.slice(0, statuses) }),
    batchId,
  };
}

/** Whether a root failed and was neither delivered nor read. */
export const isFailed = ({ alias, statuses }: Lineage): boolean =>
  !alias &&
  statuses.some(({ status }) => status === 'FAILED') &&
  !statuses.some(({ status }) => isDelivered(status));

/** What is like the submission, or empty, is left out: a row is written for every callback, and kept for a week. */
type PackedSubmission = readonly [at: number, appId: string, channel: string];
type PackedStatus = readonly [
  callbackId: string,
  status: string,
  at: number,
  reasonCode?: string | null,
  seconds?: number | null,
  messageId?: Unlike,
  appId?: Unlike,
  channel?: Unlike,
  person?: Unlike,
];
interface Packed {
  /** since */
  readonly f: number;
  readonly s?: PackedSubmission | undefined;
  /** submitted: person, until */
  readonly p?: readonly [person: string, until: number] | undefined;
  readonly b?: string | undefined;
  /** alias: root, attempt */
  readonly r?: readonly [root: string, attempt: number] | undefined;
  readonly a?: readonly Attempt[] | undefined;
  readonly t: readonly PackedStatus[];
}

const SAME = 0;
type Unlike = string | typeof SAME | null;

/** Returns the stored form of a lineage. */
export function packLineage(id: string, lineage: Lineage): string {
  const { since, alias, submission, submitted, batchId, statuses, attempts } = lineage;
  const like = (value: string | undefined, other: string | undefined): Unlike =>
    value === undefined ? null : value === other ? SAME : value;
  const packed: Packed = {
    f: since,
    s: submission && packSubmission(submission),
    p: submitted && [submitted.person, submitted.until],
    b: batchId,
    r: alias && [alias.root, alias.attempt],
    a: attempts.length > 0 ? attempts : undefined,
    t: statuses.map((one) => [
      ...([one.callbackId, one.status, one.at] as const),
      one.reasonCode ?? null,
      one.seconds ?? null,
      like(one.messageId, id),
      like(one.appId, submission?.appId),
      like(one.channel, submission?.channel),
      like(one.person, submitted?.person),
    ]),
  };
  return JSON.stringify(packed);
}

const packSubmission = ({ at, appId, channel }: Submission): PackedSubmission => [
  at,
  appId,
  channel,
];
const unpackSubmission = ([at, appId, channel]: PackedSubmission): Submission => ({
  at,
  appId,
  channel,
});

/** Returns a lineage from its stored form. */
export function unpackLineage(id: string, text: string): Lineage {
  // `packLineage` wrote it.
  const { f, s, p, b, r, a = [], t } = JSON.parse(text) as Packed;
  const submission = s && unpackSubmission(s);
  const unlike = (value: Unlike | undefined, other: string | undefined) =>
    value === SAME ? other : (value ?? undefined);
  return {
    since: f,
    submission,
    submitted: p && { person: p[0], until: p[1] },
    batchId: b,
    alias: r && { root: r[0], attempt: r[1] },
    attempts: a,
    statuses: t.map(([callbackId, status, at, reasonCode, seconds, messageId, ...unlikes]) =>
      defined({
        ...{ messageId: unlike(messageId, id) ?? id, status, at, callbackId },
        reasonCode: reasonCode ?? undefined,
        appId: unlike(unlikes[0], submission?.appId),
        channel: unlike(unlikes[1], submission?.channel),
        person: unlike(unlikes[2], p?.[0]),
        seconds: seconds ?? undefined,
      }),
    ),
  };
}

/** A status without the fields that are undefined. */
const defined = (status: StoredStatus): StoredStatus =>
  // Only undefined fields are left out, and these are optional.
  Object.fromEntries(
    Object.entries(status).filter(([, value]) => value !== undefined),
  ) as unknown as StoredStatus;

type PackedCounted = readonly [
  statuses: number,
  submission?: PackedSubmission | 1 | null,
  batchId?: string | 1 | null,
  isAlias?: 1,
];

/** Returns the stored form of what is counted, beside the lineage that it is stored with. */
export function packCounted(counted: Counted, beside: Lineage): string {
  const { statuses, submission, batchId, isAlias } = counted;
  const isSame = JSON.stringify(submission) === JSON.stringify(beside.submission);
  const rest = [
    submission ? (isSame ? 1 : packSubmission(submission)) : null,
    batchId === undefined ? null : batchId === beside.batchId ? 1 : batchId,
  ] as const;
  const packed: PackedCounted = isAlias ? [statuses, ...rest, 1] : [statuses, ...rest];
  return JSON.stringify(packed);
}

/** Returns what is counted of a lineage. */
export function unpackCounted(text: string, beside: Lineage): Counted {
  // `packCounted` wrote it.
  const [statuses, submission, batchId, isAlias] = JSON.parse(text) as PackedCounted;
  return {
    statuses,
    submission:
      submission === 1 ? beside.submission : submission ? unpackSubmission(submission) : undefined,
    batchId: batchId === 1 ? beside.batchId : (batchId ?? undefined),
    ...(isAlias && { isAlias: true }),
  };
}
