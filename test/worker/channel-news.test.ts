import { afterEach, describe, expect, test, vi } from 'vitest';
import { env, openBox } from './box.ts';
import { APP, inbound, PERSON } from './sample.ts';
import { sender } from './sender-asked.ts';
import { reset } from './storage.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

const AT = '2026-11-20T11:59:00Z';
const END = Date.parse('2026-12-01T00:00:00Z');
const notification = (...changes: object[]) => ({
  app_id: APP,
  event_time: AT,
  unsupported_callback: {
    channel: 'WHATSAPP',
    id: '01JUNSUPPORTED0000000000BX',
    payload: JSON.stringify({
      object: 'whatsapp_business_account',
      entry: [{ id: '1', time: 1_795_000_000, changes }],
    }),
  },
});
const capability = {
  field: 'business_capability_update',
  value: { max_daily_conversation_per_phone: 1000 },
};
const restriction = (expiration?: number) => ({
  field: 'account_update',
  value: {
    event: 'ACCOUNT_RESTRICTION',
    restriction_info: [{ restriction_type: 'RESTRICTED_BIZ_INITIATED_MESSAGING', expiration }],
  },
});
const templateEvent = (event_type: string) => ({
  app_id: APP,
  event_time: '2026-11-20T12:00:00Z',
  channel_event_notification: {
    channel_event: {
      channel: 'WHATSAPP',
      event_type,
      additional_data: { name: 'offer', language: 'en' },
    },
  },
});
const preference = (value: string, at: string) => ({
  ...notification({
    field: 'user_preferences',
    value: { user_preferences: [{ wa_id: PERSON, category: 'marketing_messages', value }] },
  }),
  event_time: at,
});
const allowed = async (box: ReturnType<typeof openBox>, content: string) => {
  const body = JSON.stringify({
    recipients: [{ channel: 'WHATSAPP', identity: PERSON, app_id: APP, content }],
  });
  const answer = await box.ask('/v1/may-send', {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json' },
  });
  return (await answer.json<{ results: { allowed: boolean }[] }>()).results[0]?.allowed;
};

describe('a notification with several changes', () => {
  test('is answered, stored and acted on change by change, once', async () => {
    const box = openBox();
    const body = notification(capability, restriction(END / 1000));
    const answer = await box.take(body);
    expect(answer).toMatchObject({
      trigger: 'UNSUPPORTED',
      callbacks: [
        { fired: [{ rule: 'limit-changed' }, { rule: 'unsupported-forwarded' }] },
        { fired: [{ rule: 'number-restricted' }, { rule: 'unsupported-forwarded' }] },
      ],
    });
    expect(answer.fired).toHaveLength(4);
    expect(await box.take(body)).toEqual(answer);
    await box.drain();
    expect(await box.arrivals('forward')).toHaveLength(2);
    expect((await box.arrivals('alert')).map(({ body: { rule } }) => rule).toSorted()).toEqual([
      'limit-changed',
      'number-restricted',
    ]);
  });

  test('is queued beyond the first twenty, and acted on all the same', async () => {
    const box = openBox();
    const harmless = Array.from({ length: 20 }, () => capability);
    const answer = await box.take(notification(...harmless, restriction()));
    expect(answer).toMatchObject({
      callbacks: expect.arrayContaining([expect.objectContaining({ deferred: 'many_at_once' })]),
    });
    expect((await sender(box)).throttle).toBeNull();
    await box.drain();
    expect(await sender(box)).toMatchObject({ throttle: { to: '0', reason: 'number-restricted' } });
  });
});

describe('a restriction', () => {
  test('stops marketing until the channel says that it ends', async () => {
    const box = openBox();
    await box.take(notification(restriction(END / 1000)));
    expect(await sender(box)).toMatchObject({
      throttle: { to: '0', until: new Date(END).toISOString() },
    });
  });

  test.each([
    undefined,
    1_700_000_000,
  ])('stops it for a day where the end is %s', async (expiration) => {
    const box = openBox();
    await box.take(notification(restriction(expiration)));
    expect(await sender(box)).toMatchObject({
      throttle: { to: '0', until: '2026-11-21T11:59:00.000Z' },
    });
  });

  test('is not lifted by a template that is back, and not set by one that is gone', async () => {
    const box = openBox();
    await box.take(templateEvent('WHATSAPP_TEMPLATE_DELETED'));
    expect((await sender(box)).throttle).toBeNull();
    await box.take(notification(restriction(END / 1000)));
    await box.take(templateEvent('WHATSAPP_TEMPLATE_REINSTATED'));
    expect(await sender(box)).toMatchObject({ throttle: { to: '0' } });
  });
});

describe('the preference that a person set at WhatsApp', () => {
  test('stops marketing before the answer, and takes it up again', async () => {
    const box = openBox();
    await box.take(preference('stop', AT));
    expect([await allowed(box, 'marketing'), await allowed(box, 'notification')]).toEqual([
      false,
      true,
    ]);
    await box.take(preference('resume', '2026-11-20T12:05:00Z'));
  });
});

describe('another API of Sinch', () => {
  test('a STOP by the SMS API counts before the answer', async () => {
    const box = openBox();
    const mo = {
      id: 'mo-1',
      type: 'mo_text',
      from: PERSON,
      to: '46700000001',
      body: 'STOP',
      received_at: AT,
    };
    expect(await box.take(mo)).toMatchObject({
      trigger: 'MESSAGE_INBOUND',
      fired: [{ rule: 'stop' }],
    });
    const person = await box.ask(`/v1/recipients/SMS/+${PERSON}`);
    expect(await person.json()).toMatchObject({ suppressed: true });
  });

  test('code 257 in a report of the SMS API is an opt-out', async () => {
    const box = openBox();
    const report = {
      type: 'recipient_delivery_report_sms',
      ...{ batch_id: 'b', recipient: PERSON, code: 257, status: 'Failed', at: AT },
    };
    expect(await box.take(report)).toMatchObject({
      trigger: 'SMS_DELIVERY',
      fired: [{ rule: 'sms-api-stopped' }],
    });
    const person = await box.ask(`/v1/recipients/SMS/+${PERSON}`);
    expect(await person.json()).toMatchObject({ suppressed: true });
  });
});

describe('a callback that no trigger knows', () => {
  test('is stored whole in quarantine, listed and told, without its tokens', async () => {
    const box = openBox();
    const body = { app_id: APP, something_new: { id: 1, bearerToken: 'secret-token' } };
    expect(await box.take(body)).toMatchObject({
      trigger: 'UNKNOWN',
      quarantined: { code: 'unknown_trigger', detail: expect.stringContaining('"something_new"') },
    });
    const { quarantine } = await (await box.ask('/v1/quarantine')).json<{
      quarantine: { id: string; code: string }[];
    }>();
    expect(quarantine).toMatchObject([{ code: 'unknown_trigger' }]);
    const stored = await env.ARCHIVE.get(`quarantine/${quarantine[0]?.id}`);
    expect(await stored?.json()).toEqual({ app_id: APP, something_new: { id: 1 } });
    await box.drain(60);
    expect((await box.arrivals('alert')).map(({ body: { title } }) => title)).toContain(
      'Signalbox: callbacks cannot be read (unknown_trigger)',
    );
  });

  test('is not redelivered before a release reads it', async () => {
    const box = openBox();
    await box.take({ app_id: APP, something_new: { id: 1 } });
    const { quarantine } = await (await box.ask('/v1/quarantine')).json<{
      quarantine: { id: string }[];
    }>();
    const again = await box.ask(`/v1/quarantine/${quarantine[0]?.id}/redeliver`, {
      method: 'POST',
    });
    expect(again.status).toBe(422);
    expect(await again.json()).toMatchObject({ code: 'unknown_trigger' });
    await box.take(inbound('hello'));
  });
});
