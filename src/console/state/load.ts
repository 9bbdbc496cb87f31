import { useCallback, useEffect, useRef, useState } from 'preact/hooks';

/** What is known of something that is being loaded. */
export interface Loaded<T> {
  readonly value: T | undefined;
  readonly error: Error | undefined;
  readonly loading: boolean;
  readonly again: () => void;
}

/**
 * Loads a value when the component appears and whenever `key` changes. An answer that comes after a newer question is
 * dropped; the last value stays visible while a new one loads. A `key` of `null` loads nothing.
 */
export function useLoad<T>(
  key: string | null,
  load: (signal: AbortSignal) => Promise<T>,
): Loaded<T> {
  const [state, setState] = useState<{ key: string | null; value?: T; error?: Error }>({
    key: null,
  });
  const [round, setRound] = useState(0);
  const asking = useRef(load);
  asking.current = load;
  // A new round asks the same question again
  useEffect(() => {
    if (key === null) return;
    const stop = new AbortController();
    asking.current(stop.signal).then(
      (value) => !stop.signal.aborted && setState({ key, value }),
      (error: unknown) =>
        !stop.signal.aborted &&
        setState((old) => ({
          key,
          ...(old.value === undefined ? {} : { value: old.value }),
          error: error instanceof Error ? error : new Error(String(error)),
        })),
    );
    return () => stop.abort();
  }, [key, round]);
  const again = useCallback(() => setRound((old) => old + 1), []);
  return {
    value: state.value,
    error: state.key === key ? state.error : undefined,
    loading: key !== null && state.key !== key,
    again,
  };
}
