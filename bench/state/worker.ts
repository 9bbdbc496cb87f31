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

/** Signalbox, and beside it a way to the windows that the queue alone has. */
export default {
  ...worker,
  async fetch(request: Request, env: Env, context: ExecutionContext): Promise<Response> {
    if (new URL(request.url).pathname !== '/bench/tally')
      return worker.fetch(request, env, context);
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
