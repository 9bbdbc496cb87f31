import { registerHooks } from 'node:module';

const RULEBOOK = 'simulation:rulebook';
const BUILD = 'simulation:build';
/** The build of a simulated Worker, which nothing has built. */
const build = { version: 'simulated', commit: 'unknown', errors: [] };

/** Where modules lead that only the Workers runtime, or a bundle, has. */
export interface Replacements {
  /** The model of `cloudflare:workers`. */
  readonly workers: URL;
  /** The rulebook that `#rulebook` stands for, as JSON. */
  readonly rulebook: string;
}

/** Lets Node load the product as it is: call it before the product is imported. */
export function hookModules({ workers, rulebook }: Replacements): void {
  registerHooks({
    resolve(specifier, context, next) {
      if (specifier === 'cloudflare:workers') return { url: workers.href, shortCircuit: true };
      if (specifier === '#rulebook') return { url: RULEBOOK, shortCircuit: true };
      if (specifier === '#build') return { url: BUILD, shortCircuit: true };
      return next(specifier, context);
    },
    load(url, context, next) {
      if (url === BUILD)
        return {
          format: 'module',
          source: `export default ${JSON.stringify(build)}`,
          shortCircuit: true,
        };
      if (url === RULEBOOK)
        return { format: 'module', source: `export default ${rulebook}`, shortCircuit: true };
      return next(url, context);
    },
  });
}
