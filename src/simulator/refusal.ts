import type * as v from 'valibot';

/** Sinch's name for a status. Source: Sinch specification, google.rpc.Code. */
const WORDS: Readonly<Record<number, { status: string; message: string }>> = {
  400: { status: 'INVALID_ARGUMENT', message: 'Request contains an invalid argument.' },
  401: {
    status: 'UNAUTHENTICATED',
    message: 'Request does not have valid authentication credentials.',
  },
  403: {
    status: 'PERMISSION_DENIED',
    message: 'The caller does not have permission to execute the operation.',
  },
  404: { status: 'NOT_FOUND', message: 'The requested entity was not found.' },
  429: { status: 'RESOURCE_EXHAUSTED', message: 'Too many requests.' },
  500: { status: 'INTERNAL', message: 'Internal error.' },
  501: { status: 'UNIMPLEMENTED', message: 'Not implemented.' },
  503: { status: 'UNAVAILABLE', message: 'The service is currently unavailable.' },
};

/**
 * An error answer in Sinch's form: `{error: {code, message, status, details}}`. `retryAfter` in
 * seconds.
 */
export function refusal(
  code: number,
  details: readonly object[] = [],
  retryAfter?: number,
): Response {
  const { status, message } = WORDS[code] ?? { status: 'UNKNOWN', message: 'Unknown error.' };
  const headers = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) };
  return Response.json({ error: { code, message, status, details } }, { status: code, headers });
}

/** A 400 that names the fields that are wrong. */
export function badRequest(
  violations: readonly { field: string; description: string }[],
): Response {
  return refusal(400, [
    { '@type': 'type.googleapis.com/google.rpc.BadRequest', field_violations: violations },
  ]);
}

/** What valibot found, as field violations. */
export const violationsOf = (
  issues: readonly v.BaseIssue<unknown>[],
): { field: string; description: string }[] =>
  issues.map((issue) => ({
    field: (issue.path ?? []).map(({ key }) => String(key)).join('.'),
    description: issue.message,
  }));
