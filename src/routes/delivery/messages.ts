import {
  listMessages,
  type Message,
  type Messages,
  readMessage,
} from '../../api/delivery/messages.ts';
import { time } from '../../api/operation.ts';
import { AppError, messageOf } from '../../errors.ts';
import type { Entry } from '../../journal/entry.ts';
import { type JournalStore, journalIn } from '../../journal/journal-store.ts';
import { entriesOf, searchEntries } from '../../journal/search.ts';
import { searchKeysIn } from '../../journal/search-keys.ts';
import type { MessageRecord } from '../../objects/messages/lineage.ts';
import { open } from '../../services.ts';
import { momentOf } from '../parse-time.ts';
import { route } from '../route.ts';

/** The number of newest delivery reports whose decisions are looked up. Each is one D1 query. */
const MOST_DECISIONS = 30;

/** `GET /v1/messages/{id}`: delivery reports of a message and its retries, and the decisions on them. */
export const messageRoutes = [
  route(listMessages, async (c) => {
    const { objects, dataKey, now } = open(c.env);
    const { since, until, app_id: appId, cursor, limit, ...same } = c.req.valid('query');
    const { channel, status } = same;
    const found = await searchEntries(
      {
        ...{ channel, status, appId, ofMessages: true },
        keys: searchKeysIn(same, dataKey),
        since: momentOf(since, now()),
        until: momentOf(until, now()),
      },
      limit,
      cursor,
      journalIn(c.env, dataKey),
    );
    const ids = new Set(
      found.entries.flatMap(({ entry }) => {
        const { message_id: id } = entry.facts.clear;
        return typeof id === 'string' ? [id] : [];
      }),
    );
    const records = await Promise.all([...ids].map((id) => objects.messages.of(id).read()));
    const known = new Map(
      records.flatMap((record) => (isKnown(record) ? [[record.root, record] as const] : [])),
    );
    return c.json({
      messages: [...known.values()].map(listed),
      next: found.next,
    });
  }),
  route(readMessage, async (c) => {
    const { objects, dataKey } = open(c.env);
    const record = await objects.messages.of(c.req.param('id')).read();
    if (!isKnown(record)) {
      throw new AppError(
        'not_found',
        'nothing is known of this message: no callback told of it in the last 7 days',
      );
    }
    return c.json(shown(record, await decisionsOf(record, journalIn(c.env, dataKey))));
  }),
];

const isKnown = ({ statuses, attempts, submission }: MessageRecord): boolean =>
  statuses.length + attempts.length > 0 || submission !== undefined;

const listed = (record: MessageRecord): Messages['messages'][number] => {
  const newest = record.statuses.at(-1);
  return {
    root: record.root,
    status: record.status ?? null,
    delivered: record.delivered,
    submitted_at: timesOf(record).submitted_at,
    newest_at: newest ? time(newest.at) : null,
    batch_id: record.batchId ?? null,
    attempts: record.attempts.length,
  };
};

/** Returns the decisions on the delivery reports. Without a journal the rest of the response is still returned. */
async function decisionsOf(
  { statuses }: MessageRecord,
  store: JournalStore,
): Promise<readonly Entry[]> {
  const ids = [...new Set(statuses.map(({ callbackId }) => callbackId))].slice(-MOST_DECISIONS);
  try {
    return (await Promise.all(ids.map((id) => entriesOf(id, store)))).flat();
  } catch (error) {
    // @event journal.unreadable | The journal could not be read for an answer, which states so.
    console.error({ event: 'journal.unreadable', message: messageOf(error) });
    return [];
  }
}

/** Returns when each status was reported first, and how long it took from the submission. */
function timesOf({ submission, statuses }: MessageRecord) {
  const at = (status: string): number | undefined =>
    statuses.find((seen) => seen.status === status)?.at;
  const shownAt = (moment: number | undefined): string | null =>
    moment === undefined ? null : time(moment);
  const since = (moment: number | undefined): number | null =>
    moment === undefined || !submission ? null : Math.max(0, moment - submission.at) / 1000;
  return {
    submitted_at: shownAt(submission?.at),
    queued_at: shownAt(at('QUEUED_ON_CHANNEL')),
    delivered_at: shownAt(at('DELIVERED')),
    read_at: shownAt(at('READ')),
    first_failed_at: shownAt(at('FAILED')),
    delivery_seconds: since(at('DELIVERED')),
    read_seconds: since(at('READ')),
  };
}

const shown = (record: MessageRecord, entries: readonly Entry[]): Message => ({
  root: record.root,
  status: record.status ?? null,
  delivered: record.delivered,
  ...timesOf(record),
  batch_id: record.batchId ?? null,
  statuses: record.statuses.map(({ messageId, status, at, channel, reasonCode, callbackId }) => ({
    message_id: messageId,
    status,
    at: time(at),
    ...(channel !== undefined && { channel }),
    ...(reasonCode !== undefined && { reason_code: reasonCode }),
    decision: callbackId,
  })),
  attempts: record.attempts.map(({ n, state, at, messageId, reason }) => ({
    n,
    state,
    at: time(at),
    ...(messageId !== undefined && { message_id: messageId }),
    ...(reason !== undefined && { reason }),
  })),
  decisions: entries.map(({ id, rulebook, receivedAt, rules, actions }) => ({
    id,
    rulebook,
    at: time(receivedAt),
    rules: rules.filter(({ outcome }) => outcome === 'fired').map(({ rule }) => rule),
    actions: actions.map(({ rule, action, outcome, detail }) => ({
      rule,
      action,
      outcome,
      ...(detail !== undefined && { detail }),
    })),
  })),
  copy_kept: record.submitted !== undefined,
});
