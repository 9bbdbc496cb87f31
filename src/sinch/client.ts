import * as v from 'valibot';
import type { Address } from '../callbacks/model.ts';
import { AppError, codeOf } from '../errors.ts';
import type { Permit } from '../objects/senders/token-bucket.ts';
import { isRetryable, retryAfterOf } from '../outbound/http.ts';
import type { Content } from '../rules/model/values.ts';
import { type Access, forgetToken, type TokenShelf, tokenFor } from './token.ts';

/** How long Sinch may take to answer, in milliseconds. */
const TIMEOUT = 15_000;

/** Answers of a gateway that has none of Sinch: the request may have arrived. */
const GATEWAY: ReadonlySet<number> = new Set([502, 504, 520, 522, 524]);

/** Whether an answer leaves open if Sinch took the message. */
export const isUnsure = (status: number): boolean => GATEWAY.has(status);

/** Which store a message lies in: Sinch keeps DISPATCH messages apart, by default for no time at all. */
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

/** A message as `GET /messages` gives it back; everything may be missing. Source: Sinch specification, ConversationMessage. */
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
   * @throws AppError `sinch_unsure` when the request left and no answer came, `sinch_unavailable` (again later), `sinch_refused`
   */
  readonly send: (request: SendRequest) => Promise<{ messageId: string }>;
  /** One message, or `undefined` when Sinch does not have it. */
  readonly message: (id: string, source: Source) => Promise<StoredMessage | undefined>;
  /** Messages of an app to one address since a time (milliseconds), newest first. */
  readonly messagesTo: (
    address: Address,
    appId: string,
    since: number,
    source: Source,
  ) => Promise<readonly StoredMessage[]>;
  /** Asks what a channel can do for a person; the answer comes as a CAPABILITY callback. */
  readonly queryCapability: (appId: string, address: Address, requestId: string) => Promise<void>;
}

/** What all isolates share: the token, and the pace that Sinch allows a project. */
export interface Shared {
  readonly shelf: TokenShelf;
  /** For how many of these calls the project's pace has room now, and if for none, in how many seconds. Waits for nothing. */
  readonly pace: (calls: number) => Promise<Permit>;
  /** Sinch said 429: nobody asks again for so many seconds. */
  readonly slow: (seconds: number) => Promise<void>;
}

/** Opens the Conversation API of a project. `now` gives milliseconds. */
export function openSinch(access: Access, now: () => number, shared?: Shared): Sinch {
  const base = `${access.apiUrl}/v1/projects/${encodeURIComponent(access.projectId)}`;
  const call = (path: string, body?: object) =>
    request(access, `${base}/${path}`, body, now, shared);
  return {
    async send(body) {
      const answer = v.safeParse(Sent, await call('messages:send', body));
      if (!answer.success)
        throw new AppError('sinch_unsure', 'Sinch: messages:send answered without a message_id');
      return { messageId: answer.output.message_id };
    },
    async message(id, source) {
      try {
        return v.parse(
          StoredMessage,
          await call(`messages/${encodeURIComponent(id)}?messages_source=${source}`),
        );
      } catch (error) {
        if (error instanceof AppError && error.code === 'not_found') return undefined;
        throw error;
      }
    },
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
  };
}

/** Sinch's name for a kind of content; it has none for what is neither marketing nor a notification. */
const CONTENT_TYPES: { readonly [K in Content]?: string } = {
  marketing: 'CONTENT_MARKETING',
  notification: 'CONTENT_NOTIFICATION',
};

/** How a send says what it is: the same kind of content that consent and throttle were asked for. */
export const contentType = (content: Content): Pick<SendRequest, 'message_content_type'> => {
  const type = CONTENT_TYPES[content];
  return type === undefined ? {} : { message_content_type: type };
};

/** What a send says that it is. Nothing where it does not say. Source: Sinch specification, MessageContentType. */
export const contentOf = (type: unknown): Content | undefined =>
  (['marketing', 'notification'] as const).find((content) => CONTENT_TYPES[content] === type);

/** Sends; when Sinch certainly took nothing, takes back first what was taken for it. @throws whatever `send` throws */
export async function sendOr<T>(
  send: () => Promise<T>,
  takeBack: (error: unknown) => Promise<void>,
): Promise<T> {
  try {
    return await send();
  } catch (error) {
    if (codeOf(error) !== 'sinch_unsure') await takeBack(error);
    throw error;
  }
}

/** A recipient by channel identity: the only form that DISPATCH mode takes, and good in CONVERSATION mode too. */
export const recipientOf = ({ channel, identity, appId }: Address): object => ({
  identified_by: {
    channel_identities: [{ channel, identity, ...(appId ? { app_id: appId } : {}) }],
  },
});

/** Tells all isolates when Sinch said 429: for as long as it asks to be left alone, or 5 seconds. */
export async function slowDown(
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
  now: () => number,
  shared: Shared | undefined,
): Promise<unknown> {
  const room = await shared?.pace(1);
  if (room?.granted === 0)
    throw new AppError('sinch_unavailable', 'Sinch: the pace of the project is used up', {
      retryAfter: room.retryAfter,
    });
  const token = await tokenFor(access, now(), shared?.shelf);
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
  if (response.status === 401) forgetToken(access);
  if (response.status === 404 && !body) throw new AppError('not_found', 'Sinch: not found');
  await slowDown(response, shared, now());
  const said = v.safeParse(ErrorBody, await response.json().catch(() => ({})));
  const status = said.success ? (said.output.error?.status ?? '') : '';
  // A gateway on the way got no answer, or lost it: whether a message went out, nobody knows.
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
      'Sinch: the answer broke off',
    );
  }
}
