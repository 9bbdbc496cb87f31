import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { depersonalize } from '../../src/authoring/depersonalize.ts';
import { readCallbackText } from '../../src/callbacks/callback.ts';

const message = (text: string, more: object = {}) => ({
  app_id: '01JB1JEWE77B1WMNG5RADAGJ9R',
  message: {
    id: '01JD0VSWACRE8FP058C3CN79XA',
    contact_message: { text_message: { text } },
    channel_identity: { channel: 'WHATSAPP', identity: '46701740605', app_id: '' },
    contact_id: '01JD9YXZVAF9486VH7VZTKA7S5',
    conversation_id: '01JDBMV20YMQ2X8FAE25BPE70W',
    metadata: '',
    ...more,
  },
});

describe('depersonalize', () => {
  test('replaces addresses and ids of the person, and leaves app, message and text', () => {
    const { callback, replaced } = depersonalize(message('stop texting me'));
    expect(callback).toEqual(
      message('stop texting me', {
        channel_identity: { channel: 'WHATSAPP', identity: '46705550100', app_id: '' },
        contact_id: '01EXAMPLE00000000000000000',
        conversation_id: '01EXAMPLE00000000000000000',
      }),
    );
    expect(replaced).toEqual([
      'message.channel_identity.identity',
      'message.contact_id',
      'message.conversation_id',
    ]);
  });

  test.each([
    ['the number of the callback', 'I am +46701740605, stop', 'I am +46705550100, stop'],
    ['another number', 'call +1 (202) 555-0147', 'call +1 (202) 000-0000'],
    ['an e-mail address', 'mail kerry.o@shop.example.co.uk', 'mail alex@example.com'],
    ['no order number', 'order 1043 of 20261120', 'order 1043 of 20261120'],
  ])('replaces in a text: %s', (_, text, clean) => {
    const { callback } = depersonalize(message(text));
    expect(callback).toMatchObject({
      message: { contact_message: { text_message: { text: clean } } },
    });
  });

  test.each([
    ['+46701740605', '+46705550100'],
    ['12025550177', '12005550100'],
    ['US.13491208655302741918', 'US.11111111111111111111'],
    ['U4af4980629bb2c1e', 'U1aa1111111aa1a1a'],
    ['24563190871234567', '11111111111111111'],
    ['kerry@example.org', 'alex@example.com'],
  ])('keeps the form of the address %s', (identity, clean) => {
    const { callback } = depersonalize({ opt_in_notification: { identity } });
    expect(callback).toEqual({ opt_in_notification: { identity: clean } });
  });

  test('replaces names, and the same name in texts and in JSON that a channel nested', () => {
    const nested = {
      contacts: [{ profile: { name: 'Kerry Oakes' }, wa_id: '46701740605' }],
      template: { name: 'autumn_offer' },
    };
    const { callback } = depersonalize({
      contact_create_notification: {
        contact: { display_name: 'Kerry Oakes', email: 'kerry@example.org', language: 'EN' },
      },
      note: 'Kerry Oakes wrote',
      payload: JSON.stringify(nested),
    });
    expect(callback).toEqual({
      contact_create_notification: {
        contact: { display_name: 'Alex Example', email: 'alex@example.com', language: 'EN' },
      },
      note: 'Alex Example wrote',
      payload: JSON.stringify({
        contacts: [{ profile: { name: 'Alex Example' }, wa_id: '46705550100' }],
        template: { name: 'autumn_offer' },
      }),
    });
  });

  test('replaces links to media of a person, and keeps their type', () => {
    const { callback } = depersonalize({
      url: 'https://files.sinch.com/8f2/receipt.jpg?sig=abc',
      recording_url: 'https://files.sinch.com/8f2',
    });
    expect(callback).toEqual({
      url: 'https://media.example.com/file.jpg',
      recording_url: 'https://media.example.com/file',
    });
  });

  const folder = 'src/samples/callbacks';
  const samples = readdirSync(folder).filter((file) => !file.startsWith('unreadable'));
  test.each(
    samples,
  )('leaves %s a callback of the same trigger, and changes nothing twice', async (file) => {
    const body = JSON.parse(readFileSync(`${folder}/${file}`, 'utf8'));
    const { callback } = depersonalize(body);
    const trigger = async (value: object) =>
      (await readCallbackText(JSON.stringify(value), 0)).trigger;
    expect(await trigger(callback)).toBe(await trigger(body));
    expect(depersonalize(callback)).toMatchObject({ callback });
  });
});
