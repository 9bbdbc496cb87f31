import { join } from 'node:path';
import { readDeployment } from '../src/simulator/world/wrangler.ts';
import { figure } from './decide/table.ts';
import { machine } from './machine.ts';
import { keep } from './results.ts';
import { type Scale, simulateLoad } from './scale/simulate.ts';

/**
 * `npm run bench:scale`: a model of the platform under 3,000 callbacks of the mix a second for an hour of its own time: how busy each
 * object is, how long calls wait for it, and whether a queue grows. It needs no network and takes a minute.
 */
const PER_SECOND = 3_000;
const SECONDS = 3_600;
/** More calls a second than this, on average, and an object is to be split. */
const MOST = 500;
const isJson = process.argv.includes('--json');
const option = (name: string, usual: number): number => {
  const place = process.argv.indexOf(`--${name}`);
  return place < 0 ? usual : Number(process.argv[place + 1]);
};
const { consumers } = readDeployment(join(import.meta.dirname, '..', 'wrangler.toml'));
const termsOf = (queue: string) => {
  const found = consumers.find(({ name }) => name === `signalbox-${queue}`);
  if (!found) throw new Error(`wrangler.toml has no consumer of the queue ${queue}`);
  return { maxBatchSize: found.maxBatchSize, maxBatchTimeoutMs: found.maxBatchTimeout };
};
const scale = simulateLoad(option('rate', PER_SECOND), option('seconds', SECONDS), {
  effects: termsOf('effects'),
  journal: termsOf('journal'),
});
if (process.argv.length <= 2 || (isJson && process.argv.length === 3))
  await keep('scale', { machine: machine([]), scale });
if (isJson) process.stdout.write(`${JSON.stringify(scale)}\n`);
else process.stdout.write(`${textOf(scale)}\n`);
const overloaded = scale.objects.filter(
  ({ name, perSecond, busy }) => (perSecond > MOST && !name.includes('database')) || busy > 0.9,
);
for (const { name } of overloaded) process.stderr.write(`${name} gets more than it can take\n`);
if (overloaded.length > 0) process.exitCode = 1;

function textOf({ callbacks, objects, queues }: Scale): string {
  return [
    `${callbacks.toLocaleString('en-US')} callbacks`,
    ...objects.map(
      ({ name, objects: count, perSecond, mostInSecond, busy, longestWaitMs }) =>
        `${name} (${count}): ${figure(perSecond)} calls/s to the busiest, ${mostInSecond} in its worst second, ${Math.round(100 * busy)} % busy, longest wait ${longestWaitMs} ms`,
    ),
    ...queues.map(
      ({ name, waiting, most }) =>
        `queue ${name}: ${waiting.join(', ')} messages wait at the end of each quarter, ${most} at most`,
    ),
  ].join('\n');
}
