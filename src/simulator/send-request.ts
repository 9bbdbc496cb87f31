import * as v from 'valibot';

const Text = v.pipe(v.string(), v.nonEmpty('must not be empty'));

const ChannelRecipient = v.looseObject({
  channel: Text,
  identity: Text,
  app_id: v.optional(v.string()),
});

/** Whom to reach: a contact, or addresses. Source: Sinch specification, Recipient. */
export const Recipient = v.pipe(
  v.looseObject({
    contact_id: v.optional(Text),
    identified_by: v.optional(
      v.looseObject({
        channel_identities: v.pipe(v.array(ChannelRecipient), v.nonEmpty('must not be empty')),
      }),
    ),
  }),
  v.check(
    ({ contact_id, identified_by }) => (contact_id === undefined) !== (identified_by === undefined),
    'exactly one of contact_id and identified_by must be set',
  ),
);
export type Recipient = v.InferOutput<typeof Recipient>;

/** What a message can be. Source: Sinch specification, AppMessage. */
const CONTENTS = [
  'text_message',
  'media_message',
  'card_message',
  'carousel_message',
  'choice_message',
  'list_message',
  'location_message',
  'contact_info_message',
  'template_message',
];

const AppMessage = v.pipe(
  v.looseObject({ text_message: v.optional(v.looseObject({ text: Text })) }),
  v.check(
    (message) =>
      CONTENTS.filter((content) => message[content] !== undefined).length === 1 ||
      'explicit_channel_message' in message,
    `exactly one of ${CONTENTS.join(', ')} must be set`,
  ),
);

/**
 * The body of `messages:send`. Lengths and enums as in the Sinch specification, SendMessageRequest.
 */
export const SendRequest = v.looseObject({
  app_id: Text,
  recipient: Recipient,
  message: AppMessage,
  channel_priority_order: v.optional(v.array(Text)),
  channel_properties: v.optional(v.record(v.string(), v.pipe(v.string(), v.maxLength(1024)))),
  message_metadata: v.optional(v.pipe(v.string(), v.maxLength(1024)), ''),
  conversation_metadata: v.optional(v.looseObject({})),
  correlation_id: v.optional(v.pipe(v.string(), v.maxLength(128))),
  queue: v.optional(v.picklist(['NORMAL_PRIORITY', 'HIGH_PRIORITY'])),
  ttl: v.optional(
    v.pipe(v.string(), v.regex(/^\d+(\.\d+)?s?$/, 'must be a duration like "86400s"')),
  ),
  processing_strategy: v.optional(v.picklist(['DEFAULT', 'DISPATCH_ONLY']), 'DEFAULT'),
  message_content_type: v.optional(
    v.picklist(['CONTENT_UNKNOWN', 'CONTENT_MARKETING', 'CONTENT_NOTIFICATION']),
  ),
  callback_url: v.optional(v.pipe(v.string(), v.url())),
});
export type SendRequest = v.InferOutput<typeof SendRequest>;

/** The body of `capability:query`. */
export const CapabilityQuery = v.looseObject({
  app_id: Text,
  recipient: Recipient,
  request_id: v.optional(v.string()),
});
export type CapabilityQuery = v.InferOutput<typeof CapabilityQuery>;

/**
 * The address a message goes to: the first of the preferred channel, else the first. A contact's
 * own addresses are not known here.
 */
export function addressOf(
  recipient: Recipient,
  preferred: readonly string[] = [],
): { channel: string; identity: string; app_id: string } {
  const identities = recipient.identified_by?.channel_identities ?? [];
  const chosen =
    preferred.map((channel) => identities.find((one) => one.channel === channel)).find(Boolean) ??
    identities[0];
  return {
    channel: chosen?.channel ?? preferred[0] ?? '',
    identity: chosen?.identity ?? '',
    app_id: chosen?.app_id ?? '',
  };
}

/** The body of `events:send`. Source: Sinch specification, SendEventRequest. */
export const SendEventRequest = v.looseObject({
  app_id: Text,
  recipient: Recipient,
  event: v.looseObject({}),
});
