import { session, signOut } from './state/session-store.ts';

/** An answer of the API that is not what was asked for. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** 0 where there was no answer at all. */
  readonly status: number;
  readonly code: string;
  /** The whole problem as RFC 9457 has it. */
  readonly problem: Readonly<Record<string, unknown>>;
  constructor(status: number, problem: Readonly<Record<string, unknown>>) {
    super(typeof problem.detail === 'string' ? problem.detail : 'the request failed');
    this.status = status;
    this.code = typeof problem.code === 'string' ? problem.code : 'unknown';
    this.problem = problem;
  }
}

/** What a call takes. */
export interface CallOptions {
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
  readonly token?: string;
  readonly signal?: AbortSignal;
}

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** How long an answer is waited for, in milliseconds. */
const TIMEOUT = 30_000;

/**
 * Calls the API as the signed-in token and returns the JSON of the answer.
 * @throws ApiError with the problem that the API answered, or status 0 where it did not answer
 */
export async function call<T>(method: Method, path: string, options: CallOptions = {}): Promise<T> {
  const { query = {}, body, token = session.get()?.token, signal } = options;
  const kept = Object.entries(query).filter((pair): pair is [string, string] => !!pair[1]);
  const address = kept.length === 0 ? path : `${path}?${new URLSearchParams(kept)}`;
  const limits = [AbortSignal.timeout(TIMEOUT), ...(signal ? [signal] : [])];
  let response: Response;
  try {
    response = await fetch(address, {
      method,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.any(limits),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(0, {
      code: 'no-answer',
      detail: 'Signalbox did not answer. Check your connection and try again.',
    });
  }
  const answer: unknown = await response.json().catch(() => ({}));
  if (!response.ok) {
    // The token was changed or taken back meanwhile.
    if (response.status === 401 && options.token === undefined) signOut();
    throw new ApiError(response.status, Object(answer));
  }
  return answer as T; // The schemas of src/api describe it; the server is of the same version.
}

/** Encodes a part of a path: an identity may hold a "/", a "?" or a "%". */
export const part = (value: string): string => encodeURIComponent(value);
