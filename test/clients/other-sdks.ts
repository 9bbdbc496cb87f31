/** What an SDK of another language reads of a refusal. Each throws where that SDK would fail instead of raising its own error. */
export interface Reader {
  readonly sdk: string;
  /** The file of the SDK that reads the answer. */
  readonly source: string;
  /** Returns what the developer sees. */
  readonly read: (answer: Answer) => string;
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

export const readers: readonly Reader[] = [
  {
    sdk: 'Python 2.1',
    source: 'sinch/domains/conversation/api/v1/internal/base/conversation_endpoint.py',
    read({ text, status }) {
      const error = objectOf(objectOf(JSON.parse(text), 'the body').error ?? {}, 'error');
      return `ConversationException("${error.message ?? ''}  ${error.status ?? ''}"), http_response.status_code ${status}`;
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
  },
  {
    sdk: '.NET 1.4',
    source: 'src/Sinch/Core/Extensions.cs',
    read({ headers, text, status }) {
      const type = headers.get('content-type')?.split(';')[0];
      if (type !== 'application/json') throw new Error('the body is not read');
      const body = objectOf(JSON.parse(text), 'the body');
      const error = objectOf(body.error, 'error');
      for (const code of [body.code ?? 0, error.code])
        if (!Number.isInteger(Number(code))) throw new Error('JsonException');
      if (!Array.isArray(error.details)) throw new Error('JsonException');
      return `SinchApiException(${status}, "${error.message}")`;
    },
  },
];

/** Whether an SDK gets a new token and repeats the request: a 401 whose header has this word. Source: http_transport.py, HttpClientApache.java, Http.cs. */
export const refreshes = ({ status, headers }: Answer): boolean =>
  status === 401 && headers.get('www-authenticate')?.includes('expired') === true;

/** Seconds that Python from 2.2 sleeps before it repeats a request, up to three times. Source: sinch/core/clients/retry_manager.py. */
export const sleeps = ({ status, headers }: Answer): number =>
  status === 429 ? Number(headers.get('retry-after') ?? 1) : 0;
