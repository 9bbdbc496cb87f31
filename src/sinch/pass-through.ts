/** The time in which Sinch begins its answer to a request that is passed on, in milliseconds. */
const TIMEOUT = 30_000;

/** Request headers that are not passed on: those of this hop, those that Cloudflare adds, and our own. */
const OWN =
  /^(host|connection|keep-alive|transfer-encoding|upgrade|te|trailer|content-length|accept-encoding|x-real-ip|x-forwarded-.*|cf-.*|cdn-loop|x-signalbox-.*)$/;

/** Response headers that are not passed on: those of this hop. */
const HOP = /^(connection|keep-alive|transfer-encoding|content-encoding|content-length)$/;

/** Statuses whose response has no body. Source: Fetch standard, null body status. */
const BODILESS: ReadonlySet<number> = new Set([204, 205, 304]);

/** Returns the headers of a request that are passed on to Sinch. */
export const requestHeaders = (headers: Headers): Headers =>
  new Headers([...headers].filter(([name]) => !OWN.test(name)));

/** Returns a response of Sinch for the caller: status, headers and body unchanged, without the headers of this hop. */
export function answerOf(
  { status, headers }: Pick<Response, 'status' | 'headers'>,
  body: BodyInit | null,
): Response {
  return new Response(BODILESS.has(status) ? null : body, {
    status,
    headers: [...headers].filter(([name]) => !HOP.test(name)),
  });
}

/**
 * Passes a request on to `url` and returns the response; both bodies are streamed.
 * @throws TypeError, DOMException without an answer in time
 */
export async function passOn(request: Request, url: string): Promise<Response> {
  // A signal of the whole exchange would also cut off a long body.
  const giveUp = new AbortController();
  const timer = setTimeout(() => giveUp.abort(), TIMEOUT);
  try {
    const answer = await fetch(url, {
      method: request.method,
      headers: requestHeaders(request.headers),
      body: request.body,
      redirect: 'manual',
      signal: giveUp.signal,
    });
    return answerOf(answer, answer.body);
  } finally {
    clearTimeout(timer);
  }
}
