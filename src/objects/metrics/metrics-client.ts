import { messageOf } from '../../errors.ts';
import { type Labels, type Metric, observed, seriesKey } from './metric.ts';
import type { Metrics } from './metrics.ts';

/** Counts metrics. It returns at once, never throws, and costs no call: an isolate reports once in `METRICS_INTERVAL`. */
export interface MetricsWriter {
  readonly count: <L extends string>(metric: Metric<L>, labels: Labels<L>) => void;
  readonly observe: <L extends string>(metric: Metric<L>, labels: Labels<L>, value: number) => void;
  /** Notes a time, in milliseconds since 1970. */
  readonly note: <L extends string>(metric: Metric<L>, labels: Labels<L>, at: number) => void;
  /** Reports what this isolate has counted, and returns the totals of all series. */
  readonly totals: () => Promise<Readonly<Record<string, number>>>;
}

/** What an isolate has counted and not reported. */
interface Uncounted {
  readonly add: Map<string, number>;
  readonly latest: Map<string, number>;
  /** When the next report was arranged, in milliseconds since 1970; undefined if none is. */
  arranged: number | undefined;
}

const uncounted = new WeakMap<object, Uncounted>();

/** After so many intervals a report that was arranged is taken to be lost: the runtime ends work behind a response after 30 seconds. */
const LOST = 5;

interface Options {
  /** How often an isolate reports, in milliseconds; undefined: only when totals are read. */
  readonly interval: number | undefined;
  /** `waitUntil`; undefined for a caller that has none: its counts are reported with those of another. */
  readonly later: ((work: Promise<unknown>) => void) | undefined;
  readonly wait: (milliseconds: number) => Promise<unknown>;
}

/**
 * Opens the metrics of an environment. Counts are approximate at the edges: a report that fails is dropped, so that nothing is
 * counted twice, and what an isolate has counted since its last report ends with it.
 */
export function openMetrics(
  env: object,
  namespace: DurableObjectNamespace<Metrics>,
  { interval, later, wait }: Options,
): MetricsWriter {
  const state: Uncounted = uncounted.get(env) ?? {
    add: new Map(),
    latest: new Map(),
    arranged: undefined,
  };
  uncounted.set(env, state);
  const object = () => namespace.getByName('metrics');

  async function report(): Promise<void> {
    state.arranged = undefined;
    const counts = {
      add: Object.fromEntries(state.add),
      latest: Object.fromEntries(state.latest),
    };
    state.add.clear();
    state.latest.clear();
    await object().count(counts);
  }

  function arrange(): void {
    if (interval === undefined || later === undefined) return;
    const now = Date.now();
    if (state.arranged !== undefined && now - state.arranged < LOST * interval) return;
    state.arranged = now;
    later(
      wait(interval)
        .then(report)
        .catch((error: unknown) => {
          // @event metrics.not-counted | What an isolate has counted for `/metrics` could not be
          //   reported and is missing there.
          console.error({ event: 'metrics.not-counted', message: messageOf(error) });
        }),
    );
  }

  const add = (key: string, n: number): void =>
    void state.add.set(key, (state.add.get(key) ?? 0) + n);
  return {
    count(metric, labels) {
      add(seriesKey(metric, metric.name, labels), 1);
      arrange();
    },
    observe(metric, labels, value) {
      for (const [key, n] of observed(metric, labels, Math.max(0, value))) add(key, n);
      arrange();
    },
    note(metric, labels, at) {
      const key = seriesKey(metric, metric.name, labels);
      state.latest.set(key, Math.max(state.latest.get(key) ?? 0, at / 1000));
      arrange();
    },
    async totals() {
      if (state.add.size + state.latest.size > 0) await report();
      return object().read();
    },
  };
}
