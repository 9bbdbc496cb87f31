import type { AppError } from '../errors.ts';

/** An error as RFC 9457 problem+json: a stable code, a sentence, nothing of the inside. */
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
  // A signature that does not verify is answered 401, too: no token would help there.
  if (error.code === 'unauthorized') headers.set('www-authenticate', 'Bearer');
  if (error.retryAfter !== undefined) headers.set('retry-after', String(error.retryAfter));
  return new Response(JSON.stringify(body), { status: error.status, headers });
}
