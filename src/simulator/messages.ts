import { stableId } from '../crypto/stable-id.ts';
import { addressOf, type SendRequest } from './send-request.ts';

/** A message as `GET /messages` gives it back. Source: Sinch specification, ConversationMessage. */
export interface StoredMessage {
  readonly id: string;
  readonly app_id: string;
  readonly direction: 'TO_CONTACT';
  readonly app_message: object;
  readonly channel_identity: {
    readonly channel: string;
    readonly identity: string;
    readonly app_id: string;
  };
  readonly contact_id: string;
  readonly conversation_id: string;
  readonly metadata: string;
  /** RFC 3339. */
  readonly accept_time: string;
  readonly sender_id: string;
  readonly processing_mode: 'CONVERSATION' | 'DISPATCH';
  readonly injected: false;
}

/**
 * The messages that Sinch stores. A message of a DISPATCH app is sent but never stored: its
 * retention is 0 days unless one pays for more.
 */
export interface Messages {
  readonly accept: (request: SendRequest) => Promise<string>;
  readonly get: (id: string, query: URLSearchParams) => StoredMessage | undefined;
  /** Newest first. */
  readonly list: (query: URLSearchParams) => readonly StoredMessage[];
}

const FILTERS: Readonly<Record<string, (message: StoredMessage, value: string) => boolean>> = {
  app_id: (message, value) => message.app_id === value,
  contact_id: (message, value) => message.contact_id === value,
  conversation_id: (message, value) => message.conversation_id === value,
  channel: (message, value) => message.channel_identity.channel === value,
  channel_identity: (message, value) => message.channel_identity.identity === value,
  direction: (message, value) => message.direction === value,
  start_time: (message, value) => Date.parse(message.accept_time) >= Date.parse(value),
  end_time: (message, value) => Date.parse(message.accept_time) < Date.parse(value),
  messages_source: (message, value) => `${message.processing_mode}_SOURCE` === value,
};

/** Where a query names no store, Sinch looks into that of CONVERSATION mode. */
const passes = (message: StoredMessage, query: URLSearchParams): boolean =>
  [...new Map([['messages_source', 'CONVERSATION_SOURCE'], ...query])].every(
    ([name, value]) => FILTERS[name]?.(message, value) ?? true,
  );

/** Opens the store with what lies there already. `now` gives milliseconds. */
export function openMessages(
  known: readonly StoredMessage[],
  dispatchApps: readonly string[],
  now: () => number,
): Messages {
  const stored = new Map(known.map((message) => [message.id, message]));
  let sent = 0;
  return {
    async accept(request) {
      const id = await stableId(['local message', String(now()), String(sent++)]);
      const dispatched =
        dispatchApps.includes(request.app_id) || request.processing_strategy === 'DISPATCH_ONLY';
      if (!dispatched) stored.set(id, conversationMessage(id, request, now()));
      return id;
    },
    get(id, query) {
      const found = stored.get(id);
      return found && passes(found, query) ? found : undefined;
    },
    list: (query) => {
      const found = [...stored.values()].filter((message) => passes(message, query)).reverse();
      return found.slice(0, Number(query.get('page_size') ?? 10));
    },
  };
}

function conversationMessage(id: string, request: SendRequest, at: number): StoredMessage {
  const contact = request.recipient.contact_id ?? 'local-contact';
  return {
    id,
    app_id: request.app_id,
    direction: 'TO_CONTACT',
    app_message: asSinchTells(request.message),
    channel_identity: addressOf(request.recipient, request.channel_priority_order),
    contact_id: contact,
    conversation_id: `${contact}-conversation`,
    metadata: request.message_metadata,
    accept_time: new Date(at).toISOString(),
    sender_id: '',
    processing_mode: 'CONVERSATION',
    injected: false,
  };
}

/** Returns a message as Sinch does: fields in its own order, with defaults. */
const asSinchTells = (message: object): object => ({
  explicit_channel_message: {},
  ...Object.fromEntries(Object.entries(message).map(([name, value]) => [name, reversed(value)])),
  agent: null,
});

const reversed = (value: unknown): unknown =>
  typeof value !== 'object' || value === null || Array.isArray(value)
    ? value
    : Object.fromEntries(
        Object.entries(value)
          .toReversed()
          .map(([name, inner]) => [name, reversed(inner)]),
      );
