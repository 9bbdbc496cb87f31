import { afterEach, describe, expect, test, vi } from 'vitest';
import { openBox } from './box.ts';
import { APP, PERSON, receipt, submitted } from './sample.ts';
import { reset } from './storage.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

/** A receipt in the shape of 2021: neither metadata nor a correlation id. */
const bare = (id: string) => ({
  app_id: APP,
  project_id: 'local-project',
  event_time: '2026-11-20T11:59:30Z',
  accepted_time: '2026-11-20T11:59:30Z',
  message_delivery_report: {
    message_id: id,
    status: 'FAILED',
    channel_identity: { channel: 'SMS', identity: PERSON, app_id: '' },
    reason: { code: 'CHANNEL_FAILURE', description: '' },
  },
});

describe('a retry carries the customer’s metadata and correlation id', () => {
  test.each([
    ['when the receipt carries neither', bare('01JM')],
    [
      'when the receipt leaves both empty',
      receipt('01JM', 'FAILED', { code: 'CHANNEL_FAILURE', metadata: '' }),
    ],
  ])('%s', async (_, failed) => {
    const box = openBox();
    await box.take({ ...submitted('01JM', { metadata: 'order-99' }), correlation_id: 'corr-1' });
    await box.take(failed);
    await box.drain(600);
    expect((await box.arrivals('messages:send')).map(({ body }) => body)).toMatchObject([
      { message_metadata: 'order-99', correlation_id: 'corr-1' },
    ]);
  });

  test('those of the receipt, where it carries them', async () => {
    const box = openBox();
    await box.take({ ...submitted('01JM', { metadata: 'order-99' }), correlation_id: 'corr-1' });
    await box.take({
      ...receipt('01JM', 'FAILED', { code: 'CHANNEL_FAILURE', metadata: 'now' }),
      correlation_id: 'c2',
    });
    await box.drain(600);
    expect((await box.arrivals('messages:send')).map(({ body }) => body)).toMatchObject([
      { message_metadata: 'now', correlation_id: 'c2' },
    ]);
  });

  test('the metadata that Sinch keeps, where we have no copy', async () => {
    const message = { text_message: { text: 'Your parcel comes at noon.' } };
    const stored = {
      ...{
        id: '01JSTORED',
        app_id: APP,
        direction: 'TO_CONTACT' as const,
        app_message: message,
        metadata: 'order-99',
      },
      ...{
        contact_id: '',
        conversation_id: '',
        sender_id: '',
        injected: false as const,
        processing_mode: 'CONVERSATION' as const,
      },
      channel_identity: { channel: 'SMS', identity: PERSON, app_id: '' },
      accept_time: '2026-11-20T11:58:00Z',
    };
    const box = openBox({ messages: [stored] });
    await box.take(bare('01JSTORED'));
    await box.drain(600);
    expect((await box.arrivals('messages:send')).map(({ body }) => body)).toMatchObject([
      { message, message_metadata: 'order-99' },
    ]);
  });
});
