import { Webhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { type Box, env, openBox } from '../box.ts';
import { endPause } from '../resume.ts';
import { APP } from '../sample.ts';
import { reset } from '../storage.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

const letters = async (box: Box) =>
  (await (await box.ask('/v1/dead-letters')).json<{ dead_letters: { code: string }[] }>())
    .dead_letters;

describe('forward', () => {
  test('signs the body as it came, by Standard Webhooks, under the callback’s id', async () => {
    const box = openBox();
    const callback = {
      app_id: APP,
      unsupported_callback: { channel: 'WHATSAPP', payload: '{"a":1}', id: '01JUNSUPPORTED' },
    };
    const { id } = await box.take(callback);
    await box.drain();
    const [arrived] = await box.arrivals('forward');
    expect(arrived?.body).toEqual(callback);
    expect(arrived?.headers?.['webhook-id']).toBe(id);
    const key = 'whsec_dGVzdC1mb3J3YXJkLWtleS10ZXN0LWZvcndhcmQta2V5';
    for (const webhook of [new Webhook(key), new SvixWebhook(key)]) {
      expect(() => webhook.verify(JSON.stringify(callback), arrived?.headers ?? {})).not.toThrow();
      expect(() =>
        webhook.verify(`${JSON.stringify(callback)} `, arrived?.headers ?? {}),
      ).toThrow();
    }
    expect(arrived?.headers).toEqual({
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(Date.now() / 1000)),
      'webhook-signature': expect.stringMatching(/^v1,[A-Za-z0-9+/]{43}=$/),
    });
  });

  const unsupported = (id: string) => ({
    app_id: APP,
    unsupported_callback: { channel: 'WHATSAPP', payload: '{"a":1}', id },
  });

  test('signs with every key while keys rotate', async () => {
    const [old, fresh] = [
      'whsec_dGVzdC1mb3J3YXJkLWtleS10ZXN0LWZvcndhcmQta2V5',
      `whsec_${btoa('another key of the same destination')}`,
    ];
    const box = openBox({}, { DEST_FORWARD_KEY: `${fresh} ${old}` });
    await box.take(unsupported('01JROTATE'));
    await box.drain();
    const [arrived] = await box.arrivals('forward');
    for (const key of [old, fresh])
      for (const webhook of [new Webhook(key), new SvixWebhook(key)])
        expect(() =>
          webhook.verify(JSON.stringify(arrived?.body), arrived?.headers ?? {}),
        ).not.toThrow();
  });

  test('a receiver that is gone pauses its destination: that forward and later ones are held, and one alert says so', async () => {
    const box = openBox();
    await box.faults({ kind: 'forward', answers: [410] });
    await box.take(unsupported('01JGONE1'));
    await box.drain(60);
    await box.take(unsupported('01JGONE2'));
    await box.drain(60);
    expect(await box.arrivals('forward')).toHaveLength(1);
    const { held } = await (await box.ask('/v1/held')).json<{ held: object[] }>();
    expect(held).toMatchObject(
      Array(2).fill({
        action: 'forward',
        reason: 'destination forward is paused by Signalbox: destination forward answered 410 Gone',
      }),
    );
    expect(await letters(box)).toEqual([]);
    expect(
      (await box.arrivals('alert')).filter(
        ({ body }) => body.title === 'Signalbox: destination forward is paused',
      ),
    ).toHaveLength(1);
    await endPause(box, 'destination', 'forward');
    await box.drain(60);
    expect((await box.arrivals('forward')).map(({ answer }) => answer)).toEqual([410, 200, 200]);
  });

  test('a receiver that is gone is told of, although the queue did not take that at first', async () => {
    const box = openBox();
    await box.faults({ kind: 'forward', answers: [410, 410] });
    await box.take(unsupported('01JGONE3'));
    vi.spyOn(box.bindings.EFFECTS, 'sendBatch').mockRejectedValueOnce(
      new Error('Queue send failed'),
    );
    await box.drain(60);
    expect((await box.arrivals('alert')).map(({ body }) => body.title)).toContain(
      'Signalbox: destination forward is paused',
    );
  });

  test.each([
    301, 400, 401, 403, 404, 405, 408, 409, 413, 415, 422, 425, 429, 500, 503,
  ])('an answer %i is a failure, and the forward is tried again', async (status) => {
    const box = openBox();
    await box.faults({ kind: 'forward', answers: [status] });
    await box.take(unsupported('01JAGAIN'));
    await box.drain(60);
    expect((await box.arrivals('forward')).map(({ answer }) => answer)).toEqual([status, 200]);
    expect(await letters(box)).toEqual([]);
  });

  test('a receiver that was deployed wrongly for ten minutes loses nothing, and delays nothing after it is right', async () => {
    const box = openBox();
    await box.faults({ kind: 'forward', answers: Array.from({ length: 60 }, () => 404) });
    for (const id of ['1', '2', '3', '4', '5', '6']) await box.take(unsupported(`01JWRONG${id}`));
    await box.drain(600);
    await box.take(unsupported('01JRIGHT'));
    await box.drain(3_600);
    const taken = (await box.arrivals('forward')).filter(({ answer }) => answer === 200);
    expect(taken).toHaveLength(7);
    expect(
      (await box.arrivals('alert')).filter(({ body }) =>
        String(body.title).includes('forwards to forward fail'),
      ),
    ).toHaveLength(1);
  });

  test.each([
    404, 503,
  ])('a receiver that answers %i for ever is tried until three days are over, then it is a dead letter', async (status) => {
    const box = openBox();
    await box.faults({ kind: 'forward', answers: Array.from({ length: 200 }, () => status) });
    await box.take(unsupported('01JFOREVER'));
    const start = Date.now();
    const times: number[] = [];
    const reached = vi.mocked(fetch).getMockImplementation();
    vi.mocked(fetch).mockImplementation(async (input, init) => {
      if (new Headers(init?.headers).has('signalbox-hop')) times.push(Date.now() - start);
      return reached?.(input, init) ?? new Response();
    });
    await box.drain(4 * 86_400);
    expect(Math.max(...times)).toBeGreaterThan(3 * 86_400_000 - 3_600_000);
    expect(Math.max(...times)).toBeLessThan(3 * 86_400_000 + 60_000);
    const gaps = times.map((at, index) => at - (times[index - 1] ?? 0));
    expect(Math.max(...gaps)).toBeLessThan(2.5 * 3_600_000);
    expect(await letters(box)).toMatchObject([
      { action: 'forward', code: 'destination_unavailable' },
    ]);
    expect(box.line.waiting()).toEqual([]);
  });

  test('a receiver that is down for two days gets everything when it is back, and one alert said so', async () => {
    const box = openBox();
    await box.faults({ kind: 'forward', answers: Array.from({ length: 45 }, () => 503) });
    await box.take(unsupported('01JDOWN'));
    await box.drain(3 * 86_400);
    const arrived = await box.arrivals('forward');
    expect(arrived.length).toBeGreaterThan(45);
    expect(arrived.filter(({ answer }) => answer === 200)).toHaveLength(1);
    expect(
      (await box.arrivals('alert')).filter(({ body }) =>
        String(body.title).includes('forwards to forward fail'),
      ),
    ).toHaveLength(1);
  });

  test('a receiver that comes round in between is not left alone, and nobody is told', async () => {
    const box = openBox();
    await box.faults({ kind: 'forward', answers: [503, 503, 503, 503, 200, 503, 503, 503, 503] });
    for (const id of ['01JHICCUP1', '01JHICCUP2']) {
      await box.take(unsupported(id));
      await box.drain(600);
    }
    expect((await box.arrivals('forward')).filter(({ answer }) => answer === 200)).toHaveLength(2);
    // The rule for events without a rule of their own tells of the callbacks themselves.
    const alerts = (await box.arrivals('alert')).map(({ body }) => body.rule);
    expect(alerts.filter((rule) => rule === 'signalbox')).toEqual([]);
  });

  test('a receiver that asks for half a day each time is given up in time: what it never took is a dead letter', async () => {
    const box = openBox();
    const answers = Array.from({ length: 20 }, () => ({ status: 503, retry_after: 43_200 }));
    await box.faults({ kind: 'forward', answers });
    await box.take(unsupported('01JPATIENT'));
    await box.drain(5 * 86_400);
    expect((await box.arrivals('forward')).length).toBeGreaterThan(5);
    const { dead_letters: letters } = await (await box.ask('/v1/dead-letters')).json<{
      dead_letters: object[];
    }>();
    expect(letters).toMatchObject([{ action: 'forward', code: 'destination_unavailable' }]);
  });

  test.each([
    'https://10.0.0.1/hook',
    'https://[::1]/hook',
    'http://example.com/hook',
  ])('never goes to %s', async (url) => {
    const box = openBox({}, { DEST_FORWARD: url });
    await box.take(unsupported('01JSSRF'));
    await box.drain();
    expect(await box.arrivals('forward')).toEqual([]);
    const { dead_letters: letters } = await (await box.ask('/v1/dead-letters')).json<{
      dead_letters: { code: string }[];
    }>();
    expect(letters).toMatchObject([{ code: 'destination_refused' }]);
  });

  test('a body too large for a queue travels by R2', async () => {
    const box = openBox();
    const payload = JSON.stringify({ filler: 'x'.repeat(150_000) });
    await box.take({
      app_id: APP,
      unsupported_callback: { channel: 'WHATSAPP', payload, id: '01JLARGE' },
    });
    expect((await env.ARCHIVE.list({ prefix: 'bodies/' })).objects).toHaveLength(1);
    await box.drain();
    expect(await box.arrivals('forward')).toHaveLength(1);
  });
});
