import { afterEach, describe, expect, test, vi } from 'vitest';
import { app } from '../../src/app.ts';
import { type Box, openBox, SECRET } from './box.ts';
import { inbound } from './sample.ts';
import { reset } from './storage.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

const MINUTE = 60_000;
const ours = (app_id?: string) => ({
  ...inbound('hello'),
  project_id: 'test-project',
  ...(app_id && { app_id }),
});
const pass = (time: number) => void vi.setSystemTime(Date.now() + time);
/** Posts callbacks that name our project, signed with a secret that is not ours. Returns the statuses. */
async function wrong(box: Box, count: number, callback: object = ours()): Promise<number[]> {
  const statuses: number[] = [];
  for (let n = 0; n < count; n++)
    statuses.push((await box.post(callback, { secret: 'not-ours' })).status);
  return statuses;
}
interface HealthAnswer {
  readonly troubles: readonly string[];
  readonly refused: readonly { code: string; app: string; count: number }[];
}
const health = async (box: Box) => (await box.ask('/healthz')).json<HealthAnswer>();
const alerts = async (box: Box) =>
  (await box.arrivals('alert')).filter(({ body }) => String(body.title).includes('no signature'));

describe('a secret that is wrong', () => {
  test('is answered 503 from the fifth failure on, and 401 again once a signature verifies', async () => {
    const box = openBox();
    expect(await wrong(box, 7)).toEqual([401, 401, 401, 401, 503, 503, 503]);
    await box.take(ours());
    expect(await wrong(box, 3)).toEqual([401, 401, 401]);
  });

  test('is not assumed while real callbacks verify, whatever third parties send', async () => {
    const box = openBox();
    await box.take(ours());
    pass(14 * MINUTE);
    expect(new Set(await wrong(box, 30))).toEqual(new Set([401]));
  });

  test('is not assumed from failures that are older than a quarter of an hour', async () => {
    const box = openBox();
    await wrong(box, 4);
    pass(15 * MINUTE + 1);
    expect(await wrong(box, 2)).toEqual([401, 401]);
  });

  test('is not assumed from bodies that name another project, or none', async () => {
    const box = openBox();
    expect(new Set(await wrong(box, 8, inbound('hello')))).toEqual(new Set([401]));
    expect(new Set(await wrong(box, 8, { ...ours(), project_id: '' }))).toEqual(new Set([401]));
  });

  test.each([
    ['missing', {}],
    [
      'stale',
      {
        'x-sinch-webhook-signature': `${'A'.repeat(43)}=`,
        'x-sinch-webhook-signature-nonce': 'n',
        'x-sinch-webhook-signature-timestamp': '1',
      },
    ],
    [
      'malformed',
      {
        'x-sinch-webhook-signature': 'short',
        'x-sinch-webhook-signature-nonce': 'n',
        'x-sinch-webhook-signature-timestamp': '1',
      },
    ],
  ])('a %s signature stays 401, and its body is not read', async (_, headers) => {
    const box = openBox();
    await wrong(box, 6);
    const pulled = vi.fn();
    const body = new ReadableStream({ pull: pulled }, { highWaterMark: 0 });
    const init = { method: 'POST', headers, body, duplex: 'half' };
    const context = { waitUntil: () => {}, passThroughOnException: () => {}, props: {} };
    const answer = await app.request('/callbacks', init, box.bindings, context);
    expect(answer.status).toBe(401);
    expect(pulled).not.toHaveBeenCalled();
  });

  test('alerts within five minutes, then once an hour while it lasts', async () => {
    const box = openBox();
    await wrong(box, 1);
    await box.drain(300);
    expect(await alerts(box)).toHaveLength(1);
    for (let minutes = 0; minutes < 110; minutes += 10) {
      await wrong(box, 3);
      await box.drain(600);
    }
    expect(await alerts(box)).toHaveLength(2);
    expect((await alerts(box))[0]?.body).toMatchObject({ severity: 'critical' });
  });

  test('does not alert where a signature verifies within minutes', async () => {
    const box = openBox();
    await wrong(box, 2);
    await box.take(ours());
    await box.drain(3600);
    expect(await alerts(box)).toEqual([]);
  });

  test('is shown by /healthz and /metrics, by code and app; apps of no setting are "other"', async () => {
    const WEBHOOK_SECRETS = JSON.stringify({ 'app-1': ['s1'], '*': [SECRET] });
    const box = openBox({}, { WEBHOOK_SECRETS });
    await wrong(box, 1, ours('app-1'));
    for (let n = 0; n < 30; n++) await wrong(box, 1, ours(`made-up-${n}`));
    await box.drain();
    pass(MINUTE);
    await wrong(box, 1, ours('made-up'));
    const { refused, troubles } = await health(box);
    expect(refused).toEqual([
      { code: 'signature_mismatch', app: 'other', count: 31 },
      { code: 'signature_mismatch', app: 'app-1', count: 1 },
    ]);
    expect(troubles.join()).toContain('WEBHOOK_SECRETS');
    expect(await (await box.ask('/metrics')).text()).toContain(
      'signalbox_callbacks_refused_total{code="signature_mismatch",app="other"} 31',
    );
  });

  test('costs the object at most twenty calls at once and one a second', async () => {
    const box = openBox();
    let calls = 0;
    const { REFUSALS } = box.bindings;
    box.bindings.REFUSALS = new Proxy(REFUSALS, {
      get: (namespace, name) => {
        if (name === 'getByName') calls += 1;
        const value = Reflect.get(namespace, name, namespace);
        return typeof value === 'function' ? value.bind(namespace) : value;
      },
    });
    await wrong(box, 60);
    expect(calls).toBe(20);
  });
});
