import type * as v from 'valibot';

/** A setting of a deployment: a variable or a secret of the Worker. */
export interface Setting {
  readonly name: string;
  /** Whether it must be a Worker secret, never a plain variable. */
  readonly secret: boolean;
  /** Whether nothing works without it; `unless` names a setting that replaces it. Default: false. */
  readonly required?: boolean | { readonly unless: string };
  /** Its value in `.dev.vars.example`, if it is a secret that a deployed Worker must not use. */
  readonly example?: string;
  /** Whether `signalbox setup` generates it: 32 random bytes. */
  readonly generated?: true;
  /** Whether it is for local runs and tests only. */
  readonly localOnly?: true;
  /** The text that is read if it is not set. */
  readonly default?: string;
  /** One or two sentences for the reference. */
  readonly summary: string;
  /** Reads the text. A message says what is expected and never repeats the value. */
  readonly schema: v.GenericSchema<string, unknown>;
}

/** Defines a setting. Its type, the reference, `/healthz` and the check of `.dev.vars.example` derive from it. */
export const defineSetting = <const S extends Setting>(setting: S): S => setting;
