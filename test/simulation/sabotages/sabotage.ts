import type { OpenServices, openWith } from '../../../src/services.ts';

/** One protection that is off. */
export interface Sabotage {
  readonly name: string;
  /** What is off, in a sentence. */
  readonly what: string;
  /** Takes the protection out of the services of an environment; `env` is that environment. */
  readonly services?: (services: OpenServices, env: SabotagedEnv) => OpenServices;
  /** Takes it out of the bindings of an environment. */
  readonly bindings?: (env: SabotagedEnv) => void;
}

/** An environment whose bindings can be exchanged. */
export type SabotagedEnv = { -readonly [K in keyof Env]: Env[K] };

/**
 * Switches a protection off in every environment that is made from then on. `openWith` is the
 * product's.
 */
export function sabotaging(
  { services, bindings }: Sabotage,
  open: typeof openWith,
): (env: object) => void {
  return (made) => {
    // The models make an environment with the bindings of wrangler.toml.
    const env = made as SabotagedEnv;
    bindings?.(env);
    if (services) open(env, (all) => services(all, env));
  };
}

/** The services with other objects. */
export const withObjects = (
  services: OpenServices,
  change: (objects: OpenServices['objects']) => Partial<OpenServices['objects']>,
): OpenServices => ({
  ...services,
  objects: { ...services.objects, ...change(services.objects) },
});
