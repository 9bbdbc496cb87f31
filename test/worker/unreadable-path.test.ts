import { afterEach, describe, expect, test, vi } from 'vitest';
import { AppError } from '../../src/errors.ts';
import { quarantine } from '../../src/stores/quarantine.ts';
import { type Box, env, openBox } from './box.ts';
import { APP, inbound, PERSON } from './sample.ts';
import { reset } from './storage.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

describe('what cannot be read', () => {
  test.each([
    ['broken JSON', '{"app_id":', 'callback_not_json'],
    ['a list', '[]', 'callback_not_object'],
    ['two payloads at once', JSON.stringify({ ...inbound('hi'), event: {} }), 'callback_ambiguous'],
    ['something too deep', `${'['.repeat(40)}${']'.repeat(40)}`, 'callback_too_deep'],
  ])('%s is kept and answered 200', async (_, body, code) => {
    const box = openBox();
    const response = await box.post(body);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      trigger: 'UNREADABLE',
      fired: [],
      quarantined: { code },
    });
    expect((await env.ARCHIVE.list({ prefix: 'quarantine/' })).objects).toHaveLength(1);
  });

  test('a payload nobody knows is UNKNOWN and answered 200', async () => {
    const box = openBox();
    expect(await box.take({ app_id: APP, something_new: { id: 1 } })).toMatchObject({
      trigger: 'UNKNOWN',
      fired: [],
    });
  });

  test.each([
    ['a wrong secret', { secret: 'wrong' }, 401, 'signature_mismatch'],
    ['no signature', { headers: { 'x-sinch-webhook-signature': '' } }, 401, 'signature_missing'],
    [
      'an unknown algorithm',
      { headers: { 'x-sinch-webhook-signature-algorithm': 'MD5' } },
      401,
      'signature_algorithm',
    ],
    [
      'an old timestamp',
      { headers: { 'x-sinch-webhook-signature-timestamp': '1600000000' } },
      401,
      'signature_too_old',
    ],
  ])('%s is refused', async (_, options, status, code) => {
    const response = await openBox().post(inbound('STOP'), options);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await response.json()).toMatchObject({ code });
  });

  test('more than 1 MiB is refused with 413', async () => {
    const response = await openBox().post(JSON.stringify({ text: 'x'.repeat(1_048_577) }));
    expect(response.status).toBe(413);
  });

  test('without a secret nothing is open: 503', async () => {
    const box = openBox({}, { WEBHOOK_SECRETS: '' });
    expect((await box.post(inbound('STOP'))).status).toBe(503);
  });
});

interface Kept {
  readonly quarantine: {
    readonly id: string;
    readonly code: string;
    readonly redelivered_at: string | null;
  }[];
  readonly next: string | null;
}
const listed = async (box: Box, query = '') =>
  (await box.ask(`/v1/quarantine${query}`)).json<Kept>();
const health = async (box: Box) =>
  (await box.ask('/healthz')).json<{ ok: boolean; troubles: string[] }>();
const measured = async (box: Box) =>
  /^signalbox_quarantined_last_day (\d+)$/m.exec(await (await box.ask('/metrics')).text())?.[1];
/** What lay here because an older reader could not read it. */
const mended = async (box: Box, body: object, signers: readonly string[] = ['*']) =>
  quarantine(
    new Uint8Array(new TextEncoder().encode(JSON.stringify(body))),
    new AppError('callback_unreadable', 'MESSAGE_INBOUND: message: expected something else'),
    Date.now(),
    signers,
    box.bindings,
  );

describe('what cannot be read is told', () => {
  test('by one alert a day and reason, by the health check and by the metrics', async () => {
    const box = openBox();
    expect(await measured(box)).toBe('0');
    expect(await health(box)).toMatchObject({
      ok: true,
      quarantine: { last_day: 0, newest_code: null },
    });
    for (const body of ['[]', '[1]', '[2]', '{']) await box.post(body);
    await box.drain(60);
    expect((await box.arrivals('alert')).map(({ body }) => body.title)).toEqual([
      'Signalbox: callbacks cannot be read (callback_not_object)',
      'Signalbox: callbacks cannot be read (callback_not_json)',
    ]);
    expect(await measured(box)).toBe('4');
    const { troubles, ...rest } = await health(box);
    expect(rest).toMatchObject({ ok: false, quarantine: { last_day: 4 } });
    expect(troubles.join()).toMatch(
      /^4 signed callbacks of the last day cannot be read \(the newest: callback_not_/,
    );
    await box.drain(86_400);
    expect(await measured(box)).toBe('0');
    expect(await health(box)).toMatchObject({ troubles: [], quarantine: { last_day: 0 } });
    await box.post('[3]');
    await box.drain(60);
    expect((await box.arrivals('alert')).length).toBeGreaterThan(2);
  });

  test('although the alert cannot be put on the queue: the body is kept, and the next one tells', async () => {
    const box = openBox();
    box.line.failing = true;
    expect((await box.post('[]')).status).toBe(200);
    await box.drain();
    box.line.failing = false;
    expect((await box.post('[1]')).status).toBe(200);
    await box.drain(60);
    expect(await box.arrivals('alert')).toHaveLength(1);
  });

  test('without a setting that only alerts need: it is kept and answered 200', async () => {
    const box = openBox();
    Reflect.deleteProperty(box.bindings, 'DATA_KEY');
    expect((await box.post('[]')).status).toBe(200);
    expect(
      (await box.bindings.DB.prepare('SELECT code FROM quarantine').all()).results,
    ).toHaveLength(1);
  });
});

describe('GET /v1/quarantine', () => {
  test('lists the newest first, by pages, with the reason and without the body', async () => {
    const box = openBox();
    for (const body of ['[]', '{', '{"a":1']) {
      await box.post(body);
      await box.drain(1);
    }
    const first = await listed(box, '?limit=2');
    expect(first.quarantine).toMatchObject([
      {
        code: 'callback_not_json',
        reason: 'callback: not valid JSON',
        bytes: 6,
        times: 1,
        redelivered_at: null,
      },
      { code: 'callback_not_json', bytes: 1 },
    ]);
    expect(await listed(box, `?limit=2&before=${first.next}`)).toMatchObject({
      quarantine: [{ code: 'callback_not_object' }],
      next: null,
    });
  });

  test.each(['quarantine', 'dead-letters'])('%s refuses a limit that is none', async (what) => {
    const box = openBox();
    for (const query of ['limit=abc', 'limit=-1', 'limit=0', 'limit=201', 'limits=5'])
      expect((await box.ask(`/v1/${what}?${query}`)).status).toBe(400);
    for (const query of ['', '?limit=1', '?limit=200'])
      expect((await box.ask(`/v1/${what}${query}`)).status).toBe(200);
  });
});

describe('POST /v1/quarantine/{id}/replay', () => {
  const replay = (box: Box, id: string) =>
    box.ask(`/v1/quarantine/${id}/redeliver`, { method: 'POST' });
  const suppressed = async (box: Box) =>
    (await (await box.ask(`/v1/recipients/SMS/${PERSON}`)).json<{ suppressed: boolean }>())
      .suppressed;

  test('puts a body on its way that can be read by now, and it is no trouble any more', async () => {
    const box = openBox();
    const id = await mended(box, inbound('STOP'));
    expect(await (await replay(box, id)).json()).toMatchObject({
      redelivered: { id, redelivered_at: '2026-11-20T12:00:00.000Z' },
    });
    await box.drain(10);
    expect(await suppressed(box)).toBe(true);
    expect(await health(box)).toMatchObject({ ok: true, quarantine: { last_day: 0 } });
    expect(await measured(box)).toBe('0');
  });

  test('says why a body cannot be read still, and leaves it', async () => {
    const box = openBox();
    await box.post('[]');
    const response = await replay(box, (await listed(box)).quarantine[0]?.id ?? '');
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ code: 'callback_not_object' });
    expect((await listed(box)).quarantine).toMatchObject([{ redelivered_at: null }]);
  });

  test('lets no secret of one app speak for another', async () => {
    const box = openBox({}, { WEBHOOK_SECRETS: '{"other-app":["one"],"*":["rest"]}' });
    const response = await replay(box, await mended(box, inbound('STOP'), ['other-app']));
    expect(response.status).toBe(409);
    await box.drain(10);
    expect(await suppressed(box)).toBe(false);
  });

  test.each([
    ['nobody knows', async () => 'none'],
    [
      'lost its body',
      async (box: Box) => {
        const id = await mended(box, inbound('STOP'));
        await env.ARCHIVE.delete(`quarantine/${id}`);
        return id;
      },
    ],
  ])('is 404 for one that %s', async (_, idOf) => {
    const box = openBox();
    expect((await replay(box, await idOf(box))).status).toBe(404);
  });
});

describe('a secret that is listed for one app', () => {
  const secrets = {
    WEBHOOK_SECRETS: JSON.stringify({ [APP]: ['mine'], B: ['theirs'], '*': ['rest'] }),
  };
  const scoped = (app: string) => {
    const body = inbound('STOP', { channel: 'MESSENGER', identity: 'psid-1' });
    return {
      ...body,
      message: {
        ...body.message,
        channel_identity: { ...body.message.channel_identity, app_id: app },
      },
    };
  };

  test.each([
    ['a person of another app', scoped('B')],
    ['a message without an app', { ...inbound('STOP'), app_id: '' }],
    ['a message whose app is a number', { ...inbound('STOP'), app_id: 7 }],
    [
      'a rating without an app',
      { channel_event_notification: { channel_event: { channel: 'WHATSAPP' } } },
    ],
  ])('does not speak for %s', async (_, body) => {
    const box = openBox({}, secrets);
    const response = await box.post(body, { secret: 'mine' });
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ code: 'signature_wrong_app' });
    for (const address of [`SMS/${PERSON}`, 'MESSENGER/psid-1?app_id=B'])
      expect(await (await box.ask(`/v1/recipients/${address}`)).json()).toMatchObject({
        suppressed: false,
      });
  });

  test('speaks for a person of its own app, and for contacts, which are the project’s', async () => {
    const box = openBox({}, secrets);
    expect((await box.post(scoped(APP), { secret: 'mine' })).status).toBe(200);
    const deleted = { app_id: '', contact_delete_notification: { contact: { id: 'c-1' } } };
    expect((await box.post(deleted, { secret: 'mine' })).status).toBe(200);
  });
});
