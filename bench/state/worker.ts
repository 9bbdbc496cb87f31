import { open } from '../../src/services.ts';
import worker from '../../src/worker.ts';

export * from '../../src/worker.ts';

const TERMS = { within: 600_000, cooldown: 0, over: { kind: 'count', count: 1_000_000 } } as const;

/** What a benchmark asks for: so many calls to windows, each about so many callbacks, as the queue brings them. */
interface Order {
  readonly windows: number;
  readonly calls: number;
  readonly callbacks: number;
  /** How many calls are under way at once. */
  readonly atOnce: number;
  readonly run: string;
}

/** People of one shard: `count` of them from the `first` on opt out. */
interface People {
  readonly first: number;
  readonly count: number;
}

/** The hash of a person, of which the shard knows a million. */
const personOf = (number: number): string => `P${String(number).padStart(25, '0')}`;

/** What a shard is asked: it stores people, looks one up, or gives all of them, a page at a time. */
async function askShard(what: string, { first, count }: People, env: Env): Promise<object> {
  const shard = env.RECIPIENTS.getByName('shard-0');
  if (what === 'lookup') return { known: (await shard.read([personOf(first)])).length };
  if (what === 'size') return { bytes: await shard.size() };
  if (what === 'export') {
    let [after, people] = ['', 0];
    for (;;) {
      const page = await shard.list(after, 1_000);
      people += page.length;
      const last = page.at(-1)?.person;
      if (last === undefined) return { people };
      after = last;
    }
  }
  const changes = Array.from({ length: count }, (_, at) => ({
    ...{ key: 'bench', person: personOf(first + at), scope: 'all', to: 'out', source: 'import' },
    ...{ at: 1, reason: 'benchmark' },
    address: { channel: 'SMS', identity: String(46_700_000_000 + first + at), appId: '' },
  })) satisfies Parameters<typeof shard.change>[0];
  await shard.change(changes);
  return {};
}

/** Signalbox, and beside it a way to the windows that the queue alone has, and to one shard of people. */
export default {
  ...worker,
  async fetch(request: Request, env: Env, context: ExecutionContext): Promise<Response> {
    const { pathname } = new URL(request.url);
    const [, what] = /^\/bench\/shard\/(\w+)$/.exec(pathname) ?? [];
    if (what) return Response.json(await askShard(what, await request.json<People>(), env));
    if (pathname !== '/bench/tally') return worker.fetch(request, env, context);
    const { windows, calls, callbacks, atOnce, run } = await request.json<Order>();
    const { tallies } = open(env).objects;
    const at = Date.now();
    for (let done = 0; done < calls; done += atOnce) {
      await Promise.all(
        Array.from({ length: Math.min(atOnce, calls - done) }, async (_, place) => {
          const call = done + place;
          const window = await tallies.of('bench', `group-${call % windows}`);
          const entries = Array.from({ length: callbacks }, (__, n) => ({
            id: `${run}-${call}-${n}`,
            at,
            hit: true,
          }));
          await window.note(entries, TERMS);
        }),
      );
    }
    return Response.json({ counted: calls * callbacks });
  },
};
