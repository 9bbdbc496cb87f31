import * as v from 'valibot';
import type { Address } from '../callbacks/model.ts';
import { AppError, codeOf } from '../errors.ts';
import type { Permit } from '../objects/senders/token-bucket.ts';
import { isRetryable, retryAfterOf } from '../outbound/http.ts';
import type { Content } from '../rules/model/values.ts';
import { readAppChannels } from './apps.ts';
import { type ConsentListChange, readConsentLists } from './consents.ts';
import { readContact, type SinchContact } from './contacts.ts';
import {
  type Access,
  emptyTokenMemory,
  forgetToken,
  type TokenMemory,
  type TokenStore,
  tokenFor,
} from './token.ts';

/** The timeout of a call to Sinch, in milliseconds. */
const TIMEOUT = 15_000;

/** Statuses of a gateway without an answer from Sinch: the request may have arrived. */
const GATEWAY: ReadonlySet<number> = new Set([502, 504, 520, 522, 524]);

/** Whether it is unknown, after this status, if Sinch accepted the message. */
export const isUnsure = (status: number): boolean => GATEWAY.has(status);

/** The store of a message: Sinch stores DISPATCH messages separately, by default not at all. */
export type Source = 'CONVERSATION_SOURCE' | 'DISPATCH_SOURCE';

/** The body of `messages:send`. Source: Sinch specification, SendMessageRequest. */
export interface SendRequest {
  readonly app_id: string;
  readonly recipient: object;
  readonly message: object;
  readonly message_metadata?: string;
  readonly correlation_id?: string;
  readonly channel_priority_order?: readonly string[];
  readonly processing_strategy?: string;
  /** CONTENT_MARKETING or CONTENT_NOTIFICATION: which of Sinch's own opt-out lists applies. */
  readonly message_content_type?: string;
  readonly channel_properties?: Readonly<Record<string, string>>;
}

const Sent = v.looseObject({ message_id: v.string() });

/** A message in the response of `GET /messages`; every field may be missing. Source: Sinch specification, ConversationMessage. */
const StoredMessage = v.looseObject({
  id: v.optional(v.string()),
  app_message: v.optional(v.looseObject({})),
  accept_time: v.optional(v.string()),
  metadata: v.optional(v.string()),
});
export type StoredMessage = v.InferOutput<typeof StoredMessage>;

const MessageList = v.looseObject({ messages: v.optional(v.array(StoredMessage), []) });
const ErrorBody = v.looseObject({
  error: v.optional(
    v.looseObject({ status: v.optional(v.string()), message: v.optional(v.string()) }),
  ),
});

/** The part of the Conversation API that actions use. */
export interface Sinch {
  /**
   * Sends a message. There is no idempotency key: claim first.
   * @param starting runs directly before the request, when rate permit and token are there; if it throws, nothing is sent
   * @throws AppError `sinch_unsure` when the request was sent and no answer came, `sinch_unavailable` (try later), `sinch_refused`
   */
  readonly send: (
    request: SendRequest,
    starting?: () => Promise<void>,
  ) => Promise<{ messageId: string }>;
  /** One message, or `undefined` when Sinch does not have it. */
  readonly message: (id: string, source: Source) => Promise<StoredMessage | undefined>;
  /** Messages of an app to one address since a time (milliseconds), newest first. */
  readonly messagesTo: (
    address: Address,
    appId: string,
    since: number,
    source: Source,
  ) => Promise<readonly StoredMessage[]>;
  /** Requests a capability lookup for a person; the answer is a CAPABILITY callback. */
  readonly queryCapability: (appId: string, address: Address, requestId: string) => Promise<void>;
  /** The channels of an app in the order of its channel priority, or `undefined` when Sinch does not have the app. */
  readonly channelsOf: (appId: string) => Promise<readonly string[] | undefined>;
  /** A contact, or `undefined` when Sinch does not have it. */
  readonly contact: (id: string) => Promise<SinchContact | undefined>;
  /** What happened to an identity on an app's consent lists, oldest first; empty where Sinch knows nothing of it. */
  readonly consentLists: (appId: string, identity: string) => Promise<readonly ConsentListChange[]>;
  /** Merges one contact into another: the first stays. @throws AppError `sinch_unsure`, `sinch_unavailable`, `sinch_refused` */
  readonly mergeContact: (kept: string, gone: string) => Promise<void>;
}

/** What all isolates share: the token and Sinch's rate limit for the project. */
export interface Shared {
  readonly tokens: TokenStore;
  /** The token in the memory of this isolate. */
  readonly memory: TokenMemory;
  /** How many of these calls the project's rate limit allows now, and if none, in how many seconds. It does not wait. */
  readonly pace: (calls: number) => Promise<Permit>;
  /** After a 429: stops all calls for this many seconds. */
  readonly slow: (seconds: number) => Promise<void>;
}

/** Opens the Conversation API of a project. `now` returns milliseconds since 1970. */
export function openSinch(access: Access, now: () => number, shared?: Shared): Sinch {
  const base = `${access.apiUrl}/v1/projects/${encodeURIComponent(access.projectId)}`;
  const memory = shared?.memory ?? emptyTokenMemory();
  const call = (path: string, body?: object, starting?: () => Promise<void>) =>
    request(access, `${base}/${path}`, body, { now, memory, shared, starting });
  return {
    async send(body, starting) {
      const answer = v.safeParse(Sent, await call('messages:send', body, starting));
      if (!answer.success)
        throw new AppError('sinch_unsure', 'Sinch: messages:send answered without a message_id');
      return { messageId: answer.output.message_id };
    },
    message: (id, source) =>
      orMissing(async () =>
        v.parse(
          StoredMessage,
          await call(`messages/${encodeURIComponent(id)}?messages_source=${source}`),
        ),
      ),
    async messagesTo({ channel, identity }, appId, since, source) {
      const query = new URLSearchParams({
        app_id: appId,
        channel,
        channel_identity: identity,
        start_time: new Date(since).toISOString(),
        messages_source: source,
        page_size: '100',
      });
      return v.parse(MessageList, await call(`messages?${query}`)).messages;
    },
    async queryCapability(appId, address, requestId) {
      await call('capability:query', {
        app_id: appId,
        recipient: recipientOf(address),
        request_id: requestId,
      });
    },
    channelsOf: (appId) =>
      orMissing(async () => readAppChannels(await call(`apps/${encodeURIComponent(appId)}`))),
    contact: (id) =>
      orMissing(async () => readContact(await call(`contacts/${encodeURIComponent(id)}`), id)),
    async consentLists(appId, identity) {
      const path = ['apps', appId, 'consents', 'identities', identity].map(encodeURIComponent);
      return (await orMissing(async () => readConsentLists(await call(path.join('/'))))) ?? [];
    },
    async mergeContact(kept, gone) {
      const body = { source_id: gone, strategy: 'MERGE' };
      await call(`contacts/${encodeURIComponent(kept)}:merge`, body);
    },
  };
}

/** Returns `undefined` where Sinch answers 404. */
async function orMissing<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof AppError && error.code === 'not_found') return undefined;
    throw error;
  }
}

/** Sinch's names of the content types; there is none for `other`. */
const CONTENT_TYPES: { readonly [K in Content]?: string } = {
  marketing: 'CONTENT_MARKETING',
  notification: 'CONTENT_NOTIFICATION',
};

/** The field of a send request that declares its content type. */
export const contentType = (content: Content): Pick<SendRequest, 'message_content_type'> => {
  const type = CONTENT_TYPES[content];
  return type === undefined ? {} : { message_content_type: type };
};

/** The content type of Sinch's name; `undefined` for any other value. Source: Sinch specification, MessageContentType. */
export const contentOf = (type: unknown): Content | undefined =>
  (['marketing', 'notification'] as const).find((content) => CONTENT_TYPES[content] === type);

/** Sends; when Sinch certainly did not accept the message, calls `undo` and rethrows. @throws the error of `send` */
export async function sendOrUndo<T>(
  send: () => Promise<T>,
  undo: (error: unknown) => Promise<void>,
): Promise<T> {
  try {
    return await send();
  } catch (error) {
    if (codeOf(error) !== 'sinch_unsure') await undo(error);
    throw error;
  }
}

/** A recipient by channel identity: the only form that DISPATCH mode accepts; CONVERSATION mode accepts it too. */
export const recipientOf = ({ channel, identity, appId }: Address): object => ({
  identified_by: {
    channel_identities: [{ channel, identity, ...(appId ? { app_id: appId } : {}) }],
  },
});

/** After a 429, stops the calls of all isolates for `Retry-After`, or for 5 seconds. */
export async function reportRateLimit(
  { status, headers }: Response,
  shared: Pick<Shared, 'slow'> | undefined,
  now: number,
): Promise<void> {
  if (status === 429) await shared?.slow(retryAfterOf(headers, now) ?? 5);
}

async function request(
  access: Access,
  url: string,
  body: object | undefined,
  {
    now,
    memory,
    shared,
    starting,
  }: {
    readonly now: () => number;
    readonly memory: TokenMemory;
    readonly shared: Shared | undefined;
    readonly starting: (() => Promise<void>) | undefined;
  },
): Promise<unknown> {
  const room = await shared?.pace(1);
  if (room?.granted === 0)
    throw new AppError('sinch_unavailable', 'Sinch: the rate limit of the project is used up', {
      retryAfter: room.retryAfter,
    });
  const token = await tokenFor(access, now(), memory, shared?.tokens);
  await starting?.();
  let response: Response;
  try {
    response = await fetch(url, {
      method: body ? 'POST' : 'GET',
      headers: {
        authorization: `Bearer ${token}`,
        ...(body ? { 'content-type': 'application/json' } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
      signal: AbortSignal.timeout(TIMEOUT),
    });
  } catch {
    throw new AppError(body ? 'sinch_unsure' : 'sinch_unavailable', 'Sinch: no answer');
  }
  if (response.ok) return readJson(response, body !== undefined);
  if (response.status === 401) forgetToken(memory);
  if (response.status === 404 && !body) throw new AppError('not_found', 'Sinch: not found');
  await reportRateLimit(response, shared, now());
  const parsed = v.safeParse(ErrorBody, await response.json().catch(() => ({})));
  const status = parsed.success ? (parsed.output.error?.status ?? '') : '';
  // A gateway got no answer from Sinch, or lost it: the message may have been sent.
  if (body && isUnsure(response.status))
    throw new AppError('sinch_unsure', `Sinch: answered ${response.status}`);
  const later = isRetryable(response.status) || response.status === 401;
  throw new AppError(
    later ? 'sinch_unavailable' : 'sinch_refused',
    `Sinch: answered ${response.status} ${status}`.trim(),
    {
      retryAfter: retryAfterOf(response.headers, now()),
    },
  );
}

async function readJson(response: Response, sending: boolean): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    throw new AppError(
      sending ? 'sinch_unsure' : 'sinch_unavailable',
      'Sinch: the answer is incomplete',
    );
  }
}
