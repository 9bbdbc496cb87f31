import { afterEach, describe, expect, test, vi } from 'vitest';
import { openBox } from './box.ts';
import { APP, inbound, minutes, opt, PERSON, rating, receipt, submitted } from './sample.ts';
import { sender } from './sender-asked.ts';
import { reset } from './storage.ts';

const suppressed = async (box: ReturnType<typeof openBox>, channel = 'SMS') =>
  (await (await box.ask(`/v1/recipients/${channel}/+${PERSON}`)).json<{ suppressed: boolean }>())
    .suppressed;

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

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
      throttle: { to: '10/minute', content: 'marketing', reason: 'whatsapp-quality-red' },
    });
    await box.drain();
    expect(await box.arrivals('alert')).toMatchObject([
      { body: { severity: 'critical', rule: 'whatsapp-quality-red' } },
    ]);
  });

  const lifted = {
    quality: 'GREEN',
    throttle: { to: '100/minute', reason: 'whatsapp-quality-red' },
  };

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
    expect(answer.fired).toContainEqual(
      expect.objectContaining({ actions: expect.arrayContaining(['retry']) }),
    );
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
      if (last)
        await box.take(
          receipt(last, 'FAILED', { code: 'RATE_LIMITED', at: new Date().toISOString() }),
        );
    }
    expect(await box.arrivals('messages:send')).toHaveLength(3);
  });

  test.each([
    [
      'it was delivered in the meantime',
      (box: ReturnType<typeof openBox>) => box.take(receipt('01JMESSAGE3', 'DELIVERED')),
    ],
    [
      'the person said STOP meanwhile',
      (box: ReturnType<typeof openBox>) => box.take(inbound('STOP')),
    ],
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
    'Stpo',
    'please stop texting me',
    'STOP this terrible bill',
  ])('%s is none, but a person looks at it', async (text) => {
    const box = openBox();
    await box.take(inbound(text));
    await box.drain();
    expect(await suppressed(box)).toBe(false);
    expect(await box.arrivals('alert')).toHaveLength(1);
  });

  test.each([
    "don't stop",
    'stop by at 5',
    'Liked “Acme: 20% off. Reply STOP to end”',
  ])('%s is nothing of the kind', async (text) => {
    const box = openBox();
    await box.take(inbound(text));
    await box.drain();
    expect(await suppressed(box)).toBe(false);
    expect(await box.arrivals('alert')).toEqual([]);
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
    const person = await (await box.ask('/v1/recipients/SMS/46701740699')).json<{
      history: unknown[];
    }>();
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
