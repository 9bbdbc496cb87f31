import { afterEach, describe, expect, test, vi } from 'vitest';
import { openBox } from '../box.ts';
import { APP, inbound, minutes, opt, PERSON, rating } from '../sample.ts';
import { reset } from '../storage.ts';
import { maySend, person, post, sms, whatsapp } from './asking.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

describe('may I send?', () => {
  test('is no question of more than 1 MiB, and the refusal speaks of no callback', async () => {
    const answer = await post(openBox(), '/v1/may-send', { recipients: ['x'.repeat(1_100_000)] });
    expect(await answer.json()).toMatchObject({ status: 413, code: 'too_large' });
  });

  test('yes to somebody of whom nothing is known', async () => {
    const box = openBox();
    expect(await maySend(box, [person('12025550142')])).toEqual({
      results: [{ allowed: true, reasons: [] }],
      senders: [{ app_id: APP, channel: 'SMS', content: 'marketing', throttle: null, left: null }],
      consistency: 'strong',
      as_of: '2026-11-20T12:00:00.000Z',
    });
  });

  test('no to somebody who wrote STOP, with the words, since when, and the decision as evidence', async () => {
    const box = openBox();
    const { id } = await box.take(inbound('STOP'));
    const { results } = await maySend(box, [person('12025550142'), person(`+${PERSON}`, 'other')]);
    expect(results).toEqual([
      { allowed: true, reasons: [] },
      {
        allowed: false,
        reasons: [
          {
            code: 'opted_out',
            message: 'This person wants no messages at all: they wrote “STOP”.',
            since: '2026-11-20T11:59:00.000Z',
            decision_id: id,
          },
        ],
      },
    ]);
  });

  test.each([
    ['marketing', 'marketing', false],
    ['marketing', 'notification', true],
    ['marketing', 'other', true],
    ['notification', 'notification', false],
    ['notification', 'marketing', true],
    ['all', 'other', false],
  ] as const)('a STOP of %s and a message of %s: %s', async (scope, content, allowed) => {
    const box = openBox();
    const put = await box.ask(`/v1/recipients/SMS/${PERSON}`, {
      method: 'PUT',
      body: JSON.stringify({ scope, actor: 'ada', reason: 'she called us' }),
    });
    expect(put.status, await put.text()).toBe(200);
    const { results } = await maySend(box, [person(PERSON, content)]);
    expect(results[0]?.allowed).toBe(allowed);
  });

  test('names the newest cause after a START in between', async () => {
    const box = openBox();
    await box.take(inbound('STOP', { id: 'a', at: minutes(-30) }));
    await box.take(inbound('START', { id: 'b', at: minutes(-20) }));
    const { id } = await box.take(inbound('UNSUBSCRIBE', { id: 'c', at: minutes(-10) }));
    const { results } = await maySend(box, [person(PERSON)]);
    expect(results[0]?.reasons).toMatchObject([{ decision_id: id, since: minutes(-10) }]);
  });

  test('tells an opt-out on the channel from words', async () => {
    const box = openBox();
    await box.take(opt('OPT_OUT_SUCCEEDED'));
    const { results } = await maySend(box, [person(PERSON, 'marketing', 'VIBERBM')]);
    expect(results[0]?.reasons[0]?.message).toContain('they opted out on the channel');
  });

  test('says what is left of a throttle without taking any, once a sender and content', async () => {
    const box = openBox();
    await box.take(rating('RED'));
    for (let round = 0; round < 2; round++) {
      const { results, senders } = await maySend(box, [
        whatsapp('marketing'),
        whatsapp('marketing'),
        whatsapp('other'),
        sms('marketing'),
      ]);
      expect(results.map(({ allowed }) => allowed)).toEqual([true, true, true, true]);
      expect(senders).toMatchObject([
        {
          app_id: APP,
          channel: 'WHATSAPP',
          content: 'marketing',
          left: 10,
          throttle: { to: '10/minute', reason: 'whatsapp-quality-red' },
        },
        { app_id: APP, channel: 'WHATSAPP', content: 'other', left: null, throttle: null },
        { app_id: APP, channel: 'SMS', content: 'marketing', left: null, throttle: null },
      ]);
      expect(senders[0]).not.toHaveProperty('retry_after');
    }
  });

  test('no to everybody while the sender is stopped', async () => {
    const box = openBox();
    const limit = { to: '0', content: 'marketing', for: '1h', actor: 'ada', reason: 'it rings' };
    const put = await box.ask(`/v1/senders/${APP}/SMS/throttle`, {
      method: 'PUT',
      body: JSON.stringify(limit),
    });
    expect(put.status, await put.clone().text()).toBe(200);
    const { results } = await maySend(box, [
      person('12025550142'),
      person('12025550142', 'notification'),
    ]);
    expect(results).toMatchObject([
      { allowed: false, reasons: [{ code: 'sender_stopped' }] },
      { allowed: true },
    ]);
  });

  test('answers 1,000 people in the order asked, one call a shard', async () => {
    const box = openBox();
    await box.take(inbound('STOP'));
    const calls = { count: 0 };
    const { RECIPIENTS } = box.bindings;
    const counting = new Proxy(RECIPIENTS, {
      get(target, key) {
        const value: unknown = Reflect.get(target, key);
        if (key === 'getByName') calls.count += 1;
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    box.bindings.RECIPIENTS = counting;
    const people = Array.from({ length: 1_000 }, (_, at) =>
      person(at % 100 === 7 ? PERSON : String(12025550000 + at)),
    );
    calls.count = 0;
    const { results } = await maySend(box, people);
    expect(results.map(({ allowed }) => allowed)).toEqual(
      people.map(({ identity }) => identity !== PERSON),
    );
    expect(calls.count).toBeLessThanOrEqual(16);
  });
});

describe('a question that cannot be read is refused and names the entry', () => {
  const good = person('12025550142');
  test.each([
    ['no JSON', '{', 'body: is not JSON'],
    ['a list', [], 'recipients: is missing'],
    ['nobody', { recipients: [] }, 'recipients: name at least one recipient'],
    [
      '1,001 people',
      { recipients: Array(1_001).fill(good) },
      'recipients: at most 1000 recipients in one call',
    ],
    [
      'no content',
      { recipients: [good, { channel: 'SMS', identity: '1', app_id: APP }] },
      'recipients.1.content: is missing',
    ],
    [
      'an unknown content',
      { recipients: [good, { ...good, content: 'ads' }] },
      /^recipients.1.content: expected \("marketing"/,
    ],
    [
      'a typing mistake',
      { recipients: [{ ...good, contents: 'x' }] },
      'recipients.0.contents: is not known here',
    ],
    [
      'no app',
      { recipients: [good, { ...good, app_id: undefined }] },
      'recipients.1.app_id: is missing',
    ],
    [
      'an empty app',
      { recipients: [good, { ...good, app_id: ' ' }] },
      /^recipients.1.app_id: is missing: stops and limits are those of an app$/,
    ],
    [
      '33 senders',
      { recipients: Array.from({ length: 33 }, (_, at) => ({ ...good, app_id: `app-${at}` })) },
      /33 senders/,
    ],
  ])('%s', async (_, body, detail) => {
    const response = await post(openBox(), '/v1/may-send', body);
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    const problem = await response.json<{ code: string; detail: string }>();
    expect(problem.code).toBe('bad_request');
    expect(problem.detail).toMatch(detail);
    expect(problem.detail).not.toContain('12025550142');
  });

  test('an unknown consistency', async () => {
    const response = await post(openBox(), '/v1/may-send?consistency=weak', { recipients: [good] });
    expect(await response.json()).toMatchObject({
      status: 400,
      detail: expect.stringMatching(/^consistency: expected/),
    });
  });
});
