import * as v from 'valibot';
import type { Address } from '../callbacks/model.ts';
import { AppError, messageOf } from '../errors.ts';
import { retryAfterOf } from '../outbound/http.ts';
import { type Shared, slowDown } from './client.ts';
import type { Access } from './token.ts';

/** How long Sinch may take to answer, in milliseconds. */
const TIMEOUT = 30_000;

/** How long Sinch's word that an Authorization is good is believed, in milliseconds. */
const BELIEVED = 5 * 60_000;
const MOST_BELIEVED = 500;

/** A request's own headers that must not travel on: those of this hop, and those that Cloudflare adds. */
const OWN =
  /^(host|connection|keep-alive|transfer-encoding|upgrade|te|trailer|content-length|accept-encoding|x-real-ip|x-forwarded-.*|cf-.*|cdn-loop)$/;

/** The answer's headers that speak of its transport, which is done. */
const HOP = /^(connection|keep-alive|transfer-encoding|content-encoding|content-length)$/;

const Contact = v.looseObject({
  channel_identities: v.optional(
    v.array(
      v.looseObject({
        channel: v.string(),
        identity: v.string(),
        app_id: v.optional(v.string(), ''),
      }),
    ),
    [],
  ),
});

/** The Conversation API with somebody else's Authorization: that of the system that sends. */
export interface Gateway {
  /** @throws AppError `unauthorized` when Sinch does not take this Authorization, `sinch_unavailable` when it does not say */
  readonly authorize: (authorization: string) => Promise<void>;
  /** The addresses of a contact; none when there is no such contact. @throws AppError `sinch_unavailable` */
  readonly contact: (
    id: string,
    appId: string,
    authorization: string,
  ) => Promise<readonly Address[]>;
  /** Takes the share of the project's pace that `pass` needs, if there is none left over. @throws AppError whatever `share` throws */
  readonly turn: () => Promise<void>;
  /** Passes a `messages:send` on as it is, when it is its turn. @throws AppError `send_unsure` when no answer comes */
  readonly pass: (request: Request, body: Uint8Array<ArrayBuffer>) => Promise<Response>;
}

/** What the gateway shares with all other calls to Sinch. */
export interface Sharing extends Pick<Shared, 'slow'> {
  /** Takes a share of the pace for up to so many calls and answers for how many it is: one at least. It may wait, or throw. */
  readonly share: (calls: number) => Promise<number>;
}

const believed = new Map<string, number>();

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
    slowDown(response, sharing, now()).catch((error: unknown) => {
      console.error({ event: 'sinch.slow-untold', message: messageOf(error) });
    });
  const look = async (path: string, authorization: string): Promise<Response> => {
    // With the look-up goes the message that follows it: asking for both at once saves a call.
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
      if ((believed.get(key) ?? 0) > now()) return;
      const { status, body } = await look('messages?page_size=1', authorization);
      await body?.cancel();
      if (status === 401 || status === 403)
        throw new AppError(
          'unauthorized',
          'Sinch does not take this Authorization for this project',
        );
      if (believed.size >= MOST_BELIEVED) believed.clear();
      believed.set(key, now() + BELIEVED);
    },
    async contact(id, appId, authorization) {
      const response = await look(`contacts/${encodeURIComponent(id)}`, authorization);
      if (!response.ok) {
        await response.body?.cancel();
        if (response.status === 404) return [];
        // Whoever cannot be asked about may have said STOP.
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
    async pass(request, body) {
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
        const told = new Headers([...answer.headers].filter(([name]) => !HOP.test(name)));
        return new Response(await answer.arrayBuffer(), { status: answer.status, headers: told });
      } catch {
        throw new AppError(
          'send_unsure',
          'Sinch gave no answer, so the message may have been sent: look before you send it again',
        );
      }
    },
  };
}

/** What is remembered of an Authorization is not the thing itself. */
async function fingerprint(text: string): Promise<string> {
  const digest = new Uint8Array(
    await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)),
  );
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
