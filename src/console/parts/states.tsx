import type { ComponentChildren } from 'preact';
import type { Loaded } from '../state/load.ts';
import { session } from '../state/session.ts';
import { useStore } from '../state/store.ts';
import './states.css';

/** Shows that something is being loaded, in the room that it will take: of a list, or with `line` of a sentence. */
export const Loading = ({ what, line = false }: { what: string; line?: boolean }) => (
  <div class={`skeleton ${line ? 'line' : ''}`} role="status">
    Loading {what} …
  </div>
);

/** Says that there is nothing, and what would put something there. */
export const Empty = ({ children }: { children: ComponentChildren }) => (
  <p class="empty">{children}</p>
);

/** Says what failed and offers to try again. */
export const Failure = ({ error, again }: { error: Error; again?: () => void }) => (
  <div class="note bad row" role="alert">
    <span>{error.message}</span>
    {again && (
      <button type="button" class="small" onClick={again}>
        Try again
      </button>
    )}
  </div>
);

/** Names the role that a screen needs, where the token does not have it. */
export const NeedsRole = ({ needed, what }: { needed: string; what: string }) => (
  <p class="note warn">
    {what} needs a token with the role <strong>{needed}</strong>. Yours has{' '}
    {session.get()?.roles.join(', ') || 'no role'}.
  </p>
);

/** Shows its children to a token with the role, and to others what is missing. */
export function WithRole(props: { needed: string; what: string; children: ComponentChildren }) {
  const roles = useStore(session)?.roles ?? [];
  if (!roles.includes(props.needed)) return <NeedsRole needed={props.needed} what={props.what} />;
  return <div class="stack">{props.children}</div>;
}

/** Shows what was loaded; before that, that it loads; after a failure, why, above the last value. */
export function Shown<T>(props: {
  loaded: Loaded<T>;
  what: string;
  children: (value: T) => ComponentChildren;
}) {
  const { value, error, again } = props.loaded;
  return (
    <>
      {error && <Failure error={error} again={again} />}
      {value === undefined ? !error && <Loading what={props.what} /> : props.children(value)}
    </>
  );
}
