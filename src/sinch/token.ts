import * as v from 'valibot';
import { AppError } from '../errors.ts';

/** What it takes to call a Sinch project. */
export interface Access {
  readonly projectId: string;
  readonly keyId: string;
  readonly keySecret: string;
  readonly apiUrl: string;
  readonly authUrl: string;
}

const Token = v.looseObject({ access_token: v.string(), expires_in: v.optional(v.number(), 3600) });

/** Renewed this long before it ends, in milliseconds, so that no request carries one that ends on the way. */
const EARLY = 300_000;

/** Where isolates share a token. It may forget, and be a little behind. */
export interface TokenShelf {
  readonly get: () => Promise<{ readonly value: string; readonly until: number } | undefined>;
  /** `until` in milliseconds since 1970. */
  readonly put: (token: { readonly value: string; readonly until: number }) => Promise<void>;
}

/** What an isolate remembers of the token: it is lost with the isolate. */
export interface TokenMemory {
  held: { readonly value: string; readonly until: number } | undefined;
  /** Sinch refused the token that is shared: the next one must be a new one. */
  isRefused: boolean;
}

/** The memory of an isolate that has had no token yet. */
export const emptyTokenMemory = (): TokenMemory => ({ held: undefined, isRefused: false });

/**
 * Returns an OAuth2 access token (client credentials, about an hour, good for all regions): the one in memory, the one that
 * isolates share where there is a shelf, or a new one.
 * @throws AppError `sinch_unavailable`, `sinch_refused`
 */
export async function tokenFor(
  access: Access,
  now: number,
  memory: TokenMemory = emptyTokenMemory(),
  shelf?: TokenShelf,
): Promise<string> {
  if (memory.held && memory.held.until > now) return memory.held.value;
  const shared = memory.isRefused ? undefined : await shelf?.get().catch(() => undefined);
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
  await shelf?.put(fresh).catch(() => undefined);
  return fresh.value;
}

/** Drops a token that Sinch no longer takes: the next one is a new one, whatever lies on the shelf. */
export function forgetToken(memory: TokenMemory): void {
  memory.held = undefined;
  memory.isRefused = true;
}
