import { afterEach, describe, expect, test, vi } from 'vitest';
import { actions } from '../../src/actions/index.ts';
import { readCallback } from '../../src/callbacks/callback.ts';
import { ingest } from '../../src/pipeline/ingest.ts';
import { compile } from '../../src/rules/compile/compile.ts';
import { open } from '../../src/services.ts';
import { type Box, openBox } from './box.ts';
import { call, held, suppressed } from './held.ts';
import { inbound, minutes } from './sample.ts';
import { reset } from './storage.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

describe('a budget', () => {
  const start = (budget: object | undefined, action = 'unsuppress') => ({
    'start.json': {
      name: 'start',
      why: 'w',
      owner: 'o',
      on: ['MESSAGE_INBOUND'],
      when: { fact: 'text', operator: 'present' },
      then: [{ action, ...(budget ? { budget } : {}) }],
    },
  });
  async function many(box: Box, count: number, rules: Record<string, object>): Promise<void> {
    const services = open(box.bindings);
    const { rulebook, findings } = compile(
      { rules, lists: {}, conditions: {}, alerts: {} },
      actions,
      'try',
    );
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    for (let n = 0; n < count; n++) {
      const callback = inbound('START', {
        id: `01J${n}`,
        identity: `467017406${10 + n}`,
        at: minutes(-1),
      });
      await ingest(
        await readCallback(new TextEncoder().encode(JSON.stringify(callback)), Date.now()),
        {
          ...services,
          rulebook: async () => rulebook,
        },
      );
    }
    await box.drain();
  }

  test('holds what is past it, tells once, and nothing is lost', async () => {
    const box = openBox();
    await many(box, 5, start({ count: 2, within: '1h' }));
    const [one] = await held(box);
    const listed = async (query: string) =>
      (await box.ask(`/v1/held?${query}`)).json<{ held: object[]; total: number }>();
    expect(await listed('')).toMatchObject({ held: [one, {}, {}], total: 3 });
    expect(await listed(`id=${one?.id}`)).toEqual({ held: [one], total: 1 });
    expect(await listed('rule=another')).toEqual({ held: [], total: 0 });
    expect((await box.arrivals('alert')).map(({ body }) => body.severity)).toEqual(['critical']);
    const released = await (
      await call(box, 'POST', '/v1/held/release', { rule: 'start', actor: 'ines', reason: 'w' })
    ).json();
    expect(released).toEqual({ settled: 3, more: false });
    await box.drain();
    const histories = await Promise.all(
      [0, 1, 2, 3, 4].map(
        async (n) =>
          (
            await (
              await box.ask(`/v1/recipients/SMS/467017406${10 + n}`)
            ).json<{ history: object[] }>()
          ).history.length,
      ),
    );
    expect(histories).toEqual([1, 1, 1, 1, 1]);
  });

  test('is told of, although the queue did not take that at first', async () => {
    const box = openBox();
    const rules = start({ count: 1, within: '1h' });
    vi.spyOn(box.bindings.EFFECTS, 'sendBatch').mockRejectedValueOnce(
      new Error('Queue send failed'),
    );
    await expect(many(box, 2, rules)).rejects.toThrow('Queue send failed');
    await many(box, 2, rules);
    expect(await held(box)).toHaveLength(1);
    expect((await box.arrivals('alert')).map(({ body }) => body.severity)).toEqual(['critical']);
  });

  test('drops what a person says is wrong', async () => {
    const box = openBox();
    await many(box, 4, start({ count: 1, within: '1h' }));
    await call(box, 'POST', '/v1/held/drop', { rule: 'start', actor: 'ines', reason: 'w' });
    await box.drain();
    expect(await held(box)).toEqual([]);
    expect(
      (await (await box.ask('/v1/recipients/SMS/46701740613')).json<{ history: object[] }>())
        .history,
    ).toEqual([]);
  });

  test('counts a redelivery once', async () => {
    const box = openBox();
    await many(box, 1, start({ count: 1, within: '1h' }));
    await many(box, 1, start({ count: 1, within: '1h' }));
    expect(await held(box)).toEqual([]);
  });

  test('that does not answer delays a suppression by a second at most, and does not stop it', async () => {
    const box = openBox();
    const spend = vi.fn(() => new Promise(() => {}));
    Reflect.set(box.bindings, 'BUDGETS', { getByName: () => ({ spend }) });
    await many(box, 1, start({ count: 1, within: '1h' }, 'suppress'));
    expect(spend).toHaveBeenCalledOnce();
    expect(await suppressed(box, '46701740610')).toBe(true);
  });

  test('of a suppression is counted on several objects, each with its share and a margin', async () => {
    const box = openBox();
    const names = new Map<string, number>();
    const spend = async (_: string, { count }: { count: number }) => count;
    Reflect.set(box.bindings, 'BUDGETS', {
      getByName: (name: string) => ({
        spend: async (key: string, allowance: { count: number }) => {
          names.set(name, await spend(key, allowance));
          return { allowed: true, used: 1, first: false };
        },
      }),
    });
    await many(box, 60, start({ count: 1_600, within: '1h' }, 'suppress'));
    expect(names.size).toBeGreaterThan(8);
    expect(new Set(names.values())).toEqual(new Set([130]));
  });

  test('never holds a suppression: it is done, and told', async () => {
    const box = openBox();
    await many(box, 3, start({ count: 1, within: '1h' }, 'suppress'));
    expect(await held(box)).toEqual([]);
    expect(await suppressed(box, '46701740612')).toBe(true);
    const [told, ...others] = (await box.arrivals('alert')).map(({ body }) => body);
    expect([told?.severity, others]).toEqual(['critical', []]);
    // A pause would change nothing.
    expect(told?.text).toContain('signalbox rollback, or publish without it');
    expect(told?.text).not.toContain('pause rule');
  });

  test.each([
    ['alert', { severity: 'low', title: 'Hello' }],
    ['review', { because: 'it may be a STOP' }],
  ])('never holds %s: it is done, and told', async (action, params) => {
    const box = openBox();
    const rules = start({ count: 1, within: '1h' }, action);
    await many(box, 3, {
      'start.json': {
        ...rules['start.json'],
        then: [{ action, params, budget: { count: 1, within: '1h' } }],
      },
    });
    expect(await held(box)).toEqual([]);
    const titles = (await box.arrivals('alert')).map(({ body }) => body.title);
    expect(titles).toContain(`Signalbox: rule start is above its budget for ${action}`);
    const { reviews } = await (await box.ask('/v1/reviews')).json<{ reviews: object[] }>();
    expect(reviews).toHaveLength(action === 'review' ? 3 : 0);
  });

  test('is refilled when its time has passed', async () => {
    const box = openBox();
    await many(box, 3, start({ count: 2, within: '1m' }));
    expect(await held(box)).toHaveLength(1);
    vi.setSystemTime(Date.now() + 61_000);
    await many(box, 2, start({ count: 2, within: '1m' }));
    expect(await held(box)).toHaveLength(1);
  });
});
