import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import { catalogue } from '../../authoring/catalogue.ts';
import { allSamples } from '../callbacks/samples.ts';
import { defineCommand } from '../command.ts';
import { openApiDocument } from '../openapi/document.ts';

/** Files of the viewer that `/docs/api` serves. */
const READER = ['swagger-ui-bundle.js', 'swagger-ui.css', 'LICENSE', 'NOTICE'];

/**
 * `openapi`: writes the OpenAPI document, its viewer and the catalogue to `public/`.
 * `wrangler dev` and `wrangler deploy` run it (wrangler.toml, [build]).
 */
export const openapi = defineCommand({
  usage: 'openapi',
  description:
    'Write public/openapi.json, its viewer for /docs/api, public/catalogue.json and public/samples.json. wrangler runs this before it builds.',
  examples: ['openapi'],
  failsIf: 'a file cannot be written',
  options: [],
  input: v.object({}),
  async run(_, shell) {
    const folder = join(shell.home, 'public');
    await mkdir(join(folder, 'docs', 'api'), { recursive: true });
    for (const [file, content] of [
      ['openapi.json', await openApiDocument()],
      ['catalogue.json', catalogue()],
      ['samples.json', { samples: Object.fromEntries(await allSamples(shell)) }],
    ] as const) {
      const bytes = Buffer.from(`${JSON.stringify(content, null, 2)}\n`);
      if (await writeChanged(join(folder, file), bytes)) shell.out(`public/${file} written`);
    }
    const reader = dirname(
      createRequire(join(shell.home, 'package.json')).resolve('swagger-ui-dist/package.json'),
    );
    for (const file of READER)
      await writeChanged(join(folder, 'docs', 'api', file), await readFile(join(reader, file)));
    return 0;
  },
});

/** Writes a file if its content differs, so that file watchers see no change without one. */
async function writeChanged(file: string, bytes: Buffer): Promise<boolean> {
  const before = await readFile(file).catch(() => undefined);
  if (before?.equals(bytes)) return false;
  await writeFile(file, bytes);
  return true;
}
