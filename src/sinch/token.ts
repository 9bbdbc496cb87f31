import * as v from 'valibot';
import { AppError } from '../errors.ts';

/** The access data of a Sinch project. */
export interface Access {
  readonly projectId: string;
  readonly keyId: string;
  readonly keySecret: string;
  readonly apiUrl: string;
  readonly authUrl: string;
}

const Token = v.looseObject({ access_token: v.string(), expires_in: v.optional(v.number(), 3600) });

/** A token is renewed this long before it expires, in milliseconds. */
const EARLY = 300_000;

/** A store in which isolates share a token. It may lose the token or return an old one. */
export interface TokenStore {
  readonly get: () => Promise<{ readonly value: string; readonly until: number } | undefined>;
  /** `until` in milliseconds since 1970. */
  readonly put: (token: { readonly value: string; readonly until: number }) => Promise<void>;
}

/** The token in the memory of an isolate: it is lost with the isolate. */
export interface TokenMemory {
  held: { readonly value: string; readonly until: number } | undefined;
  /** Sinch rejected the shared token: the next one must be a new one. */
  isRefused: boolean;
}

/** The memory of an isolate that has had no token yet. */
export const emptyTokenMemory = (): TokenMemory => ({ held: undefined, isRefused: false });

/**
 * Returns an OAuth2 access token (client credentials, about an hour, good for all regions): from memory, from the store that all
 * isolates share, if there is one, or a new one.
 * @throws AppError `sinch_unavailable`, `sinch_refused`
 */
export async function tokenFor(
  access: Access,
  now: number,
  memory: TokenMemory = emptyTokenMemory(),
  store?: TokenStore,
): Promise<string> {
  if (memory.held && memory.held.until > now) return memory.held.value;
  const shared = memory.isRefused ? undefined : await store?.get().catch(() => undefined);
  if (shared && shared.until > now) {
    memory.held = shared;
    return shared.value;
  }
  let response: Response;
  try {
    response = await fetch(`${access.authUrl}/oauth2/token`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${btoa(`${access.keyId}:${access.keySecret}`)}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: 'grant_type=client_credentials',
      signal: AbortSignal.timeout(10_000),
    });
  } catch {
    throw new AppError('sinch_unavailable', 'Sinch: no token, no answer');
  }
  if (!response.ok) {
    const refused = response.status >= 400 && response.status < 500 && response.status !== 429;
    throw new AppError(
      refused ? 'sinch_refused' : 'sinch_unavailable',
      `Sinch: no token, answered ${response.status}`,
    );
  }
  const token = v.safeParse(Token, await response.json().catch(() => ({})));
  if (!token.success)
    throw new AppError('sinch_unavailable', 'Sinch: no token, the answer cannot be read');
  const fresh = {
    value: token.output.access_token,
    until: now + token.output.expires_in * 1000 - EARLY,
  };
  memory.held = fresh;
  memory.isRefused = false;
  await store?.put(fresh).catch(() => undefined);
  return fresh.value;
}

/** Drops a token that Sinch rejected: the next one is requested anew, whatever the store holds. */
export function forgetToken(memory: TokenMemory): void {
  memory.held = undefined;
  memory.isRefused = true;
}
