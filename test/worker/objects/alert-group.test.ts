import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Raised } from '../../../src/objects/alerts/alert-changes.ts';
import { openAlerts } from '../../../src/objects/alerts/alerts-client.ts';
import { reset } from '../storage.ts';

const NOW = Date.parse('2100-01-01T12:00:00Z');
const DAY = 86_400_000;

const raised = (key: string, changes: Partial<Raised> = {}): Raised => ({
  ...{ key, id: 'group', route: 'default', reason: 'a test', group: {}, at: NOW },
  timing: { wait: 30_000, interval: 300_000, repeat: null, quiet: 3_600_000, once: false },
  member: {
    ...{
      rule: 'failed',
      owner: 'tests',
      severity: 'high',
      app_id: 'a',
      channel: 'SMS',
      labels: {},
      resolvable: false,
    },
    ...{
      title: 'It fails',
      text: 'secret words',
      sentence: '',
      why: '',
      facts: { text: 'secret words' },
      callbackId: '',
    },
  },
  ...changes,
});
const standing = { to: ['ops'], muted: {}, incidents: [] };
const group = () => openAlerts(env.ALERT_GROUPS, env.ALERT_DESK).group('group');
const stub = () => env.ALERT_GROUPS.getByName('group');
const held = () => runInDurableObject(stub(), (_, { storage }) => storage.getAlarm());

/** Rings the alarm; calls go to `send`. */
const ring = (send: (call: unknown) => Promise<void>) =>
  runInDurableObject(stub(), async (object) => {
    Object.assign(Reflect.get(object, 'env') as object, { EFFECTS: { send } });
    await object.alarm();
  });

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: NOW }));
afterEach(async () => {
  vi.useRealTimers();
  await reset();
});

describe('an alert group', () => {
  test('rings when its wait is over, and calls for somebody to tell', async () => {
    await group().raise(raised('one'), NOW);
    expect(await held()).toBe(NOW + 30_000);
    const calls: unknown[] = [];
    await ring(async (call) => void calls.push(call));
    expect(calls).toEqual([]);
    vi.setSystemTime(NOW + 30_000);
    await ring(async (call) => void calls.push(call));
    expect(calls).toEqual([{ kind: 'alerts', group: 'group' }]);
  });

  test('asks again when the queue takes nothing, and when nobody came', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    await group().raise(raised('one'), NOW);
    vi.setSystemTime(NOW + 30_000);
    await ring(() => Promise.reject(new Error('Queue send failed')));
    expect(await held()).toBe(NOW + 90_000);
  });

  test('gives an order to one, and to another when the first never said how it went', async () => {
    await group().raise(raised('one'), NOW);
    const at = NOW + 30_000;
    expect((await group().settle(standing, at)).orders).toHaveLength(1);
    expect((await group().settle(standing, at + 59_999)).orders).toEqual([]);
    const [again] = (await group().settle(standing, at + 60_000)).orders;
    expect(again).toMatchObject({ to: 'ops', kind: 'first', seq: 1 });
  });

  test('does not forget what came while a message was on its way', async () => {
    await group().raise(raised('one'), NOW);
    const [order] = (await group().settle(standing, NOW + 30_000)).orders;
    await group().raise(raised('two'), NOW + 30_001);
    await group().applyResult(
      order ?? { to: '', seq: 0 },
      { kind: 'sent', message: 'answered 200' },
      undefined,
      NOW + 30_002,
    );
    const [update] = (await group().settle(standing, NOW + 330_000)).orders;
    expect(update).toMatchObject({ kind: 'update', notification: { count: 2 } });
  });

  test('tells the newest when a message that failed is tried again', async () => {
    await group().raise(raised('one'), NOW);
    const [order] = (await group().settle(standing, NOW + 30_000)).orders;
    await group().raise(raised('two'), NOW + 30_001);
    const later = { kind: 'later', message: 'answered 500', after: 400 } as const;
    await group().applyResult(order ?? { to: '', seq: 0 }, later, undefined, NOW + 30_002);
    await group().settle(standing, NOW + 330_000);
    const { orders } = await group().settle(standing, NOW + 430_002);
    expect(orders).toMatchObject([{ kind: 'first', attempts: 1, notification: { count: 2 } }]);
  });

  test('counts each key once, also after it was evicted from memory', async () => {
    await group().raise(raised('one'), NOW);
    await group().raise(raised('one'), NOW + 1);
    expect((await group().read())?.count).toBe(1);
  });

  test('keeps no words of people once it is over and told', async () => {
    await group().raise(raised('one'), NOW);
    const [first] = (await group().settle(standing, NOW + 30_000)).orders;
    await group().applyResult(
      first ?? { to: '', seq: 0 },
      { kind: 'sent', message: 'ok' },
      undefined,
      NOW + 30_001,
    );
    const [end] = (await group().settle(standing, NOW + 3_600_000)).orders;
    expect(JSON.stringify(end)).toContain('secret words');
    await group().applyResult(
      end ?? { to: '', seq: 0 },
      { kind: 'sent', message: 'ok' },
      undefined,
      NOW + 3_600_001,
    );
    expect(await group().read()).toMatchObject({ phase: 'resolved', count: 1 });
    expect(JSON.stringify(await group().read())).not.toContain('secret words');
  });

  test('is forgotten a month after it is over', async () => {
    await group().raise(raised('one'), NOW);
    const [first] = (await group().settle(standing, NOW + 30_000)).orders;
    await group().applyResult(
      first ?? { to: '', seq: 0 },
      { kind: 'sent', message: 'ok' },
      undefined,
      NOW + 30_001,
    );
    const [end] = (await group().settle(standing, NOW + 3_600_000)).orders;
    await group().applyResult(
      end ?? { to: '', seq: 0 },
      { kind: 'sent', message: 'ok' },
      undefined,
      NOW + 3_600_001,
    );
    expect(await held()).toBe(NOW + 3_600_000 + 30 * DAY);
    vi.setSystemTime(NOW + 3_600_000 + 30 * DAY);
    await ring(async () => {});
    expect(await group().read()).toBeUndefined();
  });
});
