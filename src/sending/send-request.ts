import * as v from 'valibot';
import type { Address } from '../callbacks/model.ts';
import { AppError } from '../errors.ts';
import type { Content } from '../rules/model/values.ts';
import { contentOf } from '../sinch/client.ts';
import { checkAddress } from './address.ts';

/** The parts of a `messages:send` that Signalbox needs. */
export interface SendOrder {
  readonly appId: string;
  readonly contactId: string | undefined;
  /** The addresses in the request, in its order. */
  readonly addresses: readonly Address[];
  /** The channels in order of preference; empty: Sinch chooses. */
  readonly channels: readonly string[];
  readonly content: Content;
  readonly message: object | undefined;
  readonly metadata: string | undefined;
  readonly correlationId: string | undefined;
  readonly dispatch: boolean;
  /** All other members unchanged: ttl, channel_properties and so on. A retry repeats them. */
  readonly options: Readonly<Record<string, unknown>>;
}

export const Text = v.pipe(v.string(), v.minLength(1));

const Identity = v.looseObject({
  channel: Text,
  identity: v.union([Text, v.pipe(v.number(), v.safeInteger(), v.transform(String))]),
  app_id: v.optional(v.string(), ''),
});

/** Whom a message goes to. Source: Sinch specification, Recipient. */
export const Recipient = v.looseObject({
  contact_id: v.optional(Text),
  identified_by: v.optional(
    v.looseObject({ channel_identities: v.pipe(v.array(Identity), v.minLength(1)) }),
  ),
});

/** The members that consent depends on. Source: Sinch specification, SendMessageRequest. */
const Request = v.looseObject({
  app_id: Text,
  recipient: Recipient,
  message: v.optional(v.looseObject({})),
  channel_priority_order: v.optional(v.array(v.string()), []),
  message_content_type: v.optional(v.string()),
  message_metadata: v.optional(v.string()),
  correlation_id: v.optional(v.string()),
  processing_strategy: v.optional(v.string()),
});

/** Fields that a retry sets itself. */
const OWN: ReadonlySet<string> = new Set(
  'app_id recipient message channel_priority_order message_metadata correlation_id'.split(' '),
);

/** Fields that Sinch accepts in snake_case and camelCase, because its JSON is that of protobuf. */
export const SPELT: ReadonlyMap<string, string> = new Map(
  [
    ...['app_id', 'contact_id', 'identified_by', 'channel_identities', 'channel_priority_order'],
    ...['comment_reply_event', 'recipient_and_params'],
    ...['message_content_type', 'message_metadata', 'correlation_id', 'processing_strategy'],
  ].map(
    (name) => [name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()), name] as const,
  ),
);

/**
 * Reads the recipients and the content of a send request. A missing content counts as marketing, the strictest.
 * @throws AppError `bad_request` where the recipients cannot be read: such a request is never sent on
 */
export function readSendRequest(body: Uint8Array): SendOrder {
  const { parsed, asSent } = parse(body);
  const { app_id: appId, recipient, ...order } = readRequest(Request, parsed);
  return {
    appId,
    ...reachOf(recipient, appId, 'recipient'),
    channels: order.channel_priority_order.map((channel) => channel.toUpperCase()),
    content: contentOf(order.message_content_type) ?? 'marketing',
    message: order.message && Object(asSent.message),
    metadata: order.message_metadata,
    correlationId: order.correlation_id,
    dispatch: order.processing_strategy === 'DISPATCH_ONLY',
    options: Object.fromEntries(
      Object.entries(asSent)
        .map(([name, value]) => [SPELT.get(name) ?? name, value] as const)
        .filter(([name]) => !OWN.has(name)),
    ),
  };
}

/** Returns a parsed request. @throws AppError `bad_request`, naming the member */
export function readRequest<T>(schema: v.GenericSchema<unknown, T>, parsed: unknown): T {
  const request = v.safeParse(schema, parsed);
  if (request.success) return request.output;
  const place = v.getDotPath(request.issues[0]) ?? 'body';
  throw new AppError(
    'bad_request',
    `${place}: cannot be read, so the recipients of this message are unknown`,
  );
}

/** Returns whom a recipient names. @throws AppError `bad_request` */
export function reachOf(
  { contact_id: contactId, identified_by }: v.InferOutput<typeof Recipient>,
  appId: string,
  place: string,
): Pick<SendOrder, 'contactId' | 'addresses'> {
  const addresses = (identified_by?.channel_identities ?? []).map(
    ({ channel, identity, app_id }, at) =>
      checkAddress(
        { channel: channel.toUpperCase(), identity, appId: app_id || appId },
        // Without a default country: Sinch reads the number as it stands here.
        {},
        `${place}.identified_by.channel_identities.${at}.`,
      ),
  );
  if (addresses.length === 0 && contactId === undefined)
    throw new AppError(
      'bad_request',
      `${place}: names neither a contact_id nor channel identities`,
    );
  return { contactId, addresses };
}

const Event = v.looseObject({
  event: v.looseObject({ comment_reply_event: v.optional(v.unknown()) }),
});

/**
 * Returns whether an `events:send` request carries a reply to a comment, the only event with text for a person.
 * @throws AppError `bad_request` where it is not JSON
 */
export function isCommentReply(body: Uint8Array): boolean {
  const request = v.safeParse(Event, parse(body).parsed);
  return request.success && request.output.event.comment_reply_event !== undefined;
}

/** Parses a request in Sinch's names of fields, and as it was sent. @throws AppError `bad_request` */
export function parse(body: Uint8Array): {
  parsed: unknown;
  asSent: Readonly<Record<string, unknown>>;
} {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(body);
    return { parsed: JSON.parse(text, sinchSpelling), asSent: JSON.parse(text) };
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError('bad_request', 'body: is not JSON');
  }
}

/** Merges both spellings and drops null, which protobuf's JSON treats as unset. Both spellings at once are an error, because it is open which one Sinch uses. */
function sinchSpelling(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const fields = Object.entries(value).map(
    ([name, inner]) => [SPELT.get(name) ?? name, inner] as const,
  );
  if (new Set(fields.map(([name]) => name)).size < fields.length)
    throw new AppError('bad_request', 'body: names a field in two spellings');
  return Object.fromEntries(fields.filter(([, inner]) => inner !== null));
}
