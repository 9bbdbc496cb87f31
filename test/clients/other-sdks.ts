/** What an SDK of another language reads of an answer. Each reader throws where that SDK would fail instead of raising its own error. */
export interface Reader {
  readonly sdk: string;
  /** The file of the SDK that reads a refusal. */
  readonly source: string;
  /** Returns what the developer sees of a refusal. */
  readonly read: (answer: Answer) => string;
  /** The file that reads a sent message, and the message id that its developer gets. */
  readonly sent: { readonly source: string; readonly read: (answer: Answer) => string };
  /** The file that gets a new token and repeats the request where a 401 says that the token has expired. */
  readonly tokens: string;
  /** Where the SDK repeats a request by itself: the file that decides it, and the seconds that it waits before; 0 where it does not. */
  readonly repeats?: { readonly source: string; readonly after: (answer: Answer) => number };
}

/** An answer with its body as text. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

type Json = Readonly<Record<string, unknown>>;

/** Returns an object of JSON. @throws Error where a dictionary is expected and something else is there */
function objectOf(value: unknown, what: string): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error(`${what} is no dictionary`);
  return Object.fromEntries(Object.entries(value));
}

const isJson = ({ headers }: Answer): boolean =>
  headers.get('content-type')?.split(';')[0] === 'application/json';

/** A time as Jackson reads an `Instant`, System.Text.Json a `DateTime` and pydantic a `datetime`. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,7})?(Z|[+-]\d\d:\d\d)$/;

/** Returns the id of a sent message. @throws Error where a field does not have the type of the SDK's model */
function sentId({ text }: Answer): string {
  const { message_id: id, accepted_time: time } = objectOf(JSON.parse(text), 'the body');
  if (typeof id !== 'string') throw new Error('message_id is no string');
  if (time !== undefined && !TIME.test(String(time))) throw new Error('accepted_time is no time');
  return id;
}

const retryAfter = ({ headers }: Answer): number => Number(headers.get('retry-after') ?? 1);

export const readers: readonly Reader[] = [
  {
    sdk: 'Python 2.1',
    source: 'sinch/domains/conversation/api/v1/internal/base/conversation_endpoint.py',
    read({ text, status }) {
      const error = objectOf(objectOf(JSON.parse(text), 'the body').error ?? {}, 'error');
      return `ConversationException("${error.message ?? ''}  ${error.status ?? ''}"), http_response.status_code ${status}`;
    },
    sent: {
      source: 'sinch/domains/conversation/models/v1/messages/response/send_message_response.py',
      read: sentId,
    },
    tokens: 'sinch/core/ports/http_transport.py',
    // From 2.2 on, up to three times.
    repeats: {
      source: 'sinch/core/clients/retry_manager.py',
      after: (answer) => (answer.status === 429 ? retryAfter(answer) : 0),
    },
  },
  {
    sdk: 'Python 1.1',
    source: 'sinch/domains/conversation/endpoints/conversation_endpoint.py',
    read({ text }) {
      const body = objectOf(JSON.parse(text), 'the body');
      if (!('error' in body)) throw new Error("KeyError: 'error'");
      return `ConversationException("${objectOf(body.error, 'error').message}")`;
    },
    sent: {
      source: 'sinch/domains/conversation/models/message/responses.py',
      read: sentId,
    },
    tokens: 'sinch/core/ports/http_transport.py',
  },
  {
    sdk: 'Java 2.2',
    source: 'core/src/main/com/sinch/sdk/core/exceptions/ApiExceptionBuilder.java',
    read({ text }) {
      const error = objectOf(objectOf(JSON.parse(text), 'the body').error, 'error');
      if (!/^-?\d+$/.test(String(error.code))) throw new Error('NumberFormatException');
      if (!Array.isArray(error.details)) throw new Error('ClassCastException');
      return `ApiException(${error.code}, "${error.status}: ${error.message}")`;
    },
    sent: {
      source:
        'openapi-contracts/src/main/com/sinch/sdk/domains/conversation/models/v1/messages/response/SendMessageResponseImpl.java',
      read: sentId,
    },
    // It looks for `www-authenticate` in a map of the names as they came: see docs/senders.md.
    tokens: 'client/src/main/com/sinch/sdk/http/HttpClientApache.java',
    // Apache HttpClient 5.2 repeats these once, whatever the method.
    repeats: {
      source:
        'client/src/main/com/sinch/sdk/http/HttpClientApache.java (HttpClients.createDefault)',
      after: (answer) => (answer.status === 429 || answer.status === 503 ? retryAfter(answer) : 0),
    },
  },
  {
    sdk: '.NET 1.4',
    source: 'src/Sinch/Core/Extensions.cs',
    read(answer) {
      const { text, status } = answer;
      if (!isJson(answer)) throw new Error('the body is not read');
      const body = objectOf(JSON.parse(text), 'the body');
      const error = objectOf(body.error, 'error');
      for (const code of [body.code ?? 0, error.code])
        if (!Number.isInteger(Number(code))) throw new Error('JsonException');
      if (!Array.isArray(error.details)) throw new Error('JsonException');
      return `SinchApiException(${status}, "${error.message}")`;
    },
    sent: {
      source: 'src/Sinch/Conversation/Messages/Send/SendMessageResponse.cs, src/Sinch/Core/Http.cs',
      read(answer) {
        if (!isJson(answer)) throw new Error('The response is not Json or EmptyResponse');
        return sentId(answer);
      },
    },
    tokens: 'src/Sinch/Core/Http.cs',
  },
];

/** Whether an SDK gets a new token and repeats the request: each looks for this word in the header of a 401. */
export const refreshes = ({ status, headers }: Answer): boolean =>
  status === 401 && headers.get('www-authenticate')?.includes('expired') === true;
