import { AppError } from '../errors.ts';
import { retryAfterOf } from '../outbound/http.ts';
import { answerOf } from './pass-through.ts';
import type { Access } from './token.ts';

/** The timeout of a lookup, in milliseconds. */
const TIMEOUT = 30_000;

/** How long an accepted and a refused Authorization are remembered, in milliseconds. */
const ACCEPTED_FOR = 5 * 60_000;
const REFUSED_FOR = 60_000;

/** The most that are remembered of each kind. */
const MAX_REMEMBERED = 500;

/** How often a request checks whether another one has looked up the same Authorization, in milliseconds. */
const POLL = 50;

/** The window of the rate limits in wrangler.toml, in seconds. */
const LIMIT_WINDOW = 60;

/** The bindings that bound the lookups of callers. */
export interface LookupLimits {
  readonly address: Pick<RateLimit, 'limit'>;
  readonly credential: Pick<RateLimit, 'limit'>;
}

/** Sinch's verdict on an Authorization, and until when it is remembered (milliseconds since 1970). */
interface Verdict {
  readonly until: number;
  /** Sinch's answer, where it refuses the Authorization. */
  readonly refusal?: {
    readonly status: number;
    readonly headers: Headers;
    readonly body: ArrayBuffer;
  };
}

/** The callers of `/send`, who bring their own Authorization for Sinch. */
export interface Callers {
  /**
   * Verifies an Authorization at Sinch. Returns Sinch's own answer if it refuses the Authorization, unchanged, because its headers
   * state whether the token has expired; `undefined` if it accepts it. The lookup takes nothing from the project's rate, and an answer of Sinch never slows
   * the project: the caller may be anyone.
   * @param address the caller's IP address, if it is known
   * @throws AppError `throttled` above the limits, `sinch_unavailable` without an answer
   */
  readonly authorize: (
    authorization: string,
    address: string | undefined,
  ) => Promise<Response | undefined>;
}

/**
 * Opens the callers of a project. What is remembered ends with the returned object; an Authorization is remembered by its keyed
 * hash only.
 * @param hash a keyed hash
 * @param now returns milliseconds since 1970
 * @param pause waits a number of milliseconds
 */
export function openCallers(
  { apiUrl, projectId }: Pick<Access, 'apiUrl' | 'projectId'>,
  hash: (text: string) => string,
  limits: LookupLimits,
  now: () => number,
  pause: (milliseconds: number) => Promise<unknown>,
): Callers {
  const url = `${apiUrl}/v1/projects/${encodeURIComponent(projectId)}/messages?page_size=1`;
  const remembered = { accepted: new Map<string, Verdict>(), refused: new Map<string, Verdict>() };
  const underWay = new Map<string, number>();

  /** Returns the verdict on an Authorization, if it is known. */
  const recall = (key: string): Verdict | undefined =>
    [remembered.accepted.get(key), remembered.refused.get(key)].find(
      (verdict) => verdict !== undefined && verdict.until > now(),
    );

  async function checkLimits(key: string, address: string | undefined): Promise<void> {
    const within = await Promise.all([
      limits.credential.limit({ key }),
      // Behind Cloudflare the address is always known.
      address === undefined ? { success: true } : limits.address.limit({ key: hash(address) }),
    ]);
    if (within.every(({ success }) => success)) return;
    throw new AppError('throttled', 'too many lookups of callers; nothing was sent', {
      retryAfter: LIMIT_WINDOW,
    });
  }

  async function lookUp(authorization: string): Promise<Verdict> {
    let response: Response;
    try {
      response = await fetch(url, {
        headers: { authorization },
        signal: AbortSignal.timeout(TIMEOUT),
      });
    } catch {
      throw new AppError('sinch_unavailable', 'Sinch: no answer; nothing was sent');
    }
    const { status, headers } = response;
    if (status === 401 || status === 403) {
      const body = await response.arrayBuffer().catch(() => new ArrayBuffer(0));
      return { until: now() + REFUSED_FOR, refusal: { status, headers, body } };
    }
    await response.body?.cancel();
    if (status === 429 || status >= 500)
      throw new AppError('sinch_unavailable', `Sinch: answered ${status}; nothing was sent`, {
        retryAfter: retryAfterOf(headers, now()),
      });
    return { until: now() + ACCEPTED_FOR };
  }

  return {
    async authorize(authorization, address) {
      const key = hash(`${url} ${authorization}`);
      // Many requests may bring the same new token at once: one of them asks Sinch. Its promise belongs to its request.
      const deadline = now() + TIMEOUT;
      while (recall(key) === undefined && (underWay.get(key) ?? 0) > now() && now() < deadline)
        await pause(POLL);
      let known = recall(key);
      if (known === undefined) {
        underWay.set(key, now() + TIMEOUT);
        try {
          await checkLimits(key, address);
          known = await lookUp(authorization);
        } finally {
          underWay.delete(key);
        }
        remember(known.refusal ? remembered.refused : remembered.accepted, key, known);
      }
      return known.refusal && answerOf(known.refusal, known.refusal.body);
    },
  };
}

function remember(known: Map<string, Verdict>, key: string, verdict: Verdict): void {
  if (known.size >= MAX_REMEMBERED) known.clear();
  known.set(key, verdict);
}
