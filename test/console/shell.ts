import type { Shell } from '../../src/cli/shell.ts';

const home = new URL('../..', import.meta.url).pathname;

/** A shell for a command that a test runs: nobody answers, and what it prints goes to `out`. */
export const shellTo = (out: (line: string) => void): Shell => ({
  out,
  err: () => {},
  now: () => Date.now(),
  zone: 'UTC',
  home,
  here: home,
  env: {},
  interrupted: () => new Promise(() => {}),
  ask: async () => undefined,
  progress: () => {},
  pause: async () => {},
});
