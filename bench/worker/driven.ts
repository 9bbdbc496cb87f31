import { join } from 'node:path';
import * as v from 'valibot';
import { run } from './build.ts';

/** What autocannon measured. Latencies are milliseconds. */
export const Driven = v.object({
  perSecond: v.number(),
  sent: v.number(),
  p50: v.number(),
  p99: v.number(),
  failed: v.number(),
});
export type Driven = v.InferOutput<typeof Driven>;

/** Drives an address by autocannon from another process. @throws when a request is not answered 200 */
export async function drive(
  url: string,
  file: string,
  seconds: number,
  connections: number,
): Promise<Driven> {
  const words = [
    join(import.meta.dirname, 'drive.ts'),
    url,
    file,
    String(seconds),
    String(connections),
  ];
  const found = v.parse(
    Driven,
    JSON.parse(await run(process.execPath, words, import.meta.dirname)),
  );
  if (found.failed > 0) throw new Error(`${url}: ${found.failed} requests were not answered 200`);
  return found;
}
