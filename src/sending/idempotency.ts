import * as v from 'valibot';
import { encodeHex } from '../crypto/encode-hex.ts';
import { AppError, messageOf } from '../errors.ts';
import type { Objects } from '../objects/index.ts';
import { isUnsure } from '../sinch/client.ts';
import { answerOf } from '../sinch/pass-through.ts';

/** How long a request may take, in milliseconds: the longest wait, the lookup of a contact and the call. After that its outcome is unknown. */
const LEASE = 120_000;

/** When to ask again for the answer of a request in progress, in seconds. */
const ASK_AGAIN = 2;

/** The dependencies of a request that happens once. */
export interface Keeping {
  readonly objects: Pick<Objects, 'requestKeys'>;
  readonly dataKey: {
    readonly hash: (text: string) => string;
    readonly encrypt: (text: string) => Promise<string>;
    readonly decrypt: (text: string) => Promise<string>;
  };
  readonly now: () => number;
  /** Returns the response of an expected failure. */
  readonly refuse: (error: AppError) => Response;
}

/** A request and what makes it the same request. */
export interface KeyedRequest {
  readonly call: string;
  readonly headers: Headers;
  readonly search: string;
  readonly body: Uint8Array<ArrayBuffer>;
}

const Stored = v.object({
  status: v.number(),
  headers: v.array(v.tuple([v.string(), v.string()])),
  body: v.string(),
});

/**
 * Runs a request once for its `Idempotency-Key`: the same key and request within 24 hours return the first answer. The state of
 * the key is stored before `run`. Without the header it just runs.
 * @throws AppError `idempotency_key_reused` for another request, `request_in_progress`, `send_unsure` where the first request
 * ended without an answer on record, `bad_request` for an unreadable key, `unavailable` where keys cannot be read, and what `run` throws
 */
export async function onceByKey(
  request: KeyedRequest,
  keeping: Keeping,
  run: () => Promise<Response>,
): Promise<Response> {
  const header = request.headers.get('idempotency-key');
  if (header === null) return run();
  const { objects, dataKey, now } = keeping;
  const key = dataKey.hash(`idempotency ${request.call} ${readKey(header)}`);
  const holder = crypto.randomUUID();
  const print = await printOf(request, dataKey.hash);
  const known = await objects.requestKeys.begin(key, print, LEASE, now(), holder).catch((error) => {
    // @event send.key-unavailable | The state of an Idempotency-Key could not be read or stored,
    //   so nothing was sent.
    console.error({ event: 'send.key-unavailable', message: messageOf(error) });
    throw new AppError('unavailable', 'Idempotency-Key: cannot be read now; nothing was sent', {
      retryAfter: 5,
    });
  });
  if (known.state === 'answered') return replay(await dataKey.decrypt(known.answer));
  if (known.state !== 'begun') throw refusalOf(known.state);
  const answer = await run().catch((error: unknown) => {
    // After a bug it is unknown what happened: the lease of the key expires.
    if (error instanceof AppError) return keeping.refuse(error);
    throw error;
  });
  return settle(answer, key, holder, keeping);
}

/** Returns the error for a key whose first request is no answer to this one. */
function refusalOf(state: 'other' | 'open' | 'unsure'): AppError {
  if (state === 'other')
    return new AppError(
      'idempotency_key_reused',
      'Idempotency-Key: was used for another request in the last 24 hours; nothing was sent. Use a new key for each message',
    );
  if (state === 'open')
    return new AppError(
      'request_in_progress',
      'Idempotency-Key: the first request with this key is in progress; ask again for its answer',
      { retryAfter: ASK_AGAIN },
    );
  return new AppError(
    'send_unsure',
    'the first request with this Idempotency-Key ended without an answer, so the message may have been sent: check before you send it again with a new key',
  );
}

/** Stores the answer of a request, or frees its key, and returns the answer. */
async function settle(
  answer: Response,
  key: string,
  holder: string,
  { objects, dataKey }: Keeping,
): Promise<Response> {
  try {
    if (!usesUp(answer.status)) await objects.requestKeys.free(key, holder);
    else {
      const { status, headers } = answer;
      const stored = { status, headers: [...headers], body: await answer.clone().text() };
      const sealed = await dataKey.encrypt(JSON.stringify(stored));
      await objects.requestKeys.end(key, holder, sealed);
    }
  } catch (error) {
    // @event send.key-not-stored | The answer to a request with an Idempotency-Key could not be
    //   stored. Its key answers `send_unsure` until it expires.
    console.error({ event: 'send.key-not-stored', message: messageOf(error) });
  }
  return answer;
}

/**
 * Returns whether a status uses up a key: the answer is definite, or the message may have been sent. A 401 is repeated with a new
 * token, a 429 and any other 5xx later.
 */
const usesUp = (status: number): boolean =>
  isUnsure(status) || (status < 500 && status !== 401 && status !== 429);

/** Returns a stored answer, marked as such. */
function replay(text: string): Response {
  const { status, headers, body } = v.parse(v.pipe(v.string(), v.parseJson(), Stored), text);
  const first = answerOf({ status, headers: new Headers(headers) }, body);
  first.headers.set('idempotent-replayed', 'true');
  return first;
}

/** Returns the fingerprint of a request: what it asks for, without its Authorization, which changes with each token. */
async function printOf(
  { headers, search, body }: KeyedRequest,
  hash: (text: string) => string,
): Promise<string> {
  const digest = encodeHex(await crypto.subtle.digest('SHA-256', body));
  return hash(`request ${search} ${headers.get('x-signalbox-partial') ?? ''} ${digest}`);
}

/** Returns the key of a header: a string of RFC 8941 (`"order-1"`), or the text as it stands. @throws AppError `bad_request` */
function readKey(header: string): string {
  const quoted = /^"((?:[^"\\]|\\["\\])*)"$/.exec(header.trim())?.[1];
  const key = quoted?.replace(/\\(["\\])/g, '$1') ?? header.trim();
  if (/^[\x20-\x7e]{1,255}$/.test(key)) return key;
  throw new AppError('bad_request', 'Idempotency-Key: expected 1 to 255 printable characters');
}
