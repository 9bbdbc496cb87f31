import { time } from '../api/operation.ts';
import type { ConsentRecord, ExportLine } from '../api/recipients.ts';
import type { ConsentEvent } from '../objects/recipients/consent.ts';
import type { Listed } from '../objects/recipients/recipients.ts';
import type { RecipientsClient } from '../objects/recipients/recipients-client.ts';
import { SHARDS } from '../objects/shards.ts';

/** So many people are asked of a shard at once. */
const PAGE = 1_000;

/**
 * Everybody behind a cursor, at most `limit`, as NDJSON. A cursor is a shard and the last person seen there: `3:01JB…`.
 * Where it breaks off, the last line's cursor goes on.
 */
export function exportList(
  cursor: string,
  limit: number,
  recipients: Pick<RecipientsClient, 'list'>,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const [first = '0', person = ''] = cursor.split(':');
  let shard = Number(first);
  let after = person;
  let left = limit;
  return new ReadableStream({
    async pull(controller) {
      while (left > 0 && shard < SHARDS) {
        const wanted = Math.min(PAGE, left);
        const page = await recipients.list(shard, after, wanted);
        const lines = page.map((listed) => `${JSON.stringify(lineOf(listed, shard))}\n`).join('');
        left -= page.length;
        after = page.at(-1)?.person ?? after;
        if (page.length < wanted) {
          shard += 1;
          after = '';
        }
        if (lines !== '') return controller.enqueue(encoder.encode(lines));
      }
      controller.close();
    },
  });
}

/** A person as one line of an export. */
export const lineOf = (
  { person, address, suppressed, scopes, since, history }: Listed,
  shard: number,
): ExportLine => ({
  cursor: `${shard}:${person}`,
  person,
  channel: address?.channel ?? null,
  identity: address?.identity ?? null,
  app_id: address?.appId ?? null,
  suppressed,
  scopes,
  since: since === undefined ? null : time(since),
  history: history.map(recordOf),
});

/** An event of somebody's consent as it goes out. */
export const recordOf = ({ at, callbackId, ...event }: ConsentEvent): ConsentRecord => ({
  ...event,
  at: time(at),
  ...(callbackId !== undefined && { decision: callbackId }),
});
