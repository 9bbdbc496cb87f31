import { registerHooks } from 'node:module';

/**
 * Returns the types that openapi-typescript generates from an API description. It builds them with the compiler API of
 * TypeScript, which version 7 no longer has; `@ts-morph/common` has it.
 */
export async function generateTypes(document: object): Promise<string> {
  const hooks = registerHooks({
    resolve: (specifier, context, next) =>
      specifier === 'typescript'
        ? { url: COMPILER, format: 'module', shortCircuit: true }
        : next(specifier, context),
  });
  try {
    const { astToString, default: openapiTS } = await import('openapi-typescript');
    // It accepts any JSON and checks it itself.
    return astToString(await openapiTS(JSON.stringify(document)));
  } finally {
    hooks.deregister();
  }
}

const COMPILER = `data:text/javascript,${encodeURIComponent(`
  import { createRequire } from 'node:module';
  export default createRequire(${JSON.stringify(import.meta.url)})('@ts-morph/common').ts;
`)}`;
