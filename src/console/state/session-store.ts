import { createStore } from './store.ts';

/** Who is signed in. */
export interface Session {
  readonly token: string;
  readonly name: string;
  readonly roles: readonly string[];
}

/** Where the token is kept in this tab. */
export const TOKEN_KEY = 'signalbox-token';

/** `undefined` until it is known whether the kept token still holds; `null` when signed out. */
export const session = createStore<Session | null | undefined>(undefined);

/** Ends the session in this tab. */
export function signOut(): void {
  sessionStorage.removeItem(TOKEN_KEY);
  session.set(null);
}
