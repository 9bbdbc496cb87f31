import { defineConfig } from 'vite';

const path = (relative: string): string => new URL(relative, import.meta.url).pathname;

/** Builds the console into the Worker's assets. `npm start` and the build of wrangler use it. */
export default defineConfig({
  root: path('.'),
  base: '/console/',
  publicDir: path('./public'),
  // A warning of the build would stand among the lines of `npm start`; `npm run lint` has the code's.
  logLevel: 'error',
  resolve: {
    // As in wrangler.toml: json-rules-engine uses JSONPath only without a path resolver.
    alias: { 'jsonpath-plus': path('../rules/decide/no-jsonpath.cjs') },
  },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  worker: { format: 'es' },
  build: {
    outDir: path('../../public/console'),
    emptyOutDir: true,
    target: 'es2023',
    // The content security policy allows no data: addresses and no inline script.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 600,
  },
});
