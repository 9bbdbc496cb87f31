import type { AppError } from '../errors.ts';

/** Returns an error as RFC 9457 problem+json: a stable code and a sentence, no internals. */
export function problem(error: AppError): Response {
  const { type, title, status, detail } = membersOf(error);
  const body = { type, title, status, code: error.code, detail, ...error.details };
  return respond(body, error, 'application/problem+json', error.retryAfter);
}

/** The names of google.rpc.Code by HTTP status. Source: google.rpc.Code, HTTP mapping. */
const STATUS_NAMES: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  409: 'ABORTED',
  412: 'FAILED_PRECONDITION',
  413: 'INVALID_ARGUMENT',
  415: 'INVALID_ARGUMENT',
  422: 'INVALID_ARGUMENT',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
  501: 'UNIMPLEMENTED',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
};

/** The longest `Retry-After` of a 429, in seconds: SDKs of Sinch wait that long in the thread of their caller, several times. */
const LONGEST_RETRY_AFTER = 60;

/**
 * Returns an error in Sinch's form, `error: {code, message, status, details}`, beside the members of RFC 9457. Sinch's SDKs read
 * it: Java parses an integer `code` and a list `details`, .NET reads `application/json` only and fails on a text in a top-level
 * `code`, so the stable code is in `error.details`.
 */
export function sinchProblem(error: AppError): Response {
  const { code, message, status, retryAfter } = error;
  const body = {
    ...membersOf(error),
    ...error.details,
    error: {
      code: status,
      message,
      status: STATUS_NAMES[status] ?? 'UNKNOWN',
      details: [{ code, ...error.details }],
    },
  };
  const capped =
    status === 429 && retryAfter !== undefined
      ? Math.min(retryAfter, LONGEST_RETRY_AFTER)
      : retryAfter;
  return respond(body, error, 'application/json', capped);
}

const membersOf = ({ code, status, message }: AppError) => ({
  type: `urn:signalbox:problem:${code}`,
  title: code.replaceAll('_', ' '),
  status,
  detail: message,
});

function respond(
  body: object,
  error: AppError,
  contentType: string,
  retryAfter: number | undefined,
): Response {
  const headers = new Headers({ 'content-type': contentType });
  // Only a missing token asks for one: a 401 for a wrong signature has another code.
  if (error.code === 'unauthorized') headers.set('www-authenticate', 'Bearer');
  // RFC 7694: the encodings that are accepted.
  if (error.code === 'unsupported_encoding') headers.set('accept-encoding', 'identity');
  if (error.allow) headers.set('allow', error.allow.join(', '));
  if (retryAfter !== undefined) headers.set('retry-after', String(retryAfter));
  return new Response(JSON.stringify(body), { status: error.status, headers });
}
