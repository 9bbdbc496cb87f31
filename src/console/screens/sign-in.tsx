import type { TargetedSubmitEvent } from 'preact';
import { useState } from 'preact/hooks';
import { TextField } from '../parts/field.tsx';
import { signIn } from '../state/session.ts';
import './sign-in.css';

/** Asks for a token. The address stays, so that the same page is shown after sign-in. */
export function SignIn({ refusal }: { refusal: string | undefined }) {
  const [token, setToken] = useState('');
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string>();
  const said = fault ?? refusal;
  const submit = async (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    setBusy(true);
    setFault(undefined);
    try {
      await signIn(token.trim());
    } catch (error) {
      const refused = error instanceof Error && 'status' in error && error.status === 401;
      setFault(
        refused
          ? 'This token is not known. Check that it was copied whole.'
          : error instanceof Error
            ? error.message
            : String(error),
      );
      setBusy(false);
    }
  };
  return (
    <main class="sign-in">
      <form onSubmit={submit} class="card stack">
        <h1 class="brand">
          <img src="/console/icon.svg" alt="" width="28" height="28" />
          Signalbox
        </h1>
        <TextField
          label="Token"
          type="password"
          value={token}
          onInput={setToken}
          required
          autocomplete="current-password"
          hint="A token of API_TOKENS, or API_TOKEN. It stays in this tab until you sign out."
          autofocus
        />
        {said && (
          <p class="note bad" role="alert">
            {said}
          </p>
        )}
        <button type="submit" class="primary" disabled={busy || token.trim() === ''}>
          {busy ? 'Signing in …' : 'Sign in'}
        </button>
      </form>
    </main>
  );
}
