import { join } from 'node:path';
import * as v from 'valibot';
import { execute, freePorts, run, until } from '../setup/running.ts';

const TOKEN = 'local-api-token';
const APP = '01JB1JEWE77B1WMNG5RADAGJ9R';
const mainOf = (project: string): string => join(project, 'src', 'cli', 'main.ts');

/** What every version must find again. */
const DATA = [
  '/v1/recipients/SMS/12025550147',
  `/v1/senders/${APP}/WHATSAPP`,
  '/v1/pauses',
  '/v1/reviews',
  '/v1/decisions?limit=50',
] as const;

/** The answers of a Worker to the paths of `DATA`. */
export const Found = v.record(v.string(), v.unknown());
export type Found = v.InferOutput<typeof Found>;

/** Runs the version in a project's folder on a folder of local databases, lets `work` ask it, and ends it. */
export async function onState<T>(
  project: string,
  state: string,
  work: (url: string, project: string) => Promise<T>,
): Promise<T> {
  const port = await freePorts();
  const worker = await run(
    process.execPath,
    [mainOf(project), 'start', '--port', String(port), '--state', state],
    project,
    (output) => output.includes('In a second terminal'),
  );
  try {
    return await work(`http://127.0.0.1:${port}`, project);
  } finally {
    await worker.stop();
  }
}

/** Lets a Worker store something of every kind, and returns what it answers about it. */
export async function fill(url: string, project: string): Promise<Found> {
  const signalbox = (...words: string[]) =>
    execute(process.execPath, [mainOf(project), ...words, '--url', url]);
  for (const sample of ['whatsapp-quality-red', 'stop', 'stop-near-miss', 'message-submit'])
    await signalbox('send', sample);
  await signalbox('pause', 'rule', 'help', '--actor', 'ada', '--reason', 'kept over an upgrade');
  return until(async () => {
    const found = await find(url);
    const text = JSON.stringify(found);
    // Reviews and the journal are written behind queues.
    const wanted = ['"suppressed":true', 'kept over an upgrade', '"near-miss"', 'MESSAGE_SUBMIT'];
    return wanted.every((word) => text.includes(word)) ? found : undefined;
  }, 90_000);
}

/** Asks a Worker for all data. */
export async function find(url: string): Promise<Found> {
  const answers = await Promise.all(
    DATA.map(async (path) => {
      const response = await fetch(`${url}${path}`, {
        headers: { authorization: `Bearer ${TOKEN}` },
      });
      return [path, await response.json()] as const;
    }),
  );
  return Object.fromEntries(answers);
}
