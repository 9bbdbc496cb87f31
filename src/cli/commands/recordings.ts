import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import * as v from 'valibot';
import { type Recording, Recordings } from '../../api/operating/recordings.ts';
import { AppError } from '../../errors.ts';
import { Count, defineCommand, Flag, JSON_OPTION, Text } from '../command.ts';
import { columns } from '../output/columns.ts';
import { clock } from '../time.ts';
import { askWorker, callWorker, queryOf, WORKER_OPTIONS } from '../worker/ask-worker.ts';

/** The files of one page. */
const PAGE = 200;

/** `recordings`: the stored recordings and media files, and one of them as a file. */
export const recordings = defineCommand({
  usage: 'recordings [key]',
  description:
    'List stored recordings and media files, or save one. Reading a file needs the role admin, because it contains a person.',
  examples: [
    'recordings',
    'recordings --limit 1000 --json',
    'recordings recording/01JB1JEWE77B1WMNG5RADAGJ9R --out call.wav',
  ],
  failsIf: 'no such file is stored',
  options: [
    { flags: '--out <file>', description: 'save the file of the key here' },
    { flags: '--limit <count>', description: 'list: at most so many (default: 200)' },
    ...WORKER_OPTIONS,
    JSON_OPTION,
  ],
  input: v.object({
    key: Text,
    out: Text,
    limit: v.optional(Count),
    url: Text,
    token: Text,
    json: Flag,
  }),
  async run({ key, out, limit = PAGE, json, ...address }, shell) {
    if ((key === undefined) !== (out === undefined))
      throw new AppError('bad_request', 'to save a file: recordings <key> --out <file>');
    if (key !== undefined && out !== undefined) {
      const path = key.split('/').map(encodeURIComponent).join('/');
      const response = await callWorker(`/v1/recordings/${path}`, address, shell);
      await writeFile(resolve(shell.here, out), new Uint8Array(await response.arrayBuffer()));
      shell.out(json ? JSON.stringify({ key, file: out }) : `${key} is saved as ${out}`);
      return 0;
    }
    const { zone } = shell;
    const found: Recording[] = [];
    for (let after: string | null = ''; after !== null && found.length < limit; ) {
      const query = queryOf({
        limit: String(Math.min(PAGE, limit - found.length)),
        ...(after === '' ? {} : { after }),
      });
      const page: v.InferOutput<typeof Recordings> = await askWorker(
        `/v1/recordings${query}`,
        Recordings,
        address,
        shell,
      );
      found.push(...page.recordings);
      after = page.next;
    }
    if (json) shell.out(JSON.stringify({ recordings: found }));
    else if (found.length === 0) shell.out('no files are stored');
    else
      for (const line of columns(
        found.map(({ key: name, at, bytes, type, until }) => [
          clock(at, zone),
          bytes,
          type,
          `until ${clock(until, zone)}`,
          name,
        ]),
      ))
        shell.out(line);
    return 0;
  },
});
