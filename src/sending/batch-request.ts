import * as v from 'valibot';
import { contentOf } from '../sinch/client.ts';
import {
  parse,
  Recipient,
  reachOf,
  readRequest,
  type SendOrder,
  SPELT,
  Text,
} from './send-request.ts';

/** The members of a batch that consent depends on. Source: Sinch specification, Batch API. */
const Batch = v.looseObject({
  app_id: Text,
  recipient_and_params: v.pipe(
    v.array(v.looseObject({ recipient: Recipient })),
    v.minLength(1),
    v.maxLength(1_000),
  ),
  channel_priority_order: v.optional(v.array(v.string()), []),
  message_content_type: v.optional(v.string()),
});

/** A batch: one message for each recipient. */
export interface BatchOrder extends Pick<SendOrder, 'appId' | 'channels' | 'content'> {
  readonly recipients: readonly Pick<SendOrder, 'contactId' | 'addresses'>[];
  /** Returns the request with some of its recipients only, by their index. */
  readonly withOnly: (kept: readonly number[]) => string;
}

/**
 * Reads the recipients and the content of a batch. A missing content counts as marketing.
 * @throws AppError `bad_request` where a recipient cannot be read: such a batch is never sent on
 */
export function readBatchRequest(body: Uint8Array): BatchOrder {
  const { parsed, asSent } = parse(body);
  const { app_id: appId, recipient_and_params: entries, ...order } = readRequest(Batch, parsed);
  const [name = ''] = Object.keys(asSent).filter(
    (member) => (SPELT.get(member) ?? member) === 'recipient_and_params',
  );
  const sent: unknown = asSent[name];
  return {
    appId,
    recipients: entries.map(({ recipient }, at) =>
      reachOf(recipient, appId, `recipient_and_params.${at}.recipient`),
    ),
    channels: order.channel_priority_order.map((channel) => channel.toUpperCase()),
    content: contentOf(order.message_content_type) ?? 'marketing',
    withOnly(kept) {
      const list = Array.isArray(sent) ? kept.map((at) => sent[at]) : [];
      return JSON.stringify({ ...asSent, [name]: list });
    },
  };
}
