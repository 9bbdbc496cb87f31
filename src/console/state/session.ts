import { type ApiError, call } from '../api.ts';
import { session, signOut, TOKEN_KEY } from './session-store.ts';

export { session, signOut } from './session-store.ts';

/** Signs in with a token. @throws ApiError where it is refused */
export async function signIn(token: string): Promise<void> {
  const me = await call<{ name: string; roles: string[] }>('GET', '/v1/me', { token });
  sessionStorage.setItem(TOKEN_KEY, token);
  session.set({ token, name: me.name, roles: me.roles });
}

/** Takes up the session of this tab, or the one-time code of a sign-in link. Returns why a link was refused, if it was. */
export async function resume(): Promise<string | undefined> {
  const code = /^#sign-in=([\w-]+)$/.exec(location.hash)?.[1];
  if (code !== undefined) {
    // The code goes out of the address and the history at once.
    history.replaceState(null, '', location.pathname + location.search);
    try {
      const { token } = await call<{ token: string }>('POST', '/console/sign-in', {
        body: { code },
      });
      await signIn(token);
      return undefined;
    } catch {
      session.set(null);
      return 'This sign-in link was used before or is too old. Start Signalbox again for a new one, or sign in with a token.';
    }
  }
  const token = sessionStorage.getItem(TOKEN_KEY);
  if (token === null) {
    session.set(null);
    return undefined;
  }
  try {
    await signIn(token);
  } catch (error) {
    if (isRefusal(error)) signOut();
    else throw error;
  }
  return undefined;
}

const isRefusal = (error: unknown): error is ApiError =>
  error instanceof Error && 'status' in error && error.status === 401;

/** Whether the signed-in token has a role. */
export const may = (role: string): boolean => session.get()?.roles.includes(role) ?? false;
