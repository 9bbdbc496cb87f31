import type { Trial } from './trial.ts';

declare global {
  /** Whether the mutant of a number is the one to be tried: every instrumented file asks it. */
  var $mutation: ((id: number) => boolean) | undefined;
}

declare module 'vitest' {
  interface ProvidedContext {
    readonly mutation: {
      /** The mutants that each test is to try, one after the other. */
      readonly each: readonly number[];
      /** The one mutant that is there from the start; missing: none is. */
      readonly one?: number | undefined;
      /** How often each is tried: by the tests of one file, and by all. */
      readonly most: { readonly file: number; readonly all: number };
    };
  }
  interface TaskMeta {
    mutation?: Trial;
  }
}
