import { afterEach, describe, expect, test, vi } from 'vitest';
import { stableId } from '../../src/crypto/stable-id.ts';
import { open } from '../../src/services.ts';
import worker from '../../src/worker.ts';
import { type Box, env, openBox } from './box.ts';
import { greeting, publish, rules } from './publisher.ts';
import { endPause } from './resume.ts';
import { APP, inbound, minutes, rating, receipt, submitted } from './sample.ts';
import { reset } from './storage.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

const call = async <T = unknown>(
  box: Box,
  method: string,
  path: string,
  body: object,
): Promise<T> => {
  const response = await box.ask(path, {
    method,
    body: JSON.stringify({ actor: 'ines', reason: 'it is 3 a.m.', ...body }),
  });
  expect(response.status).toBe(200);
  return response.json();
};
const pause = (box: Box, kind: string, name = '') =>
  call(box, 'POST', '/v1/pauses', { kind, name });
const resume = async (box: Box, kind: string, name = '') => {
  const response = await endPause(box, kind, name);
  expect(response.status).toBe(200);
  return response.json<{ released: number; still: { kind: string }[] }>();
};

interface Item {
  readonly rule: string;
  readonly action: string;
  readonly reason: string;
  readonly state: string;
  readonly decision_reason: string | null;
}
const held = async (box: Box, query = '') =>
  (await (await box.ask(`/v1/held${query}`)).json<{ held: Item[] }>()).held;
const throttle = async (box: Box) =>
  (await (await box.ask(`/v1/senders/${APP}/WHATSAPP`)).json<{ throttle: object | null }>())
    .throttle;
const actionOf = async (box: Box, id: string, action: string) =>
  (
    await (
      await box.ask(`/v1/decisions/${id}`)
    ).json<{
      actions: { action: string; outcome: string; detail?: string }[];
    }>()
  ).actions.find((one) => one.action === action);

describe('work that a pause held', () => {
  test('is done although the pause ended while the work was still on its way to where it waits', async () => {
    const box = openBox();
    await pause(box, 'everything');
    await box.take(rating('RED'));
    expect(await resume(box, 'everything')).toMatchObject({ released: 0 });
    await box.drain(60);
    expect(await throttle(box)).toMatchObject({ to: '10/minute' });
    expect(await held(box)).toEqual([]);
    expect(await box.arrivals('alert')).not.toEqual([]);
  });

  test('is done by an isolate that does not know yet that the pause is over', async () => {
    const box = openBox();
    await pause(box, 'everything');
    await box.take(submitted('01JSTALE'));
    const services = open(box.bindings);
    await services.objects.pauses.pauses(services.now());
    // Another isolate puts the lever back: this one goes by what it knew.
    await env.PAUSES.getByName('pauses').resume(
      'everything',
      '',
      'another isolate',
      services.now(),
      'over',
    );
    await box.take(rating('RED'));
    await box.drain(4);
    expect(await throttle(box)).toMatchObject({ to: '10/minute' });
    expect(await held(box)).toEqual([]);
  });

  test('waits on when another pause is in force', async () => {
    const box = openBox();
    await pause(box, 'rule', 'whatsapp-quality-red');
    await box.take(rating('RED'));
    await box.drain(60);
    await pause(box, 'action', 'throttle');
    await pause(box, 'everything');
    expect(
      (await resume(box, 'rule', 'whatsapp-quality-red')).still.map(({ kind }) => kind),
    ).toEqual(['action', 'everything']);
    await box.drain(60);
    expect(await throttle(box)).toBeNull();
    expect(await box.arrivals('alert')).toEqual([]);
    expect((await held(box)).map(({ action, reason }) => [action, reason.slice(0, 10)])).toEqual(
      expect.arrayContaining([
        ['throttle', 'action thr'],
        ['alert', 'everything'],
      ]),
    );
    await resume(box, 'action', 'throttle');
    await box.drain(60);
    expect(await throttle(box)).toBeNull();
    await resume(box, 'everything');
    await box.drain(60);
    expect(await throttle(box)).toMatchObject({ to: '10/minute' });
    expect(await held(box)).toEqual([]);
  });

  test('stays dropped when the queue brings it once more', async () => {
    const box = openBox();
    await pause(box, 'everything');
    await box.take(rating('RED'));
    const twice = box.line.waiting().filter(({ queue }) => queue === 'effects');
    await box.drain(60);
    await call(box, 'POST', '/v1/held/drop', { action: 'alert' });
    await box.bindings.EFFECTS.sendBatch(twice.map(({ body }) => ({ body })));
    await box.drain(60);
    expect((await held(box)).map(({ action }) => action)).not.toContain('alert');
  });

  test('is done in spite of other pauses where a person releases this very work', async () => {
    const box = openBox();
    await pause(box, 'everything');
    await box.take(rating('RED'));
    await box.drain(60);
    await call(box, 'POST', '/v1/held/release', { action: 'throttle' });
    await box.drain(60);
    expect(await throttle(box)).toMatchObject({ to: '10/minute' });
  });

  test('spends the budget of its rule when it goes on', async () => {
    const box = openBox();
    await publish(
      box,
      rules({
        'greeting.json': greeting({
          then: [
            { action: 'reply', params: { text: 'Hello' }, budget: { count: 1, within: '1h' } },
          ],
        }),
      }),
    );
    await pause(box, 'rule', 'greeting');
    for (const n of [1, 2, 3, 4])
      await box.take(
        inbound('Hello', { id: `01JB${n}`, identity: `4670174060${n}`, at: minutes(-1) }),
      );
    await box.drain(5);
    expect(await resume(box, 'rule', 'greeting')).toMatchObject({ released: 4, still: [] });
    await box.drain(5);
    expect(await box.arrivals('messages:send')).toHaveLength(1);
    expect((await held(box)).map(({ reason }) => reason)).toEqual(
      [1, 2, 3].map(() => expect.stringContaining('may reply 1 within 60 minutes')),
    );
  });

  test('goes on within the hour where nobody told it that the pause is over', async () => {
    const box = openBox();
    await pause(box, 'everything');
    await box.take(rating('RED'));
    await box.drain(60);
    await env.PAUSES.getByName('pauses').resume(
      'everything',
      '',
      'ines',
      Date.now(),
      'and then the line broke',
    );
    vi.setSystemTime(Date.now() + 5_001);
    const later: Promise<unknown>[] = [];
    const context = { waitUntil: (work: Promise<unknown>) => void later.push(work) };
    await Reflect.apply(worker.scheduled, worker, [{ cron: '47 * * * *' }, box.bindings, context]);
    await Promise.all(later);
    await box.drain(60);
    expect(await throttle(box)).toMatchObject({ to: '10/minute' });
    expect(
      (await held(box, '?state=settled')).map(({ state, decision_reason: reason }) => [
        state,
        reason,
      ]),
    ).toContainEqual(['resumed', 'its pause has ended']);
  });

  test('is not lost when it is held again before its release is written down', async () => {
    const box = openBox();
    const { held: kept } = open(box.bindings);
    await pause(box, 'everything');
    await box.take(rating('RED'));
    await box.drain(60);
    const [{ id, work } = { id: '', work: '' }] = (
      await env.DB.prepare("SELECT id, work FROM held WHERE action = 'throttle'").all<{
        id: string;
        work: string;
      }>()
    ).results;
    const effect = JSON.parse(await open(box.bindings).dataKey.decrypt(work));
    expect(id).toBe(await stableId(['held', effect.key]));
    // The queue is faster than D1: while it is let go, the work comes round and is held again.
    const journal = { outcome: () => {} };
    const send = vi.spyOn(box.bindings.EFFECTS, 'sendBatch').mockImplementation(async () => {
      await kept.keep(effect, { cause: 'pause', reason: 'another pause', pause: 'p2' });
      return { metadata: { metrics: { backlogCount: 0, backlogBytes: 0 } } };
    });
    const settlement = { to: 'resumed', actor: 'ines', reason: 'w', at: Date.now() } as const;
    await kept.settle({ action: 'throttle' }, settlement, 500, journal);
    expect(send).toHaveBeenCalledOnce();
    expect((await held(box)).filter(({ action }) => action === 'throttle')).toMatchObject([
      { reason: 'another pause' },
    ]);
  });
});

describe('a decision whose work was held', () => {
  async function waiting(): Promise<{ box: Box; id: string }> {
    const box = openBox();
    await pause(box, 'everything');
    const { id } = await box.take(rating('RED'));
    await box.drain(60);
    return { box, id };
  }

  test('says that it waits, and for what', async () => {
    const { box, id } = await waiting();
    for (const action of ['throttle', 'alert'])
      expect(await actionOf(box, id, action)).toMatchObject({
        outcome: 'waiting',
        detail: 'everything is paused by ines (api-token): it is 3 a.m.',
      });
  });

  test.each([
    ['released', 'done', expect.stringMatching(/; released by ines \(api-token\): checked$/)],
    ['dropped', 'skipped', 'dropped by ines (api-token): checked'],
  ])('says who %s it and why', async (state, outcome, detail) => {
    const { box, id } = await waiting();
    const path = `/v1/held/${state === 'dropped' ? 'drop' : 'release'}`;
    await call(box, 'POST', path, { action: 'throttle', reason: 'checked' });
    await box.drain(60);
    expect(await actionOf(box, id, 'throttle')).toMatchObject({ outcome, detail });
    expect(await held(box, '?state=settled')).toMatchObject([
      { action: 'throttle', state, decided_by: 'ines (api-token)', decision_reason: 'checked' },
    ]);
  });

  test('says who ended the pause and why', async () => {
    const { box, id } = await waiting();
    await resume(box, 'everything');
    await box.drain(60);
    expect(await actionOf(box, id, 'throttle')).toMatchObject({
      outcome: 'done',
      detail: expect.stringMatching(/; resumed by ines \(api-token\): all is well$/),
    });
  });

  test.each([
    ['DELETE', '/v1/pauses/x?actor=ines', {}],
    ['POST', '/v1/held/release', {}],
    ['POST', '/v1/held/drop', {}],
  ])('%s %s needs a reason', async (method, path, body) => {
    const answer = await openBox().ask(path, {
      method,
      body: JSON.stringify({ ...body, actor: 'ines' }),
    });
    expect(answer.status).toBe(400);
    expect(JSON.stringify(await answer.json())).toContain('reason');
  });
});

test('a retry that was held is still one retry, however often it is let go and held', async () => {
  const box = openBox();
  await pause(box, 'action', 'retry');
  await pause(box, 'app', APP);
  await box.take(submitted('01JTWICE'));
  await box.take(receipt('01JTWICE', 'FAILED', { code: 'RATE_LIMITED' }));
  await box.drain(600);
  await resume(box, 'action', 'retry');
  await box.drain(600);
  expect(await box.arrivals('messages:send')).toEqual([]);
  await resume(box, 'app', APP);
  await box.drain(3600);
  expect(await box.arrivals('messages:send')).toHaveLength(1);
});
