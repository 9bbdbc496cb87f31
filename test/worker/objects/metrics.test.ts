import { env } from 'cloudflare:workers';
import { afterEach, describe, expect, test } from 'vitest';
import {
  callbacksTotal,
  effectSeconds,
  lastCallback,
} from '../../../src/objects/metrics/definitions.ts';
import { openMetrics } from '../../../src/objects/metrics/metrics-client.ts';
import { countedFamilies, prometheusText } from '../../../src/routes/operating/prometheus-text.ts';
import { evict, reset } from '../storage.ts';

afterEach(async () => void (await reset()));

const FIRED = { trigger: 'OPT_OUT', channel: 'SMS', outcome: 'fired' };

/** An isolate: what it has counted is its own. */
function isolate(interval?: number) {
  const waiting: Promise<unknown>[] = [];
  const waits: (() => void)[] = [];
  const metrics = openMetrics({}, env.METRICS, {
    interval,
    later: (work) => void waiting.push(work),
    wait: () => new Promise<void>((resolve) => waits.push(resolve)),
  });
  const elapse = async () => {
    for (const wake of waits.splice(0)) wake();
    await Promise.all(waiting.splice(0));
  };
  return { metrics, waits, elapse };
}

const text = async () =>
  prometheusText(countedFamilies(await isolate().metrics.totals())).split('\n');

describe('metrics', () => {
  test('add up what all isolates counted', async () => {
    const [one, other] = [isolate(), isolate()];
    for (let n = 0; n < 3; n++) one.metrics.count(callbacksTotal, FIRED);
    other.metrics.count(callbacksTotal, FIRED);
    await one.metrics.totals();
    await other.metrics.totals();
    expect(await text()).toContain(
      'signalbox_callbacks_total{trigger="OPT_OUT",channel="SMS",outcome="fired"} 4',
    );
  });

  test('are reported once in an interval, however much was counted', async () => {
    const { metrics, waits, elapse } = isolate(10_000);
    for (let n = 0; n < 100; n++) metrics.count(callbacksTotal, FIRED);
    expect(waits).toHaveLength(1);
    await elapse();
    expect((await text()).join()).toContain('outcome="fired"} 100');
    metrics.count(callbacksTotal, FIRED);
    expect(waits).toHaveLength(1);
    await elapse();
    expect((await text()).join()).toContain('outcome="fired"} 101');
  });

  test('never decrease after they were read, whatever becomes of the object', async () => {
    const { metrics } = isolate();
    metrics.count(callbacksTotal, FIRED);
    await metrics.totals();
    await env.METRICS.getByName('metrics').read();
    await evict(env.METRICS.getByName('metrics'));
    expect((await text()).join()).toContain('outcome="fired"} 1');
  });

  test('count observations in the buckets of a histogram, which hold those below them', async () => {
    const { metrics } = isolate();
    for (const seconds of [0.5, 4, 4, 100_000])
      metrics.observe(effectSeconds, { action: 'retry' }, seconds);
    await metrics.totals();
    const of = (le: string, n: number) =>
      `signalbox_effect_delay_seconds_bucket{action="retry",le="${le}"} ${n}`;
    const lines = await text();
    expect(lines).toEqual(
      expect.arrayContaining([of('1', 1), of('5', 3), of('86400', 3), of('+Inf', 4)]),
    );
    expect(lines).toContain('signalbox_effect_delay_seconds_sum{action="retry"} 100008.5');
    expect(lines).toContain('signalbox_effect_delay_seconds_count{action="retry"} 4');
  });

  test('keep the newest time', async () => {
    const { metrics } = isolate();
    for (const at of [5_000, 9_000, 7_000]) metrics.note(lastCallback, { trigger: 'OPT_IN' }, at);
    await metrics.totals();
    expect(await text()).toContain('signalbox_last_callback_timestamp_seconds{trigger="OPT_IN"} 9');
  });
});
