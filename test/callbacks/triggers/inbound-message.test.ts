import { describe, expect, test } from 'vitest';
import { factsOf, read, readSample } from '../../../src/samples/samples.ts';

const inbound = (contact_message: object, more: object = {}) => ({
  app_id: '01JAPP',
  message: { id: '1', contact_message, ...more },
});
const ULID = '01JDZ40T5R90AC4B8V0RFSG232';

describe('the direction of a message', () => {
  test.each([
    [{}, undefined],
    [{ direction: 'TO_APP' }, 'TO_APP'],
    [{ direction: 'TO_CONTACT' }, 'TO_CONTACT'],
    [{ direction: 'TO_APP', is_echo: true }, 'TO_CONTACT'],
  ])('of %o is %s', async (more, expected) => {
    const callback = await read(inbound({ text_message: { text: 'STOP' } }, more));
    expect(factsOf(callback, ['direction']).direction).toBe(expected);
  });
});

describe('an inbound message', () => {
  test.each([
    [
      'a text',
      { text_message: { text: 'Stop.' } },
      { text: 'Stop.', keyword: 'STOP', message_kind: 'text' },
    ],
    [
      'a caption',
      { media_card_message: { url: 'https://x.example/a', caption: 'stop' } },
      {
        text: 'stop',
        keyword: 'STOP',
        message_kind: 'media_card',
        media_url: 'https://x.example/a',
      },
    ],
    [
      'a button',
      { choice_response_message: { message_id: 'm', postback_data: 'opt_out' } },
      { text: 'opt_out', keyword: 'OPT OUT', message_kind: 'choice_response', reply_to: 'm' },
    ],
    [
      'an RCS reply',
      { choice_response_message: { message_id: ULID, postback_data: `${ULID}_Stop please` } },
      {
        text: `${ULID}_Stop please`,
        keyword: 'STOP PLEASE',
        message_kind: 'choice_response',
        reply_to: ULID,
      },
    ],
    [
      'an RCS reply to another id',
      { choice_response_message: { message_id: 'm', postback_data: `${ULID}_Stop` } },
      { text: `${ULID}_Stop`, keyword: 'STOP', message_kind: 'choice_response', reply_to: 'm' },
    ],
    [
      'what could not be parsed',
      { fallback_message: { raw_message: 'ARRÊT', reason: {} } },
      { text: 'ARRÊT', keyword: 'ARRET', message_kind: 'fallback' },
    ],
    [
      'the text before the caption',
      { media_card_message: { caption: 'b' }, text_message: { text: 'a' } },
      { text: 'a', keyword: 'A', message_kind: 'text' },
    ],
    [
      'media',
      { media_message: { url: 'https://x.example/a' } },
      { message_kind: 'media', media_url: 'https://x.example/a' },
    ],
    [
      'a place',
      { location_message: { title: '', coordinates: { latitude: 1, longitude: 2 } } },
      { message_kind: 'location' },
    ],
    [
      'products',
      { product_response_message: { products: [] } },
      { message_kind: 'product_response' },
    ],
    [
      'a WhatsApp flow',
      { channel_specific_message: { message_type: 'nfm_reply' } },
      { message_kind: 'channel_specific' },
    ],
    ['a kind nobody knows yet', { hologram_message: {} }, { message_kind: 'hologram' }],
    [
      'an answer',
      { text_message: { text: 'ok' }, reply_to: { message_id: 'm' } },
      { text: 'ok', keyword: 'OK', message_kind: 'text', reply_to: 'm' },
    ],
    [
      'an answer by its older name',
      { text_message: { text: 'ok' }, reply_message: { message_id: 'm' } },
      { text: 'ok', keyword: 'OK', message_kind: 'text', reply_to: 'm' },
    ],
    [
      'no answer',
      { text_message: { text: 'ok' }, reply_to: null },
      { text: 'ok', keyword: 'OK', message_kind: 'text' },
    ],
    ['an empty text', { text_message: { text: '' } }, { message_kind: 'text' }],
  ])('reads %s', async (_, message, expected) => {
    const names = ['text', 'keyword', 'message_kind', 'media_url', 'reply_to'];
    expect(factsOf(await read(inbound(message)), names)).toEqual(expected);
  });

  test.each([
    ['{"redacted":true}', 'MESSAGE_INBOUND_SMART_CONVERSATION_REDACTION'],
    ['{"redacted":false}', 'MESSAGE_INBOUND'],
    ['redacted', 'MESSAGE_INBOUND'],
    ['', 'MESSAGE_INBOUND'],
  ])('with the metadata %j is %s', async (metadata, trigger) => {
    expect((await read(inbound({}, { metadata }))).trigger).toBe(trigger);
  });

  test('takes 2021’s bare channel', async () => {
    expect(factsOf(await readSample('message-inbound-2021'), ['channel', 'identity'])).toEqual({
      channel: 'SMS',
    });
  });
});
