import type { AppError } from '../errors.ts';

/** Returns an error as RFC 9457 problem+json: a stable code and a sentence, no internals. */
export function problem(error: AppError): Response {
  const body = {
    type: `urn:signalbox:problem:${error.code}`,
    title: error.code.replaceAll('_', ' '),
    status: error.status,
    code: error.code,
    detail: error.message,
    ...error.details,
  };
  const headers = new Headers({ 'content-type': 'application/problem+json' });
  // Only a missing token asks for one: a 401 for a wrong signature has another code.
  if (error.code === 'unauthorized') headers.set('www-authenticate', 'Bearer');
  if (error.retryAfter !== undefined) headers.set('retry-after', String(error.retryAfter));
  return new Response(JSON.stringify(body), { status: error.status, headers });
}
