import { afterEach, describe, expect, test, vi } from 'vitest';
import { open } from '../../../src/services.ts';
import { type Box, openBox } from '../box.ts';
import { through } from '../consent-rules.ts';
import { APP, inbound, minutes, PERSON } from '../sample.ts';
import { reset } from '../storage.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

const sent = async (box: Box) =>
  (await box.arrivals('messages:send')).map(
    ({ body }) => (body.message as { text_message: { text: string } }).text_message.text,
  );
const smsOptOut = (at: string) => ({
  app_id: APP,
  event_time: at,
  opt_out_notification: {
    request_id: '01JOPT',
    channel: 'SMS',
    identity: PERSON,
    status: 'OPT_OUT_SUCCEEDED',
  },
});
const redacted = (callback: ReturnType<typeof inbound>) => ({
  ...callback,
  message: undefined,
  message_redaction: callback.message,
});

describe('reply', () => {
  test('confirms a STOP once, to the very number that the person wrote to, without marketing', async () => {
    const box = openBox();
    const stop = inbound('STOP', { id: '01JS1', at: minutes(-1) });
    await through(box, stop, stop);
    await box.drain(60);
    const [first, ...more] = await box.arrivals('messages:send');
    expect(more).toEqual([]);
    expect(first?.body).toMatchObject({
      message: { text_message: { text: 'You get no more messages from us.' } },
      message_content_type: 'CONTENT_NOTIFICATION',
      channel_properties: { SMS_SENDER: '46700000001' },
    });
  });

  test.each([
    [
      'a second STOP confirms nothing',
      [
        inbound('STOP', { id: '01JS1', at: minutes(-2) }),
        inbound('STOP', { id: '01JS2', at: minutes(-1) }),
      ],
      1,
    ],
    [
      'the redacted copy of the same message confirms nothing',
      [
        inbound('STOP', { id: '01JS1', at: minutes(-1) }),
        redacted(inbound('STOP', { id: '01JS1', at: minutes(-1) })),
      ],
      1,
    ],
    [
      'STOP, START, STOP are three changes',
      [
        inbound('STOP', { id: '01JS1', at: minutes(-3) }),
        inbound('START', { id: '01JS2', at: minutes(-2) }),
        inbound('STOP', { id: '01JS3', at: minutes(-1) }),
      ],
      3,
    ],
    [
      'more than five minutes later it is too late',
      [inbound('STOP', { id: '01JS1', at: minutes(-6) })],
      0,
    ],
    [
      'where the network suppressed, it answers itself',
      [inbound('STOP', { id: '01JS1', at: minutes(-1) }), smsOptOut(minutes(-1))],
      0,
    ],
    [
      'where the network suppressed long before, it is silent now',
      [smsOptOut(minutes(-30)), inbound('START', { id: '01JS1', at: minutes(-2) })],
      1,
    ],
    [
      'HELP is answered each time, even to somebody who said STOP',
      [
        inbound('STOP', { id: '01JS1', at: minutes(-2) }),
        inbound('HELP', { id: '01JH1', at: minutes(-1) }),
        inbound('HELP', { id: '01JH2', at: minutes(-1) }),
      ],
      3,
    ],
    [
      'HELP is answered once where a redacted copy of it comes, too',
      [
        inbound('HELP', { id: '01JH1', at: minutes(-1) }),
        redacted(inbound('HELP', { id: '01JH1', at: minutes(-1) })),
      ],
      1,
    ],
  ])('%s', async (_, callbacks, answers) => {
    const box = openBox();
    await through(box, ...callbacks);
    await box.drain(60);
    expect(await sent(box)).toHaveLength(answers);
  });

  test('of the shipped rules answers HELP with what to do and how to end it, and support hears of it', async () => {
    const box = openBox();
    await box.take(inbound('STOP', { at: minutes(-2) }));
    await box.take(inbound('Help!', { at: minutes(-1) }));
    await box.drain(60);
    const [text, ...more] = await sent(box);
    expect(more).toEqual([]);
    expect(text).toMatch(/support.*Reply STOP to get no more messages/);
    expect(text?.length).toBeLessThanOrEqual(160);
    expect((await box.arrivals('alert')).map(({ body }) => body.title)).toEqual([
      expect.stringContaining('Somebody asks for help'),
    ]);
  });

  test('ends a loop of two machines that answer each other, and one alert reports it', async () => {
    const box = openBox();
    for (let turn = 0; turn < 12; turn += 1)
      await box.take(inbound('INFO', { id: `01JLOOP${turn}`, at: minutes(0) }));
    await box.take(inbound('INFO', { id: '01JOTHER', at: minutes(0), identity: '46701740699' }));
    await box.drain(60);
    expect(await sent(box)).toHaveLength(3 + 1);
    const limits = (await box.arrivals('alert')).filter(({ body }) =>
      String(body.title).includes('No more answers to one person on SMS: 3 an hour'),
    );
    expect(limits).toHaveLength(1);
  });

  test('keeps to a throttle of notifications, which is what it is sent as', async () => {
    const box = openBox();
    const { senders } = open(box.bindings).objects;
    const limit = {
      rule: 'by-hand',
      rate: '0',
      callbackId: 'x',
      at: Date.now(),
      until: Date.now() + 180_000,
    };
    await senders.of(APP, 'SMS').limit({ ...limit, content: 'notification' });
    await through(
      box,
      inbound('STOP', { id: '01JS1', at: minutes(0) }),
      inbound('HELP', { id: '01JH1', at: minutes(0) }),
    );
    await box.drain(120);
    expect(await sent(box)).toEqual([]);
    await box.drain(120);
    expect(await sent(box)).toHaveLength(2);
  });

  test('gives its permit back when Sinch takes nothing, and comes in time', async () => {
    const box = openBox();
    const limit = {
      rule: 'by-hand',
      rate: '1/hour',
      callbackId: 'x',
      at: Date.now(),
      until: Date.now() + 86_400_000,
    };
    await open(box.bindings)
      .objects.senders.of(APP, 'SMS')
      .limit({ ...limit, content: 'notification' });
    await through(box, inbound('HELP', { id: '01JH1', at: minutes(0) }));
    await box.faults({ kind: 'messages:send', answers: [503] });
    await box.drain(240);
    expect((await box.arrivals('messages:send')).map(({ answer }) => answer)).toEqual([503, 200]);
  });

  test('is not repeated when nobody knows whether it went out', async () => {
    const box = openBox();
    await through(box, inbound('HELP', { id: '01JH1', at: minutes(-1) }));
    await box.faults({ kind: 'messages:send', answers: ['none'] });
    await box.drain(200);
    expect(await sent(box)).toHaveLength(1);
  });
});
