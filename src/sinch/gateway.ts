import * as v from 'valibot';
import type { Address } from '../callbacks/model.ts';
import { AppError, messageOf } from '../errors.ts';
import { retryAfterOf } from '../outbound/http.ts';
import { reportRateLimit, type Shared } from './client.ts';
import type { Access } from './token.ts';

/** The timeout of a call to Sinch, in milliseconds. */
const TIMEOUT = 30_000;

/** How long a verified Authorization is cached, in milliseconds, and how many are cached at most. */
const VERIFIED_FOR = 5 * 60_000;
const MAX_VERIFIED = 500;

/** Request headers that are not passed on: those of this hop, and those that Cloudflare adds. */
const OWN =
  /^(host|connection|keep-alive|transfer-encoding|upgrade|te|trailer|content-length|accept-encoding|x-real-ip|x-forwarded-.*|cf-.*|cdn-loop)$/;

/** Response headers that are not passed on: those of this hop. */
const HOP = /^(connection|keep-alive|transfer-encoding|content-encoding|content-length)$/;

const Contact = v.looseObject({
  channel_identities: v.optional(
    v.array(
      v.looseObject({
        channel: v.string(),
        identity: v.union([v.string(), v.pipe(v.number(), v.safeInteger(), v.transform(String))]),
        app_id: v.optional(v.string(), ''),
      }),
    ),
    [],
  ),
});

/** The Conversation API with the Authorization of the sending system. */
export interface Gateway {
  /** Verifies an Authorization at Sinch. @throws AppError `unauthorized` when Sinch rejects it, `sinch_unavailable` without an answer */
  readonly authorize: (authorization: string) => Promise<void>;
  /** The addresses of a contact; none when there is no such contact. @throws AppError `sinch_unavailable` */
  readonly contact: (
    id: string,
    appId: string,
    authorization: string,
  ) => Promise<readonly Address[]>;
  /** Takes the share of the project's rate limit that `send` needs, unless one is left. @throws AppError the error of `share` */
  readonly turn: () => Promise<void>;
  /** Sends a `messages:send` request unchanged, once the rate limit allows it. @throws AppError `send_unsure` without an answer */
  readonly send: (request: Request, body: Uint8Array<ArrayBuffer>) => Promise<Response>;
}

/** What the gateway shares with all other calls to Sinch. */
export interface Sharing extends Pick<Shared, 'slow'> {
  /** Takes a share of the rate limit for up to `calls` calls and returns its size, at least one. It may wait or throw. */
  readonly share: (calls: number) => Promise<number>;
}

const verified = new Map<string, number>();

/** Opens the gateway to one project for one message. `now` in milliseconds. */
export function openGateway(
  { apiUrl, projectId }: Pick<Access, 'apiUrl' | 'projectId'>,
  now: () => number,
  sharing: Sharing,
): Gateway {
  const base = `${apiUrl}/v1/projects/${encodeURIComponent(projectId)}`;
  let left = 0;
  const turn = async (calls: number): Promise<void> => {
    if (left === 0) left = await sharing.share(calls);
  };
  const slow = (response: Response): Promise<void> =>
    reportRateLimit(response, sharing, now()).catch((error: unknown) => {
      console.error({ event: 'sinch.rate-limit-not-shared', message: messageOf(error) });
    });
  const look = async (path: string, authorization: string): Promise<Response> => {
    // One share for the lookup and the message that follows it.
    await turn(2);
    left -= 1;
    let response: Response;
    try {
      response = await fetch(`${base}/${path}`, {
        headers: { authorization },
        signal: AbortSignal.timeout(TIMEOUT),
      });
    } catch {
      throw new AppError('sinch_unavailable', 'Sinch: no answer; nothing was sent');
    }
    if (response.status === 429 || response.status >= 500) {
      await response.body?.cancel();
      await slow(response);
      throw new AppError(
        'sinch_unavailable',
        `Sinch: answered ${response.status}; nothing was sent`,
        {
          retryAfter: retryAfterOf(response.headers, now()),
        },
      );
    }
    return response;
  };
  return {
    async authorize(authorization) {
      const key = await fingerprint(`${base} ${authorization}`);
      if ((verified.get(key) ?? 0) > now()) return;
      const { status, body } = await look('messages?page_size=1', authorization);
      await body?.cancel();
      if (status === 401 || status === 403)
        throw new AppError('unauthorized', 'Sinch rejects this Authorization for this project');
      if (verified.size >= MAX_VERIFIED) verified.clear();
      verified.set(key, now() + VERIFIED_FOR);
    },
    async contact(id, appId, authorization) {
      const response = await look(`contacts/${encodeURIComponent(id)}`, authorization);
      if (!response.ok) {
        await response.body?.cancel();
        if (response.status === 404) return [];
        // A contact that cannot be read may have said STOP.
        throw new AppError(
          'sinch_unavailable',
          `Sinch: answered ${response.status} about the contact; nothing was sent`,
        );
      }
      const contact = v.safeParse(Contact, await response.json().catch(() => undefined));
      if (!contact.success)
        throw new AppError(
          'sinch_unavailable',
          'Sinch: the contact cannot be read; nothing was sent',
        );
      return contact.output.channel_identities.map(({ channel, identity, app_id }) => ({
        channel,
        identity,
        appId: app_id || appId,
      }));
    },
    turn: () => turn(1),
    async send(request, body) {
      await turn(1);
      left -= 1;
      const headers = new Headers([...request.headers].filter(([name]) => !OWN.test(name)));
      try {
        const answer = await fetch(`${base}/messages:send${new URL(request.url).search}`, {
          method: 'POST',
          headers,
          body,
          redirect: 'manual',
          signal: AbortSignal.timeout(TIMEOUT),
        });
        await slow(answer);
        const returned = new Headers([...answer.headers].filter(([name]) => !HOP.test(name)));
        return new Response(await answer.arrayBuffer(), {
          status: answer.status,
          headers: returned,
        });
      } catch {
        throw new AppError(
          'send_unsure',
          'Sinch gave no answer, so the message may have been sent: check before you send it again',
        );
      }
    },
  };
}

/** The hash under which an Authorization is cached: the secret itself is not kept. */
async function fingerprint(text: string): Promise<string> {
  const digest = new Uint8Array(
    await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)),
  );
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
