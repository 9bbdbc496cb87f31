/** Headers that a 304 repeats. Source: RFC 9110, section 15.4.5. */
const REPEATED = ['etag', 'cache-control', 'content-location', 'date', 'expires', 'vary'];

/** Returns whether the caller of a GET or HEAD has this response already: its ETag is among those of `If-None-Match`. */
export function isUnchanged({ method, headers }: Request, response: Response): boolean {
  const known = headers.get('if-none-match');
  const etag = response.headers.get('etag');
  if (known === null || etag === null || response.status !== 200) return false;
  if (method !== 'GET' && method !== 'HEAD') return false;
  return known.trim() === '*' || tagsOf(known).includes(opaque(etag));
}

/** Returns the 304 in place of a response, whose body is not read. */
export async function notModified(response: Response): Promise<Response> {
  await response.body?.cancel();
  const headers = [...response.headers].filter(([name]) => REPEATED.includes(name));
  return new Response(null, { status: 304, headers });
}

const tagsOf = (header: string): string[] =>
  [...header.matchAll(/(?:W\/)?("[^"]*")/g)].flatMap(([, tag]) => tag ?? []);

/** The comparison is the weak one. */
const opaque = (etag: string): string => etag.replace(/^W\//, '');
