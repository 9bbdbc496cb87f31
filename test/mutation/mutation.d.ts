import type { Trial } from './trial.ts';

declare global {
  /** Whether the mutant of a number is the one to be tried: every instrumented file asks it. */
  var $mutation: ((id: number) => boolean) | undefined;
}

declare module 'vitest' {
  interface ProvidedContext {
    readonly mutation: {
      /** The mutants that each test is to try, one after the other, and their files. */
      readonly each: readonly { readonly id: number; readonly file: string }[];
      /** The one mutant that is there from the start; missing: none is. */
      readonly one?: number | undefined;
      /**
       * How often each is tried by the tests of one file: of a file that is about its source, and of
       * another one; and how often by all of the latter.
       */
      readonly most: { readonly own: number; readonly other: number; readonly others: number };
    };
  }
  interface TaskMeta {
    mutation?: Trial;
  }
}
