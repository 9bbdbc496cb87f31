import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Failure, Loading } from './states.tsx';

/** A page of a long list. */
export interface Paged<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

/** Loads a long list page by page. A new `key` begins anew. */
export function usePages<T>(key: string, load: (cursor: string | undefined) => Promise<Paged<T>>) {
  const [state, setState] = useState<{
    key?: string;
    items: readonly T[];
    next: string | null;
    error?: Error;
    busy: boolean;
  }>({ items: [], next: null, busy: true });
  const [round, setRound] = useState(0);
  // A new key or round begins anew
  useEffect(() => {
    let current = true;
    setState((old) => ({ ...old, busy: true }));
    load(undefined).then(
      ({ items, next }) => current && setState({ key, items, next, busy: false }),
      (error: Error) => current && setState({ key, items: [], next: null, error, busy: false }),
    );
    return () => {
      current = false;
    };
  }, [key, round]);
  const more = () => {
    if (state.next === null || state.busy) return;
    setState({ ...state, busy: true });
    load(state.next).then(
      ({ items, next }) =>
        setState((old) =>
          old.key === key ? { key, items: [...old.items, ...items], next, busy: false } : old,
        ),
      (error: Error) => setState((old) => ({ ...old, error, busy: false })),
    );
  };
  return { ...state, more, again: () => setRound(round + 1), loaded: state.key === key };
}

/** A long list with a button for more of it. */
export function Pages<T>(props: {
  pages: ReturnType<typeof usePages<T>>;
  what: string;
  empty: ComponentChildren;
  children: (items: readonly T[]) => ComponentChildren;
}) {
  const { items, next, error, busy, more, again, loaded } = props.pages;
  return (
    <div class="stack">
      {error && <Failure error={error} again={again} />}
      {!loaded && !error && <Loading what={props.what} />}
      {loaded && !error && items.length === 0 && <>{props.empty}</>}
      {items.length > 0 && props.children(items)}
      {next !== null && (
        <div>
          <button type="button" onClick={more} disabled={busy}>
            {busy ? 'Loading …' : 'Show more'}
          </button>
        </div>
      )}
    </div>
  );
}
