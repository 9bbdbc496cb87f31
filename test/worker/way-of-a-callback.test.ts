import { reset } from 'cloudflare:test';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { env, openBox } from './box.ts';
import { APP, inbound, minutes, opt, PERSON, rating, receipt, submitted } from './sample.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

const suppressed = async (box: ReturnType<typeof openBox>, channel = 'SMS') =>
  (await (await box.ask(`/v1/recipients/${channel}/+${PERSON}`)).json<{ suppressed: boolean }>()).suppressed;
const sender = async (box: ReturnType<typeof openBox>) =>
  (await box.ask(`/v1/senders/${APP}/WHATSAPP`)).json<{
    quality: string;
    throttle: { to: string; content: string; because: string } | null;
  }>();

describe('a signed callback goes in', () => {
  test('RED throttles marketing before the answer, and tells people once', async () => {
    const box = openBox();
    const answer = await box.take(rating('RED'));
    expect(answer).toMatchObject({
      trigger: 'CHANNEL_EVENT',
      fired: [{ rule: 'whatsapp-quality-red', actions: ['throttle', 'alert'] }],
    });
    expect(answer.id).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/);
    expect(await sender(box)).toMatchObject({
      quality: 'RED',
      throttle: { to: '10/minute', content: 'marketing', because: 'whatsapp-quality-red' },
    });
    await box.drain();
    expect(await box.arrivals('alert')).toMatchObject([
      { body: { severity: 'critical', rule: 'whatsapp-quality-red' } },
    ]);
  });

  const lifted = { quality: 'GREEN', throttle: { to: '100/minute', because: 'whatsapp-quality-red' } };

  test('GREEN after RED lifts the throttle, step by step', async () => {
    const box = openBox();
    await box.take(rating('RED', minutes(-100)));
    await box.take(rating('GREEN', minutes(-65)));
    expect(await sender(box)).toMatchObject(lifted);
  });

  test('GREEN lifts nothing before it has lasted an hour', async () => {
    const box = openBox();
    await box.take(rating('RED', minutes(-100)));
    await box.take(rating('GREEN', minutes(-55)));
    expect(await sender(box)).toMatchObject({ quality: 'GREEN', throttle: { to: '10/minute' } });
  });

  test('GREEN after YELLOW lifts the throttle at once', async () => {
    const box = openBox();
    await box.take(rating('YELLOW', minutes(-10)));
    await box.take(rating('GREEN', minutes(-5)));
    expect(await sender(box)).toMatchObject({ quality: 'GREEN', throttle: null });
  });

  test('a RED that arrives after the GREEN it preceded changes nothing', async () => {
    const box = openBox();
    await box.take(rating('GREEN', minutes(-65)));
    await box.take(rating('RED', minutes(-100)));
    expect(await sender(box)).toMatchObject(lifted);
  });

  test('a transient FAILED is sent again, once, with the customer’s metadata untouched', async () => {
    const box = openBox();
    await box.take(submitted('01JMESSAGE1'));
    const answer = await box.take(receipt('01JMESSAGE1', 'FAILED', { code: 'RATE_LIMITED' }));
    expect(answer.fired).toContainEqual(expect.objectContaining({ actions: expect.arrayContaining(['retry']) }));
    await box.drain(3600);
    const sent = await box.arrivals('messages:send');
    expect(sent).toHaveLength(1);
    expect(sent[0]?.body).toMatchObject({
      app_id: APP,
      recipient: { identified_by: { channel_identities: [{ channel: 'SMS', identity: PERSON }] } },
      message: { text_message: { text: 'Your parcel comes at noon.' } },
      message_metadata: 'order-17',
    });
  });

  test('a message that keeps failing is sent again as often as the rule says, and no more', async () => {
    const box = openBox();
    await box.take(submitted('01JMESSAGE2'));
    await box.take(receipt('01JMESSAGE2', 'FAILED', { code: 'RATE_LIMITED' }));
    for (let round = 0; round < 6; round++) {
      await box.drain(3600);
      const last = (await box.arrivals('messages:send')).at(-1)?.message_id;
      if (last) await box.take(receipt(last, 'FAILED', { code: 'RATE_LIMITED', at: new Date().toISOString() }));
    }
    expect(await box.arrivals('messages:send')).toHaveLength(3);
  });

  test.each([
    ['it was delivered meanwhile', (box: ReturnType<typeof openBox>) => box.take(receipt('01JMESSAGE3', 'DELIVERED'))],
    ['the person said STOP meanwhile', (box: ReturnType<typeof openBox>) => box.take(inbound('STOP'))],
  ])('a failed message is not sent again when %s', async (_, meanwhile) => {
    const box = openBox();
    await box.take(submitted('01JMESSAGE3'));
    await box.take(receipt('01JMESSAGE3', 'FAILED', { code: 'RATE_LIMITED' }));
    await meanwhile(box);
    await box.drain(86_400);
    expect(await box.arrivals('messages:send')).toEqual([]);
  });

  test('STOP suppresses the person before the answer, on SMS and MMS alike', async () => {
    const box = openBox();
    expect(await suppressed(box)).toBe(false);
    const answer = await box.take(inbound('Stop.'));
    expect(answer.fired).toContainEqual(
      expect.objectContaining({ rule: 'stop', actions: expect.arrayContaining(['suppress']) }),
    );
    expect(await suppressed(box)).toBe(true);
    expect(await suppressed(box, 'MMS')).toBe(true);
  });

  test.each([
    'STOP',
    'Stop.',
    '«stop»',
    'STOPP',
    'arrêt',
    'OPT OUT',
    'opt-out',
    'stoppen',
    'abmelden',
    'detener',
    'parar',
    'sair',
    'ferma',
    'afmelden',
    'rezygnuję',
    'RET',
  ])('%s is a STOP', async (text) => {
    const box = openBox();
    await box.take(inbound(text));
    expect(await suppressed(box)).toBe(true);
  });

  test.each([
    "don't stop",
    'stop by at 5',
    'STOP this terrible bill',
  ])('%s is none, but a person looks at it', async (text) => {
    const box = openBox();
    await box.take(inbound(text));
    await box.drain();
    expect(await suppressed(box)).toBe(false);
    expect(await box.arrivals('alert')).toHaveLength(1);
  });

  test('an injected STOP is nobody’s wish', async () => {
    const box = openBox();
    await box.take(inbound('STOP', { injected: true }));
    expect(await suppressed(box)).toBe(false);
  });

  test('a Viber opt-out suppresses and the opt-in lifts it', async () => {
    const box = openBox();
    await box.take(opt('OPT_OUT_SUCCEEDED', minutes(-9)));
    expect(await suppressed(box, 'VIBERBM')).toBe(true);
    await box.take(opt('OPT_IN_SUCCEEDED', minutes(-8)));
    expect(await suppressed(box, 'VIBERBM')).toBe(false);
  });

  const STOP = inbound('STOP', { id: '01JSTOP', at: minutes(-20) });
  const START = inbound('START', { id: '01JSTART', at: minutes(-10) });
  const LATER_STOP = inbound('STOP', { id: '01JSTOP2', at: minutes(-5) });
  test.each([
    ['STOP then START', [STOP, START], false],
    ['START then STOP, arriving in the wrong order', [LATER_STOP, START], true],
    ['STOP then START, arriving in the wrong order', [START, STOP], false],
    ['START then STOP', [START, LATER_STOP], true],
  ])('%s ends as event time says', async (_, callbacks, ends) => {
    const box = openBox();
    for (const callback of callbacks) await box.take(callback);
    expect(await suppressed(box)).toBe(ends);
  });
});

describe('the same callback, however often', () => {
  test.each([
    [
      'five times in a row',
      async (send: () => Promise<unknown>) => {
        for (let time = 0; time < 5; time++) await send();
      },
    ],
    [
      'five times at once',
      async (send: () => Promise<unknown>) => {
        await Promise.all([send(), send(), send(), send(), send()]);
      },
    ],
  ])('acts once when it comes %s', async (_, repeat) => {
    const box = openBox();
    await box.take(submitted('01JMESSAGE4'));
    await repeat(() => box.take(receipt('01JMESSAGE4', 'FAILED', { code: 'RATE_LIMITED' })));
    await repeat(() => box.take(rating('RED')));
    await repeat(() => box.take(inbound('STOP', { identity: '46701740699' })));
    await box.drain(3600);
    expect(await box.arrivals('messages:send')).toHaveLength(1);
    expect(await box.arrivals('alert')).toHaveLength(1);
    const person = await (await box.ask('/v1/recipients/SMS/46701740699')).json<{ history: unknown[] }>();
    expect(person.history).toHaveLength(1);
  });

  test('a queue that delivers everything twice does nothing twice', async () => {
    const box = openBox();
    box.line.times = 2;
    await box.take(submitted('01JMESSAGE5'));
    await box.take(receipt('01JMESSAGE5', 'FAILED', { code: 'RATE_LIMITED' }));
    await box.take(rating('RED'));
    await box.drain(3600);
    expect(await box.arrivals('messages:send')).toHaveLength(1);
    expect(await box.arrivals('alert')).toHaveLength(1);
  });
});

describe('when things go wrong', () => {
  test('a callback whose effects cannot be queued waits on the callbacks queue and acts from there', async () => {
    const box = openBox();
    const { EFFECTS } = box.bindings;
    vi.spyOn(EFFECTS, 'sendBatch').mockRejectedValueOnce(new Error('Queue send failed'));
    const answer = await box.take(rating('RED'));
    expect(answer).toMatchObject({ fired: [], deferred: 'bug' });
    await box.drain(60);
    expect(await sender(box)).toMatchObject({ throttle: { to: '10/minute' } });
    expect(await box.arrivals('alert')).toHaveLength(1);
  });

  test('when no queue takes it the answer is 503, so that Sinch sends it again', async () => {
    const box = openBox();
    box.line.failing = true;
    const response = await box.post(rating('RED'));
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ code: 'unavailable' });
    box.line.failing = false;
    await box.take(rating('RED'));
    await box.drain();
    expect(await box.arrivals('alert')).toHaveLength(1);
  });

  test('a retry survives a Sinch that is down and comes through when it is back', async () => {
    const box = openBox();
    await box.take(submitted('01JMESSAGE6'));
    await box.take(receipt('01JMESSAGE6', 'FAILED', { code: 'RATE_LIMITED' }));
    await box.faults({ kind: 'messages:send', answers: [500, 429] });
    await box.drain(600);
    box.network.up = false;
    await box.drain(0);
    box.network.up = true;
    await box.drain(3600);
    const sent = await box.arrivals('messages:send');
    expect(sent.filter(({ message_id }) => message_id)).toHaveLength(1);
  });

  test('a Sinch that stays down makes a dead letter with its reason, one alert, and a replay that works', async () => {
    const box = openBox();
    await box.take(submitted('01JMESSAGE7'));
    await box.take(receipt('01JMESSAGE7', 'FAILED', { code: 'RATE_LIMITED' }));
    await box.faults({ kind: 'messages:send', answers: Array.from({ length: 400 }, () => 500) });
    await box.drain(2 * 86_400);
    const { dead_letters: letters } = await (await box.ask('/v1/dead-letters')).json<{
      dead_letters: { id: string; action: string; code: string }[];
    }>();
    expect(letters).toMatchObject([{ action: 'retry', code: 'sinch_unavailable' }]);
    expect(
      (await box.arrivals('alert')).filter(({ body }) => String(body.title).includes('dead letters')),
    ).toHaveLength(1);
  });

  test.each([
    ['CONVERSATION', 1, 'is looked up and found, so it is not repeated'],
    ['DISPATCH', 1, 'is not repeated, since Sinch keeps nothing to look it up in'],
  ])('an ambiguous send in %s mode (%i accepted) %s', async (mode, accepted) => {
    const box = openBox({ dispatchApps: mode === 'DISPATCH' ? [APP] : [] });
    await box.take(submitted('01JMESSAGE8', { mode }));
    await box.take(receipt('01JMESSAGE8', 'FAILED', { code: 'RATE_LIMITED', mode }));
    await box.faults({ kind: 'messages:send', answers: ['none'] });
    await box.drain(6 * 3600);
    const sent = (await box.arrivals('messages:send')).filter(({ message_id }) => message_id);
    expect(sent).toHaveLength(accepted);
  });

  test('an ambiguous send that never reached Sinch goes out after the look-up', async () => {
    const box = openBox();
    await box.take(submitted('01JMESSAGE9', { mode: 'CONVERSATION' }));
    await box.take(receipt('01JMESSAGE9', 'FAILED', { code: 'RATE_LIMITED', mode: 'CONVERSATION' }));
    await box.faults({ kind: 'messages:send', answers: ['lost'] });
    await box.drain(6 * 3600);
    expect((await box.arrivals('messages:send')).filter(({ message_id }) => message_id)).toHaveLength(1);
  });
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
    expect(await response.json()).toMatchObject({ trigger: 'UNREADABLE', fired: [], quarantined: { code } });
    expect((await env.ARCHIVE.list({ prefix: 'quarantine/' })).objects).toHaveLength(1);
  });

  test('a payload nobody knows is UNKNOWN and answered 200', async () => {
    const box = openBox();
    expect(await box.take({ app_id: APP, something_new: { id: 1 } })).toMatchObject({ trigger: 'UNKNOWN', fired: [] });
  });

  test.each([
    ['a wrong secret', { secret: 'wrong' }, 401, 'signature_mismatch'],
    ['no signature', { headers: { 'x-sinch-webhook-signature': '' } }, 401, 'signature_missing'],
    ['an unknown algorithm', { headers: { 'x-sinch-webhook-signature-algorithm': 'MD5' } }, 401, 'signature_algorithm'],
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
