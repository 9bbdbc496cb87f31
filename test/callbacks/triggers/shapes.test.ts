import { describe, expect, test } from 'vitest';
import { factsOf, read, readSample } from '../../../src/samples/samples.ts';

describe('both shapes', () => {
  test.each([
    [
      'message-inbound',
      [
        'channel',
        'identity',
        'contact_id',
        'conversation_id',
        'message_id',
        'text',
        'keyword',
        'message_kind',
        'sender_id',
      ],
    ],
    ['redaction', ['channel', 'identity', 'contact_id', 'message_id', 'message_kind']],
    ['message-submit', ['channel', 'identity', 'message_id', 'metadata']],
    ['delivery-delivered', ['channel', 'identity', 'message_id', 'metadata', 'status']],
    [
      'event-composing',
      ['channel', 'identity', 'contact_id', 'conversation_id', 'event_id', 'event_kind'],
    ],
    [
      'event-delivery-failed',
      ['channel', 'identity', 'contact_id', 'event_id', 'status', 'metadata'],
    ],
    [
      'conversation-started',
      ['channel', 'contact_id', 'conversation_id', 'active', 'active_channel', 'last_received'],
    ],
    [
      'conversation-stopped',
      ['channel', 'contact_id', 'conversation_id', 'active', 'conversation_metadata'],
    ],
    ['conversation-deleted', ['conversation_id']],
    [
      'contact-created',
      ['contact_id', 'display_name', 'external_id', 'language', 'channels', 'identity_count'],
    ],
    ['contact-updated', ['contact_id', 'display_name', 'email', 'contact_metadata']],
    ['contact-deleted', ['contact_id']],
    [
      'contact-merged',
      ['contact_id', 'deleted_contact_id', 'preserved_contact_id', 'display_name'],
    ],
    ['contact-duplicated', ['duplicate_count', 'duplicate_channels', 'duplicate_contact_ids']],
    ['capability-full', ['channel', 'identity', 'contact_id', 'request_id', 'capability_status']],
    ['opt-in-viber', ['channel', 'identity', 'contact_id', 'opt_status']],
    ['opt-out-viber', ['channel', 'identity', 'contact_id', 'opt_status']],
    ['whatsapp-quality-red', ['channel', 'quality_rating']],
    ['whatsapp-quality-yellow', ['channel', 'quality_rating']],
    [
      'smart-conversation',
      [
        'contact_id',
        'conversation_id',
        'message_id',
        'sentiment',
        'sentiment_confidence',
        'intent',
        'intent_score',
        'intents',
        'offensive',
        'pii_detected',
      ],
    ],
  ])('%s and its reference twin tell the same', async (name, facts) => {
    const [one, other] = await Promise.all([readSample(name), readSample(`${name}-reference`)]);
    expect(other.trigger).toBe(one.trigger);
    expect(factsOf(other, facts)).toEqual(factsOf(one, facts));
    expect(Object.keys(factsOf(one, facts))).toEqual(facts);
  });

  test('the samples of a retry are about one message', async () => {
    const about = ['message_id', 'app_id', 'channel', 'identity', 'metadata', 'correlation_id'];
    const [submit, failed, delivered] = await Promise.all(
      ['message-submit', 'delivery-failed-transient', 'delivery-delivered'].map(async (name) =>
        factsOf(await readSample(name), about),
      ),
    );
    expect(Object.keys(submit ?? {})).toEqual(about);
    expect(failed).toEqual(submit);
    expect(delivered).toEqual(submit);
  });

  test('camelCase record fields are snake_case ones', async () => {
    const [snake, camel] = await Promise.all([
      readSample('recording'),
      readSample('recording-camel-case'),
    ]);
    expect(camel.id).toBe(snake.id);
    expect(camel.subject).toEqual(snake.subject);
  });

  test('wrappers are opened: a path starts inside them', async () => {
    expect((await readSample('conversation-started')).payload).toMatchObject({ active: true });
    expect((await readSample('contact-deleted')).payload).toMatchObject({
      display_name: 'Alex Example',
    });
    expect((await readSample('contact-deleted-reference')).payload).toEqual({
      id: expect.any(String),
    });
    expect((await readSample('whatsapp-quality-red')).payload).toMatchObject({
      additional_data: { quality_rating: 'RED' },
    });
  });
});

describe('an unsupported callback', () => {
  test.each([
    ['a text that holds JSON', '{"type":"x"}', { type: 'x' }],
    ['an object', { type: 'x' }, { type: 'x' }],
    ['a text that holds none', 'PING', 'PING'],
    ['broken JSON', '{"type":', '{"type":'],
    [
      'JSON too deep to walk',
      `${'['.repeat(40)}${']'.repeat(40)}`,
      `${'['.repeat(40)}${']'.repeat(40)}`,
    ],
    ['an empty text', '', ''],
  ])('has %s for payload', async (_, payload, expected) => {
    expect(
      (await read({ unsupported_callback: { channel: 'WHATSAPP', payload } })).payload,
    ).toMatchObject({
      payload: expected,
    });
  });
});
