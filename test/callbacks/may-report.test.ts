import { describe, expect, test } from 'vitest';
import { readCallback } from '../../src/callbacks/callback.ts';
import { mayReport, readSecrets } from '../../src/callbacks/signature.ts';
import { BODY, bytes, headersFor, hmac, NONCE, NOW, SIGNED_AT, verify } from './signed.ts';

describe('mayReport', () => {
  const secrets = readSecrets('{"01JA":["a","shared"],"01JB":["b","shared"],"*":["rest"]}');
  const who = { a: ['01JA'], b: ['01JB'], shared: ['01JA', '01JB'], rest: ['*'] };
  const verified = (secret: string, lists = secrets) =>
    verify(headersFor({ signature: hmac(BODY, NONCE, SIGNED_AT, secret) }), { secrets: lists });
  const read = (body: object) => readCallback(bytes(JSON.stringify(body)), NOW);
  const inbound = (app: unknown, scope?: string) => ({
    app_id: app,
    message: {
      id: '1',
      channel_identity: { channel: 'MESSENGER', identity: '7', app_id: scope },
      contact_id: 'c',
    },
  });

  test.each([
    ['a', '01JA', true],
    ['a', '01JB', false],
    ['a', '01JC', false],
    ['b', '01JA', false],
    ['shared', '01JA', true],
    ['shared', '01JB', true],
    ['shared', '01JC', false],
    ['rest', '01JA', false],
    ['rest', '01JC', true],
    ['a', '*', false],
  ] as const)('%s speaks for %j: %s', async (secret, app, expected) => {
    const signer = await verified(secret);
    expect(signer.apps).toEqual(who[secret]);
    expect(mayReport(secrets, signer, await read(inbound(app)))).toBe(expected);
  });

  test.each([
    ['a message whose sender is scoped by the same app', inbound('01JA', '01JA'), true],
    ['one whose sender is scoped by no app', inbound('01JA', ''), true],
    ['one whose sender is scoped by another app', inbound('01JA', '01JB'), false],
    ['one whose sender is scoped by an app without a list', inbound('01JA', '01JC'), false],
    ['a message of no app', inbound('', '01JA'), false],
    ['a message whose app is left out', inbound(undefined), false],
    ['a message whose app is a number', inbound(1), false],
    [
      'a rating of no app',
      { channel_event_notification: { channel_event: { channel: 'WHATSAPP' } } },
      false,
    ],
    [
      'a conversation with somebody on a second channel of another app',
      {
        app_id: '01JA',
        conversation_start_notification: {
          conversation: {
            ...{ id: '1', contact_id: 'c', app_id: '01JA' },
            active_channel_senders: [
              { channel_identity: { channel: 'SMS', identity: '1', app_id: '01JA' } },
              { channel_identity: { channel: 'MESSENGER', identity: '7', app_id: '01JB' } },
            ],
          },
        },
      },
      false,
    ],
    [
      'a deleted contact of no app',
      { app_id: '', contact_delete_notification: { contact: { id: 'c' } } },
      true,
    ],
    [
      'a deleted contact of another app',
      { app_id: '01JB', contact_delete_notification: { contact_id: 'c' } },
      false,
    ],
    ['what nobody knows, of no app', { something_new: {} }, true],
    ['what nobody knows, of another app', { app_id: '01JB', something_new: {} }, false],
  ])('a secret of one app, and %s', async (_, body, expected) => {
    expect(mayReport(secrets, await verified('a'), await read(body))).toBe(expected);
  });

  test.each([
    ['one secret for all', 'rest', 'rest', inbound('01JA', '01JB'), true],
    ['a list for all', '{"*":["rest"]}', 'rest', inbound('01JA', '01JB'), true],
    ['a list for all, and no app', '{"*":["rest"]}', 'rest', inbound(''), true],
    [
      'the list for all others, and no app',
      '{"01JA":["a"],"*":["rest"]}',
      'rest',
      inbound(''),
      true,
    ],
    [
      'the list for all others, and a listed scope',
      '{"01JA":["a"],"*":["rest"]}',
      'rest',
      inbound('x', '01JA'),
      false,
    ],
  ])('%s', async (_, setting, secret, body, expected) => {
    const lists = readSecrets(setting);
    expect(mayReport(lists, await verified(secret, lists), await read(body))).toBe(expected);
  });
});
