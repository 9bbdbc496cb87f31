import * as v from 'valibot';
import type { Address } from '../callbacks/model.ts';
import { AppError, messageOf } from '../errors.ts';
import { retryAfterOf } from '../outbound/http.ts';
import { reportRateLimit, type Shared } from './client.ts';
import { answerOf, requestHeaders } from './pass-through.ts';
import type { Access } from './token.ts';

/** The timeout of a call to Sinch, in milliseconds. */
const TIMEOUT = 30_000;

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

/** The calls that reach people: the setting of their host, and their path in the project. */
const CALLS = {
  'messages:send': { host: 'apiUrl', path: 'messages:send' },
  'events:send': { host: 'apiUrl', path: 'events:send' },
  batch: { host: 'batchUrl', path: 'messages' },
} as const;

/** A call that reaches people: `batch` is `POST messages` of the Batch API. */
export type SendCall = keyof typeof CALLS;

/** The Conversation API with the Authorization of the sending system, which Sinch has accepted. */
export interface Gateway {
  /**
   * The addresses of a contact, none when there is no such contact; or the 401 or 403 with which Sinch refuses the Authorization.
   * @throws AppError `sinch_unavailable`
   */
  readonly contact: (
    id: string,
    appId: string,
    authorization: string,
  ) => Promise<readonly Address[] | Response>;
  /** Takes the share of the project's rate limit that `send` needs, unless one is left. @throws AppError the error of `share` */
  readonly turn: () => Promise<void>;
  /** Sends a request of `call` with this body once the rate limit allows it. @throws AppError `send_unsure` without an answer */
  readonly send: (
    call: SendCall,
    request: Request,
    body: Uint8Array<ArrayBuffer> | string,
  ) => Promise<Response>;
}

/** What the gateway shares with all other calls to Sinch. */
export interface Sharing extends Pick<Shared, 'slow'> {
  /** Takes a share of the rate limit for up to `calls` calls and returns its size, at least one. It may wait or throw. */
  readonly share: (calls: number) => Promise<number>;
}

/** Opens the gateway to one project for one message. `now` in milliseconds. */
export function openGateway(
  access: Pick<Access, 'apiUrl' | 'projectId'> & { readonly batchUrl: string },
  now: () => number,
  sharing: Sharing,
): Gateway {
  const baseOf = (host: 'apiUrl' | 'batchUrl'): string =>
    `${access[host]}/v1/projects/${encodeURIComponent(access.projectId)}`;
  let left = 0;
  const turn = async (calls: number): Promise<void> => {
    if (left === 0) left = await sharing.share(calls);
  };
  // Lookups of a batch run side by side, and each needs a call of its own out of the share.
  let before: Promise<void> = Promise.resolve();
  const take = (calls: number): Promise<void> => {
    const taken = before.then(async () => {
      await turn(calls);
      left -= 1;
    });
    before = taken.catch(() => {});
    return taken;
  };
  const slow = (response: Response): Promise<void> =>
    reportRateLimit(response, sharing, now()).catch((error: unknown) => {
      // @event sinch.rate-limit-not-shared | A 429 from Sinch could not be shared with the other
      //   isolates.
      console.error({ event: 'sinch.rate-limit-not-shared', message: messageOf(error) });
    });
  const look = async (path: string, authorization: string): Promise<Response> => {
    // One share for the lookup and the message that follows it.
    await take(2);
    let response: Response;
    try {
      response = await fetch(`${baseOf('apiUrl')}/${path}`, {
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
    async contact(id, appId, authorization) {
      const response = await look(`contacts/${encodeURIComponent(id)}`, authorization);
      if (response.status === 401 || response.status === 403)
        return answerOf(response, response.body);
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
    async send(call, request, body) {
      await take(1);
      const { host, path } = CALLS[call];
      try {
        const answer = await fetch(`${baseOf(host)}/${path}${new URL(request.url).search}`, {
          method: 'POST',
          headers: requestHeaders(request.headers),
          body,
          redirect: 'manual',
          signal: AbortSignal.timeout(TIMEOUT),
        });
        await slow(answer);
        return answerOf(answer, await answer.arrayBuffer());
      } catch {
        throw new AppError(
          'send_unsure',
          'Sinch gave no answer, so the message may have been sent: check before you send it again',
        );
      }
    },
  };
}
