import { describe, expect, test } from 'vitest';
import { read, readSample, sampleBody, sampleText } from '../../src/samples/samples.ts';

/** A sample with one field, named by its path, changed. */
function changed(name: string, path: string, value: unknown): unknown {
  const body = sampleBody(name);
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  const inner = keys.reduce<Record<string, unknown>>(
    (at, key) => at[key] as Record<string, unknown>,
    body,
  ); // the paths below exist
  inner[last] = value;
  return body;
}

describe('the id of a callback', () => {
  test.each([
    'delivery-failed-transient',
    'stop',
    'message-submit',
    'event-reaction',
    'event-delivery-failed',
    'conversation-started',
    'contact-created',
    'contact-deleted',
    'contact-merged',
    'capability-unknown',
    'opt-out-viber',
    'unsupported',
    'smart-conversation',
    'recording',
    'batch-processed',
  ])('%s: does not depend on how the JSON is written', async (name) => {
    expect((await read(JSON.stringify(sampleBody(name)))).id).toBe((await readSample(name)).id);
  });

  test.each([
    [
      'another status of the same message',
      'delivery-delivered',
      'message_delivery_report.status',
      'READ',
    ],
    [
      'the same message on another channel',
      'delivery-failed-transient',
      'message_delivery_report.channel_identity.channel',
      'MMS',
    ],
    [
      'the same message to another identity',
      'delivery-delivered',
      'message_delivery_report.channel_identity.identity',
      '12025550143',
    ],
    [
      'the next channel of a submitted message',
      'message-submit',
      'message_submit_notification.channel_identity.channel',
      'RCS',
    ],
    [
      'the same capability request for another channel',
      'capability-full',
      'capability_notification.channel',
      'SMS',
    ],
    [
      'the same capability request with another answer',
      'capability-full',
      'capability_notification.capability_status',
      'NO_CAPABILITY',
    ],
    [
      'the same opt request for another channel',
      'opt-out-viber',
      'opt_out_notification.channel',
      'SMS',
    ],
    [
      'the same opt request with another outcome',
      'opt-out-viber',
      'opt_out_notification.status',
      'OPT_OUT_FAILED',
    ],
    [
      'another status of the same batch',
      'batch-partial',
      'batch_status_update.status',
      'COMPLETED',
    ],
    [
      'a batch of which more has failed by now',
      'batch-partial',
      'batch_status_update.failed_messages',
      300,
    ],
    [
      'another status of the same recording',
      'recording',
      'record_notification.record_status',
      'RECORD_STATUS_UNSPECIFIED',
    ],
    ['another message of the same person', 'stop', 'message.id', '01JDOTHER'],
    [
      'a conversation that starts again',
      'conversation-started',
      'accepted_time',
      '2026-11-21T09:00:00Z',
    ],
    [
      'a conversation that stops again',
      'conversation-stopped',
      'accepted_time',
      '2026-11-21T09:00:00Z',
    ],
    ['a contact that changes again', 'contact-updated', 'accepted_time', '2026-11-21T09:00:00Z'],
    ['the same rating once more', 'whatsapp-quality-red', 'accepted_time', '2026-11-21T09:00:00Z'],
    ['another app', 'whatsapp-quality-red', 'app_id', '01JBOTHER'],
    [
      'the same duplicates found again',
      'contact-duplicated',
      'accepted_time',
      '2026-11-21T09:00:00Z',
    ],
    [
      'a merge of another contact',
      'contact-merged',
      'contact_merge_notification.deleted_contact.id',
      '01JDOTHER',
    ],
    [
      'another reading of the same message',
      'smart-conversation',
      'smart_conversation_notification.analysis_results.ml_pii_result',
      undefined,
    ],
    [
      'another reading of the same message, whose other lists are empty',
      'smart-conversation',
      'smart_conversation_notification.analysis_results.ml_pii_result',
      [],
    ],
  ])('is another for %s', async (_, name, path, value) => {
    expect((await read(changed(name, path, value))).id).not.toBe((await readSample(name)).id);
  });

  test.each([
    ['a receipt', 'delivery-delivered', 'accepted_time', '2026-11-21T09:00:00Z'],
    ['a message', 'stop', 'event_time', undefined],
    ['an answer', 'capability-full', 'correlation_id', 'other'],
    ['an answer given again', 'capability-full', 'event_time', '2026-11-21T09:00:00Z'],
    ['an opt-out told of again', 'opt-out-viber', 'event_time', '2026-11-21T09:00:00Z'],
    ['a person’s event', 'event-reaction', 'event_time', '2026-11-21T09:00:00Z'],
    ['a batch', 'batch-processed', 'event_time', '2026-11-21T09:00:00Z'],
    ['a person’s contact', 'opt-out-viber', 'opt_out_notification.contact_id', ''],
  ])('of %s stays the same where something beside its key differs', async (_, name, path, value) => {
    expect((await read(changed(name, path, value))).id).toBe((await readSample(name)).id);
  });

  test('comes from the raw body where the key is missing', async () => {
    const keyless = sampleText('event-composing-2021');
    expect((await read(keyless)).id).toBe((await read(keyless)).id);
    expect((await read(keyless)).id).not.toBe((await read(`${keyless} `)).id);
  });

  test('tells an inbound message from its redacted twin', async () => {
    const { message_redaction: message, ...rest } = sampleBody('redaction');
    expect((await read({ ...rest, message })).id).not.toBe((await readSample('redaction')).id);
  });

  test('is the same for a 2021 opt-in under either key', async () => {
    const { opt_out_notification: opt, ...rest } = sampleBody('opt-in-misfiled');
    expect((await read({ ...rest, opt_in_notification: opt })).id).toBe(
      (await readSample('opt-in-misfiled')).id,
    );
  });
});
