import type { FaultKind } from './faults.ts';
import type { World } from './scheduler.ts';

/** A service that a Worker calls: it fails before or after it acted, or never answers. */
export interface Service {
  readonly kind: FaultKind;
  /** What a failed call throws. */
  readonly error: () => Error;
  /** Whether an answer may never come. */
  readonly mayHang: boolean;
  /** The most that one way takes, in milliseconds. */
  readonly latency?: number;
}

/**
 * Asks a service: `act` takes effect when the request arrives, as far as its fate lets it. @throws
 * what `error` makes, or what `act` throws
 */
export function askService<T>(world: World, service: Service, act: () => T): Promise<T> {
  const { kind, error, mayHang, latency } = service;
  return world.ask<T>((answer) => {
    const fate = world.faults.fate(kind, mayHang);
    if (fate === 'fails' || fate === 'hangs') {
      if (fate === 'fails')
        answer(() => {
          throw error();
        });
      return;
    }
    const result = outcomeOf(act);
    if (fate === 'ok') answer(result);
    else if (fate === 'unsure')
      answer(() => {
        throw error();
      });
  }, latency);
}

/** What an act came to, to be given or thrown later. */
export function outcomeOf<T>(act: () => T): () => T {
  try {
    const value = act();
    return () => value;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}
