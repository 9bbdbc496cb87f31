import { afterEach, describe, expect, test, vi } from 'vitest';
import { actions } from '../../src/actions/index.ts';
import { readCallback } from '../../src/callbacks/callback.ts';
import { AppError } from '../../src/errors.ts';
import { ingest } from '../../src/pipeline/ingest.ts';
import { compile } from '../../src/rules/compile/compile.ts';
import { open } from '../../src/services.ts';
import { openSinch } from '../../src/sinch/client.ts';
import { openShared } from '../../src/sinch/rate.ts';
import { forgetToken } from '../../src/sinch/token.ts';
import { type Box, env, openBox } from './box.ts';
import { APP, inbound, receipt, submitted } from './sample.ts';
import { reset } from './storage.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

/** Sends a FAILED through one rule that retries in this way. */
async function failed(box: Box, id: string, params: object, channel = 'WHATSAPP'): Promise<void> {
  const rule = {
    name: 'again',
    why: 'w',
    owner: 'o',
    on: ['MESSAGE_DELIVERY'],
    when: { fact: 'status', operator: 'equal', value: 'FAILED' },
    then: [{ action: 'retry', params: { at_most: 2, first_delay: '1s', within: '1h', ...params } }],
  };
  const { rulebook, findings } = compile(
    { rules: { 'again.json': rule }, lists: {}, conditions: {}, alerts: {} },
    actions,
    'try',
  );
  expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  const callback = receipt(id, 'FAILED', { code: 'CHANNEL_FAILURE', channel });
  await ingest(await readCallback(new TextEncoder().encode(JSON.stringify(callback)), Date.now()), {
    ...open(box.bindings),
    rulebook: async () => rulebook,
  });
}
const sent = async (box: Box) => (await box.arrivals('messages:send')).map(({ body }) => body);

describe('retry', () => {
  test('goes to another channel when the rule says so, under that channel’s consent', async () => {
    const box = openBox();
    await box.take(submitted('01JFALL'));
    await failed(box, '01JFALL', { then_channel: 'SMS' });
    await box.drain(60);
    expect(await sent(box)).toMatchObject([
      {
        channel_priority_order: ['SMS'],
        recipient: { identified_by: { channel_identities: [{ channel: 'SMS' }] } },
      },
    ]);
  });

  test('does not go to a channel on which the person said STOP', async () => {
    const box = openBox();
    await box.take(submitted('01JFALL'));
    await box.take(inbound('STOP'));
    await failed(box, '01JFALL', { then_channel: 'SMS' });
    await box.drain(60);
    expect(await sent(box)).toEqual([]);
  });

  test('sends a template into a closed window, and needs no copy for it', async () => {
    const box = openBox();
    await failed(box, '01JCLOSED', {
      template: { template_id: 'way-back', language_code: 'sv', parameters: { name: 'Åsa' } },
    });
    await box.drain(60);
    expect(await sent(box)).toMatchObject([
      {
        message: {
          template_message: { omni_template: { template_id: 'way-back', language_code: 'sv' } },
        },
      },
    ]);
  });

  test('of one app go out no faster than the rule lets them, and none is lost', async () => {
    const box = openBox();
    for (const id of ['01JA1', '01JA2', '01JA3']) await box.take(submitted(id));
    for (const id of ['01JA1', '01JA2', '01JA3']) await failed(box, id, { per_app: '1/minute' });
    await box.drain(10);
    expect(await sent(box)).toHaveLength(1);
    await box.drain(600);
    expect(await sent(box)).toHaveLength(3);
  });

  test('that wait for one throttled channel leave the app’s share to its other channels', async () => {
    const box = openBox();
    const limit = {
      rule: 'by-hand',
      rate: '0',
      callbackId: 'x',
      at: Date.now(),
      until: Date.now() + 3_600_000,
    };
    await open(box.bindings)
      .objects.senders.of(APP, 'WHATSAPP')
      .limit({ ...limit, content: 'marketing' });
    for (const id of ['01JA1', '01JA2', '01JA3']) await box.take(submitted(id));
    for (const id of ['01JA1', '01JA2']) await failed(box, id, { per_app: '2/hour' });
    await box.drain(600);
    await failed(box, '01JA3', { per_app: '2/hour' }, 'SMS');
    await box.drain(60);
    expect(await sent(box)).toMatchObject([{ channel_priority_order: ['SMS'] }]);
  });

  test('that wait for the app’s share give their sender’s permit back', async () => {
    const box = openBox();
    const limit = {
      rule: 'by-hand',
      rate: '1/hour',
      callbackId: 'x',
      at: Date.now(),
      until: Date.now() + 86_400_000,
    };
    const { senders } = open(box.bindings).objects;
    await senders.of(APP, 'SMS').limit({ ...limit, content: 'marketing' });
    for (const id of ['01JA1', '01JA2']) await box.take(submitted(id));
    await failed(box, '01JA1', { per_app: '1/hour', within: '3h' });
    await box.drain(10);
    await failed(box, '01JA2', { per_app: '1/hour', within: '3h' }, 'SMS');
    await box.drain(60);
    expect(await sent(box)).toHaveLength(1);
    expect(
      await senders.of(APP, 'SMS').permit({ content: 'marketing', count: 1, now: Date.now() }),
    ).toEqual({
      granted: 1,
    });
  });

  test.each([
    ['the sender’s permit', { rate: '1/hour' }, {}],
    ['the app’s share', undefined, { per_app: '1/hour' }],
  ])('give %s back when Sinch takes nothing, and go out before their time is over', async (_, limited, params) => {
    const box = openBox();
    const limit = {
      rule: 'by-hand',
      callbackId: 'x',
      at: Date.now(),
      until: Date.now() + 86_400_000,
    } as const;
    const { senders } = open(box.bindings).objects;
    if (limited) await senders.of(APP, 'SMS').limit({ ...limit, ...limited, content: 'marketing' });
    await box.take(submitted('01JBACK'));
    await box.faults({ kind: 'messages:send', answers: [503] });
    await failed(box, '01JBACK', { within: '30m', ...params }, 'SMS');
    await box.drain(7200);
    expect((await box.arrivals('messages:send')).map(({ answer }) => answer)).toEqual([503, 200]);
  });

  test('say to Sinch which content they were allowed as', async () => {
    const box = openBox();
    for (const id of ['01JA1', '01JA2']) await box.take(submitted(id));
    await failed(box, '01JA1', {});
    await failed(box, '01JA2', { content: 'notification' });
    await box.drain(60);
    expect((await sent(box)).map((body) => body.message_content_type).toSorted()).toEqual([
      'CONTENT_MARKETING',
      'CONTENT_NOTIFICATION',
    ]);
  });

  test('left out for want of a copy is told once an hour', async () => {
    const box = openBox();
    await failed(box, '01JNONE1', {});
    await failed(box, '01JNONE2', {});
    await box.drain(60);
    expect((await box.arrivals('alert')).map(({ body }) => body.title)).toEqual([
      expect.stringContaining('retry of rule again is skipped'),
    ]);
  });
});

describe('the pace of a project', () => {
  test('after a 429 nobody asks Sinch again before it said, and then the message goes out', async () => {
    const box = openBox();
    for (const id of ['01JP1', '01JP2', '01JP3']) await box.take(submitted(id));
    await box.faults({ kind: 'messages:send', answers: [{ status: 429, retry_after: 120 }] });
    for (const id of ['01JP1', '01JP2', '01JP3']) await failed(box, id, {}, 'SMS');
    await box.drain(60);
    expect(
      (await box.arrivals('messages:send')).filter(({ message_id }) => message_id).length,
    ).toBeLessThanOrEqual(2);
    const asked = (await box.arrivals('messages:send')).length;
    await box.drain(50);
    expect((await box.arrivals('messages:send')).length).toBe(asked);
    await box.drain(3000);
    expect(
      (await box.arrivals('messages:send')).filter(({ message_id }) => message_id),
    ).toHaveLength(3);
  });

  test('more than it allows in a second is refused with the time to wait, and nothing is asked', async () => {
    const box = openBox();
    const services = open(box.bindings);
    const { senders } = services.objects;
    await senders
      .of('test-project', 'SINCH-API')
      .permit({ content: 'other', count: 400, now: Date.now(), or: '400/second' });
    const asking = services.sinch().message('01J', 'CONVERSATION_SOURCE');
    await expect(asking).rejects.toThrow(AppError);
    await expect(asking).rejects.toMatchObject({ code: 'sinch_unavailable', retryAfter: 1 });
  });
});

describe('the token', () => {
  test('is kept a minute at least: KV takes no shorter time', async () => {
    const { dataKey, objects, now } = open(openBox().bindings);
    const { tokens } = openShared(env.KV, dataKey, objects, 'test-project', now);
    await tokens.put({ value: 'soon over', until: now() + 10_000 });
    expect(await tokens.get()).toMatchObject({ value: 'soon over' });
  });

  test('is shared by all isolates through KV, sealed, and renewed when Sinch refuses it', async () => {
    const box = openBox();
    const access = {
      projectId: 'test-project',
      keyId: 'test-key-id',
      keySecret: 'test-key-secret',
      apiUrl: 'https://sinch.test',
      authUrl: 'https://sinch.test',
    };
    const { dataKey, objects, now } = open(box.bindings);
    const isolate = () => {
      const shared = openShared(env.KV, dataKey, objects, 'test-project', now);
      return { ...shared, sinch: openSinch(access, now, shared) };
    };
    const tokens = () =>
      vi
        .mocked(globalThis.fetch)
        .mock.calls.filter(([input]) => String(input).endsWith('/oauth2/token')).length;
    const first = isolate();
    await first.sinch.message('01J', 'CONVERSATION_SOURCE');
    expect(tokens()).toBe(1);
    const shelved = await env.KV.get('sinch:token');
    expect(shelved).toMatch(/^1\./);
    await isolate().sinch.message('01J', 'CONVERSATION_SOURCE');
    expect(tokens()).toBe(1);
    forgetToken(first.memory);
    await first.sinch.message('01J', 'CONVERSATION_SOURCE');
    expect(tokens()).toBe(2);
  });
});
