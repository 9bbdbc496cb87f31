import { vi } from 'vitest';

/** Milliseconds: a busy machine takes many seconds for what takes some on a quiet one. Below the limit of every test. */
const TIMEOUT = 100_000;

/** Repeats a check until it no longer throws, and returns its result. Vitest's own limit of a second is too short for a busy machine. */
export const eventually = <T>(check: () => T | Promise<T>, interval = 50): Promise<T> =>
  vi.waitFor(check, { timeout: TIMEOUT, interval });
