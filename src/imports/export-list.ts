import type { ConsentRecord, ExportLine } from '../api/consent/recipients.ts';
import { time } from '../api/operation.ts';
import type { ExportedPerson } from '../objects/recipients/answers.ts';
import type { ConsentEvent, ConsentState } from '../objects/recipients/consent.ts';
import type { RecipientsClient } from '../objects/recipients/recipients-client.ts';
import { SHARDS } from '../objects/shards.ts';

/** How many people one call to a shard returns at most. */
const PAGE = 1_000;

/**
 * Returns at most `limit` people after a cursor as NDJSON. A cursor names a shard and the last
 * person read from it: `3:01JB…`. An export that was interrupted continues from the cursor of its last line.
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
        const lines = page.map((one) => `${JSON.stringify(lineOf(one, shard))}\n`).join('');
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

/** Returns a person as one line of an export. */
export const lineOf = (
  { person, address, history, ...state }: ExportedPerson,
  shard: number,
): ExportLine => ({
  cursor: `${shard}:${person}`,
  person,
  channel: address?.channel ?? null,
  identity: address?.identity ?? null,
  app_id: address?.appId ?? null,
  ...shownState(state),
  history: history.map(recordOf),
});

/** Returns a person’s consent as the API shows it. */
export const shownState = ({
  suppressed,
  scopes,
  since,
  apps,
  others,
  reviewSince,
}: ConsentState): Pick<
  ExportLine,
  'suppressed' | 'scopes' | 'since' | 'apps' | 'other_apps' | 'review_since'
> => ({
  suppressed,
  scopes,
  since: since === undefined ? null : time(since),
  apps,
  other_apps: others,
  review_since: reviewSince === undefined ? null : time(reviewSince),
});

/** Returns a consent event as the API shows it. */
export const recordOf = ({ at, callbackId, ...event }: ConsentEvent): ConsentRecord => ({
  ...event,
  at: time(at),
  ...(callbackId !== undefined && { decision: callbackId }),
});
