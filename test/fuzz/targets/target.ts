import type fc from 'fast-check';
import type { Bench } from '../bench.ts';

/** A kind of input. */
export interface Target<Input = unknown> {
  readonly name: string;
  /** Its share of the runs, beside those of the others. */
  readonly share: number;
  readonly inputs: fc.Arbitrary<Input>;
  /** Tries an input and returns what is wrong. */
  readonly run: (input: Input, bench: Bench) => Promise<readonly string[]>;
}

/** Defines a target whose inputs fit its `run`. */
export const defineTarget = <Input>(target: Target<Input>): Target =>
  // Only `run` takes what `inputs` makes.
  target as Target;
