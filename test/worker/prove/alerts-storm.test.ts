import { listDurableObjectIds } from 'cloudflare:test';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { actions } from '../../../src/actions/index.ts';
import { readCallback } from '../../../src/callbacks/callback.ts';
import { ingest } from '../../../src/pipeline/ingest.ts';
import { compile } from '../../../src/rules/compile/compile.ts';
import { open } from '../../../src/services.ts';
import { type Box, env, openBox } from '../box.ts';
import { evict, reset } from '../storage.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

const START = Date.parse('2026-11-20T12:00:00Z');
const APPS = ['01JSTORMAPP1', '01JSTORMAPP2', '01JSTORMAPP3'];

/** A plain rule: each failure is an alert. */
const { rulebook } = compile(
  {
    rules: {
      'failed.json': {
        name: 'failed',
        why: 'A storm to weather.',
        owner: 'tests',
        on: ['MESSAGE_DELIVERY'],
        when: { fact: 'status', operator: 'equal', value: 'FAILED' },
        then: [
          { action: 'alert', params: { severity: 'high', title: 'Messages of {{app_id}} fail' } },
        ],
        next_step: 'Look at the reasons in Sinch’s dashboard.',
      },
    },
    lists: {},
    conditions: {},
    alerts: {},
  },
  actions,
  'storm',
);

const failed = (index: number) => {
  const at = new Date(START + index * 60).toISOString();
  return {
    app_id: APPS[index % 3],
    accepted_time: at,
    event_time: at,
    message_delivery_report: {
      message_id: `01JSTORM${index}`,
      status: 'FAILED',
      channel_identity: { channel: 'SMS', identity: '46701740605', app_id: '' },
      reason: { code: 'CHANNEL_FAILURE', description: '' },
    },
  };
};

/** A thousand failures within a minute, in this order; the queue delivers as they come. */
async function storm(
  box: Box,
  order: readonly number[],
  meanwhile: () => Promise<void>,
): Promise<void> {
  const services = { ...open(box.bindings), rulebook: async () => rulebook };
  const chunk = Math.ceil(order.length / 20);
  for (let at = 0; at < order.length; at += chunk) {
    const bodies = order
      .slice(at, at + chunk)
      .map((index) => new TextEncoder().encode(JSON.stringify(failed(index))));
    await Promise.all(
      bodies.map(async (body) => ingest(await readCallback(body, Date.now()), services)),
    );
    await box.drain(3);
    if (at % (5 * chunk) === 0) await meanwhile();
  }
}

const all = Array.from({ length: 1_000 }, (_, index) => index);
const shuffled = all.toSorted((a, b) => ((a * 7_919) % 1_000) - ((b * 7_919) % 1_000));
/** Each comes twice: once at its turn, and again a little later. */
const twice = shuffled.flatMap((index, place) => [
  index,
  shuffled[Math.max(0, place - 7)] ?? index,
]);
const nothing = async (): Promise<void> => {};

async function evictAll(): Promise<void> {
  const namespaces = [env.ALERT_GROUPS, env.ALERT_DESK, env.CLAIMS, env.MESSAGES] as const;
  for (const namespace of namespaces) {
    for (const id of await listDurableObjectIds<Rpc.DurableObjectBranded>(namespace)) {
      // One that does not run is out of memory already.
      await evict(namespace.get(id)).catch(() => {});
    }
  }
}

interface Told {
  readonly id: string;
  readonly alert: string;
  readonly state: string;
  readonly count: number;
  readonly facts: { readonly app_id: string };
  readonly first_at: string;
  readonly last_at: string;
  readonly at: string;
}

describe('a storm of 1,000 failures over 3 apps within a minute', () => {
  test.each([
    ['in order', all, nothing, 1],
    ['shuffled, each of them twice, by a queue that delivers twice', twice, nothing, 2],
    ['with every object evicted in between', all, evictAll, 1],
  ])(
    '%s: three first messages, the whole count in the update, one repeat, one end',
    async (_, order, meanwhile, times) => {
      const box = openBox({}, { ALERT_MAX_WAIT: '24h' });
      box.line.times = times;
      await storm(box, order, meanwhile);
      await meanwhile();
      await box.drain(6 * 60);
      await meanwhile();
      await box.drain(5 * 3600);
      await meanwhile();
      await box.drain(20 * 3600);
      // What arrives is our own webhook's JSON.
      const told = (await box.arrivals('alert')).map(({ body }) => body as unknown as Told);
      const ids = [...new Set(told.map(({ alert }) => alert))];
      expect(ids).toHaveLength(3);
      for (const id of ids) {
        const own = told.filter(({ alert }) => alert === id);
        const whole = own[0]?.facts.app_id === APPS[0] ? 334 : 333;
        expect(own.map(({ state }) => state)).toEqual(['firing', 'firing', 'firing', 'resolved']);
        const [first, update, repeat, end] = own;
        expect(first?.count).toBeGreaterThan(50);
        expect(first?.count).toBeLessThan(whole);
        expect([update?.count, repeat?.count, end?.count]).toEqual([whole, whole, whole]);
        expect(new Set(own.map(({ id: message }) => message)).size).toBe(4);
        const minutes = own.map(({ at }) => Math.round((Date.parse(at) - START) / 60_000));
        expect(minutes[1]).toBeGreaterThanOrEqual(5);
        expect((minutes[2] ?? 0) - (minutes[1] ?? 0)).toBe(240);
        expect(
          (Date.parse(update?.last_at ?? '') - Date.parse(update?.first_at ?? '')) / 1000,
        ).toBeGreaterThan(50);
      }
      const { alerts } = await (await box.ask('/v1/alerts')).json<{
        alerts: { state: string; count: number }[];
      }>();
      expect(alerts.map(({ state }) => state)).toEqual(['resolved', 'resolved', 'resolved']);
      expect(alerts.reduce((sum, { count }) => sum + count, 0)).toBe(1_000);
    },
    180_000,
  );
});
