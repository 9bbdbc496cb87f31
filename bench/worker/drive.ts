import { readFile } from 'node:fs/promises';
import { peer } from '../decide/peer.ts';

/**
 * A process of its own: drives the address in its first argument with the requests in the file of the second, for the
 * third's seconds, over the fourth's connections, and prints what autocannon measured. Only 127.0.0.1 is ever driven.
 */
interface Measured {
  readonly requests: { readonly average: number; readonly total: number };
  readonly latency: { readonly p50: number; readonly p99: number };
  readonly errors: number;
  readonly timeouts: number;
  readonly non2xx: number;
}

const [, , url = '', file = '', seconds = '1', connections = '1'] = process.argv;
if (new URL(url).hostname !== '127.0.0.1') throw new Error(`${url} is not on this machine`);
// Its only export is the function, by its manual.
const { default: autocannon } = (await peer('autocannon')) as {
  default: (options: object) => Promise<Measured>;
};
const requests: readonly object[] = JSON.parse(await readFile(file, 'utf8'));
let opened = 0;
const found = await autocannon({
  url,
  duration: Number(seconds),
  connections: Number(connections),
  // Each connection has its own: no two of them send the same callback.
  setupClient(client: { readonly setRequests: (own: readonly object[]) => void }) {
    const share = requests.length / Number(connections);
    client.setRequests(
      requests.slice(Math.floor(opened * share), Math.floor((opened + 1) * share)),
    );
    opened += 1;
  },
});
const { latency, errors, timeouts, non2xx } = found;
process.stdout.write(
  JSON.stringify({
    perSecond: found.requests.average,
    sent: found.requests.total,
    p50: latency.p50,
    p99: latency.p99,
    failed: errors + timeouts + non2xx,
  }),
);
