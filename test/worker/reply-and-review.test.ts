import { reset } from 'cloudflare:test';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { actions } from '../../src/actions/index.ts';
import { readCallback } from '../../src/callbacks/callback.ts';
import { pass } from '../../src/pipeline/ingest.ts';
import { compile } from '../../src/rules/compile/compile.ts';
import { open } from '../../src/services.ts';
import { type Box, env, openBox } from './box.ts';
import { APP, inbound, minutes, PERSON } from './sample.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

const message = (value: string) => ({ fact: 'text', operator: 'says', value });
const rule = (
  name: string,
  when: object,
  then: object[],
  on = ['MESSAGE_INBOUND', 'MESSAGE_INBOUND_SMART_CONVERSATION_REDACTION'],
) => ({
  [`${name}.json`]: { name, why: 'to try it', owner: 'tests', on, when, then },
});
const RULES = {
  ...rule('stop', message('STOP'), [
    { action: 'suppress' },
    { action: 'reply', params: { text: 'You get no more messages from us.' } },
  ]),
  ...rule('start', message('START'), [
    { action: 'unsuppress' },
    { action: 'reply', params: { text: 'Welcome back.' } },
  ]),
  ...rule('help', message('HELP'), [{ action: 'reply', params: { text: 'Call us.' } }]),
  ...rule(
    'opt-out',
    { fact: 'opt_status', operator: 'equal', value: 'OPT_OUT_SUCCEEDED' },
    [{ action: 'suppress' }, { action: 'reply', params: { text: 'Bye.' } }],
    ['OPT_OUT'],
  ),
};

/** Sends callbacks through these rules. */
async function through(box: Box, ...callbacks: object[]): Promise<void> {
  const services = open(box.bindings);
  const { rulebook, findings } = compile(
    { rules: RULES, lists: {}, conditions: {}, alerts: {} },
    actions,
    'try',
  );
  expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  for (const callback of callbacks) {
    await pass(await readCallback(new TextEncoder().encode(JSON.stringify(callback)), Date.now()), {
      ...services,
      rulebook: async () => rulebook,
    });
  }
}
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

describe('review', () => {
  const reviews = async (box: Box, state = 'open') =>
    (
      await (
        await box.ask(`/v1/reviews?state=${state}`)
      ).json<{ reviews: { id: string; people: object[]; text: string; reason: string }[] }>()
    ).reviews;
  const decide = (box: Box, id: string | undefined, decision: string) =>
    box.ask(`/v1/reviews/${id}`, {
      method: 'POST',
      body: JSON.stringify({ decision, actor: 'ines', reason: 'it is a STOP' }),
    });
  const suppressed = async (box: Box) =>
    (await (await box.ask(`/v1/recipients/SMS/${PERSON}`)).json<{ suppressed: boolean }>())
      .suppressed;

  test('a near miss waits for a person, whose one call suppresses, on record, and START lifts it', async () => {
    const box = openBox();
    const nearMiss = inbound('please stop texting me', { at: minutes(-3) });
    await box.take(nearMiss);
    await box.take(nearMiss);
    await box.drain();
    const [review, ...more] = await reviews(box);
    expect(more).toEqual([]);
    expect(review).toMatchObject({
      kind: 'near-miss',
      text: 'please stop texting me',
      people: [{ channel: 'SMS', identity: PERSON, suppressed: false }],
    });
    expect((await decide(box, review?.id, 'suppress')).status).toBe(200);
    expect(await suppressed(box)).toBe(true);
    expect(await reviews(box)).toEqual([]);
    expect(await reviews(box, 'suppressed')).toMatchObject([
      { decided_by: 'ines (api-token)', decision_reason: 'it is a STOP' },
    ]);
    expect((await decide(box, review?.id, 'dismiss')).status).toBe(409);
    await box.take(inbound('START', { at: minutes(-1) }));
    expect(await suppressed(box)).toBe(false);
  });

  test('when two decide at once, whoever says STOP has the last word', async () => {
    const box = openBox();
    await box.take(inbound('Please stop texting me'));
    await box.drain(60);
    const [review] = await reviews(box);
    const [stop] = await Promise.all([
      decide(box, review?.id, 'suppress'),
      decide(box, review?.id, 'dismiss'),
    ]);
    expect(stop.status).toBe(200);
    expect(await reviews(box, 'suppressed')).toHaveLength(1);
  });

  test.each([
    ['an unknown review', 'none', { decision: 'dismiss', actor: 'ines', reason: 'x' }, 404],
    ['a decision without a reason', 'none', { decision: 'dismiss', actor: 'ines' }, 400],
    ['a decision that is none', 'none', { decision: 'maybe', actor: 'ines', reason: 'x' }, 400],
  ])('%s is refused', async (_, id, body, status) => {
    expect(
      (await openBox().ask(`/v1/reviews/${id}`, { method: 'POST', body: JSON.stringify(body) }))
        .status,
    ).toBe(status);
  });

  test('merged contacts whose consents differ make a review that names both sides; contacts that agree make none', async () => {
    const box = openBox();
    const contact = (id: string, identity: string) => ({
      id,
      channel_identities: [{ channel: 'SMS', identity, app_id: '' }],
      display_name: '',
      email: '',
      external_id: '',
      metadata: '',
      language: 'SV',
    });
    const merge = (kept: string, gone: string) => ({
      app_id: '',
      event_time: minutes(-1),
      contact_merge_notification: {
        preserved_contact: contact(`01J${kept}`, kept),
        deleted_contact: contact(`01J${gone}`, gone),
      },
    });
    await box.take(inbound('STOP', { at: minutes(-5) }));
    await box.take(merge(PERSON, '46701740611'));
    await box.take(merge('46701740612', '46701740613'));
    await box.drain();
    const open = await reviews(box);
    expect(open).toHaveLength(1);
    expect(open[0]?.people).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ identity: PERSON, suppressed: true }),
        expect.objectContaining({ identity: '46701740611', suppressed: false }),
      ]),
    );
    await decide(box, open[0]?.id, 'suppress');
    expect(await (await box.ask('/v1/recipients/SMS/46701740611')).json()).toMatchObject({
      suppressed: true,
    });
  });

  test('names people and their words only sealed in the database', async () => {
    const box = openBox();
    await box.take(inbound('please stop texting me', { at: minutes(-3) }));
    await box.drain();
    const stored = JSON.stringify((await env.DB.prepare('SELECT * FROM reviews').all()).results);
    expect(stored).not.toContain(PERSON);
    expect(stored).not.toContain('texting');
    expect((await reviews(box))[0]?.reason).toBe('Not a plain STOP: “please stop texting me”');
  });
});
