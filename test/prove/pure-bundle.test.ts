import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build, type Rolldown } from 'vite';
import { expect, onTestFinished, test } from 'vitest';
import { PROJECT } from '../setup/home.ts';

/** The layers that evaluate: the console runs them in the browser, so they use neither Node nor Cloudflare. */
const PURE = [
  'authoring/check-files.ts',
  'authoring/prove-files.ts',
  'authoring/fix-file.ts',
  'authoring/json-source.ts',
  'authoring/draft-examples.ts',
  'rules/explain/explain.ts',
  'rules/explain/describe.ts',
  'rules/explain/diff.ts',
  'stories/run-story.ts',
  'alerts/preview.ts',
  'pipeline/alert-preview.ts',
];

/** Builds the layers as one module. An import of a runtime is an error. */
async function bundle(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const entry = join(folder, 'pure.ts');
  const exported = PURE.map(
    (file, at) => `export * as m${at} from '${join(PROJECT, 'src', file)}';`,
  );
  writeFileSync(entry, exported.join('\n'));
  const result = await build({
    configFile: false,
    logLevel: 'silent',
    resolve: { alias: { 'jsonpath-plus': join(PROJECT, 'src/rules/decide/no-jsonpath.cjs') } },
    plugins: [
      {
        name: 'pure',
        enforce: 'pre',
        resolveId(id) {
          if (/^(node|cloudflare):/.test(id)) this.error(`the pure layers must not import ${id}`);
          return undefined;
        },
      },
    ],
    build: {
      write: false,
      target: 'es2023',
      reportCompressedSize: false,
      lib: { entry, formats: ['es'], fileName: 'pure' },
      minify: true,
    },
  });
  const [output] = [result].flat() as readonly Rolldown.RolldownOutput[]; // without watch
  return output?.output.flatMap((chunk) => ('code' in chunk ? chunk.code : [])).join('\n') ?? '';
}

test('the layers that evaluate bundle without Node and Cloudflare, as small as docs/architecture.md says', async () => {
  const code = await bundle();
  const kilobytes = gzipSync(code).length / 1_000;
  const docs = readFileSync(join(PROJECT, 'docs/architecture.md'), 'utf8');
  const said = Number(/bundle to (\d+) KB \(gzip\)/.exec(docs)?.[1]);
  expect(
    Math.abs(said - kilobytes),
    `docs/architecture.md says ${said} KB, it is ${kilobytes.toFixed(1)}`,
  ).toBeLessThanOrEqual(0.1 * kilobytes);
}, 120_000);
