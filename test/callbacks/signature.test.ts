import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readCallback } from '../../src/callbacks/callback.ts';
import {
  MAX_AHEAD,
  readSecrets,
  SIGNATURE_MAX_AGE,
  signCallback,
  speaksFor,
  verifySignature,
} from '../../src/callbacks/signature.ts';
import { AppError } from '../../src/errors.ts';

const SECRET = 'a-webhook-secret';
const NONCE = '01JDQ3YV5R8XW2K7T4N9M6B0ZC';
const SIGNED_AT = 1_795_170_000;
const NOW = SIGNED_AT * 1000;
const NAMES = {
  signature: 'x-sinch-webhook-signature',
  nonce: 'x-sinch-webhook-signature-nonce',
  timestamp: 'x-sinch-webhook-signature-timestamp',
  algorithm: 'x-sinch-webhook-signature-algorithm',
} as const;

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const BODY = bytes('{"app_id":"01JAPP","message":{"id":"1"}}\n');

/** The signature by another implementation than ours. */
const hmac = (
  body: Uint8Array,
  nonce = NONCE,
  timestamp: number | string = SIGNED_AT,
  secret = SECRET,
): string =>
  createHmac('sha256', secret).update(body).update(`.${nonce}.${timestamp}`).digest('base64');

const headersFor = (change: Record<string, string | undefined> = {}, body = BODY): Headers => {
  const all = {
    signature: hmac(body),
    nonce: NONCE,
    timestamp: String(SIGNED_AT),
    algorithm: 'HmacSHA256',
    ...change,
  };
  return new Headers(
    Object.entries(all).flatMap(
      ([name, value]) =>
        value === undefined ? [] : [[NAMES[name as keyof typeof NAMES], value] as [string, string]], // only names of the object above
    ),
  );
};

const verify = (headers: Headers, more: Partial<Parameters<typeof verifySignature>[0]> = {}) =>
  verifySignature({ headers, body: BODY, secrets: readSecrets(SECRET), now: NOW, ...more });

const refused = (code: string) => ({ code, status: 401 });

describe('verifySignature', () => {
  test('accepts what node:crypto signed', async () => {
    await expect(verify(headersFor())).resolves.toMatchObject({ app: '*' });
  });

  test('accepts a callback without the algorithm’s header', async () => {
    await expect(verify(headersFor({ algorithm: undefined }))).resolves.toMatchObject({ app: '*' });
  });

  test('accepts exactly the bytes that node:crypto signed, whatever they are', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 200 }),
        fc.string({ minLength: 1, unit: 'grapheme' }),
        async (body, secret) => {
          const headers = headersFor({ signature: hmac(body, NONCE, SIGNED_AT, secret) });
          const secrets = new Map([['*', [secret]]]);
          await expect(verify(headers, { body, secrets })).resolves.toMatchObject({ app: '*' });
          await expect(
            verify(headers, { body: new Uint8Array([...body, 0x20]), secrets }),
          ).rejects.toMatchObject(refused('signature_mismatch'));
        },
      ),
      { numRuns: 50 },
    );
  });

  test.each([
    ['no signature', { signature: undefined }, 'signature_missing'],
    ['no nonce', { nonce: undefined }, 'signature_missing'],
    ['no timestamp', { timestamp: undefined }, 'signature_missing'],
    ['an empty nonce', { nonce: '' }, 'signature_missing'],
    ['another algorithm', { algorithm: 'HmacSHA1' }, 'signature_algorithm'],
    ['no algorithm at all', { algorithm: 'none' }, 'signature_algorithm'],
    [
      'base64url',
      { signature: hmac(BODY).replaceAll('+', '-').replaceAll('/', '_').replace(/^./, '-') },
      'signature_malformed',
    ],
    ['base64 without padding', { signature: hmac(BODY).replace('=', '') }, 'signature_malformed'],
    ['hexadecimal', { signature: 'ab'.repeat(32) }, 'signature_malformed'],
    ['a short signature', { signature: 'YQ==' }, 'signature_malformed'],
    ['a nonce that could hold a piece of the body', { nonce: `x.${NONCE}` }, 'signature_malformed'],
    ['a timestamp in words', { timestamp: 'yesterday' }, 'signature_malformed'],
    ['a timestamp with a fraction', { timestamp: `${SIGNED_AT}.5` }, 'signature_malformed'],
    ['a negative timestamp', { timestamp: '-1' }, 'signature_malformed'],
    ['a hexadecimal timestamp', { timestamp: '0x6AF5' }, 'signature_malformed'],
    ['another nonce', { nonce: '01JDQ3YV5R8XW2K7T4N9M6B0ZD' }, 'signature_mismatch'],
    ['another timestamp', { timestamp: String(SIGNED_AT - 1) }, 'signature_mismatch'],
    ['the signature of another body', { signature: hmac(bytes('{}')) }, 'signature_mismatch'],
    [
      'the signature of another secret',
      { signature: hmac(BODY, NONCE, SIGNED_AT, 'other') },
      'signature_mismatch',
    ],
  ])('refuses %s', async (_, change, code) => {
    await expect(verify(headersFor(change))).rejects.toMatchObject(refused(code));
  });

  test('refuses the same JSON written differently', async () => {
    const body = bytes(JSON.stringify(JSON.parse(new TextDecoder().decode(BODY))));
    await expect(verify(headersFor(), { body })).rejects.toMatchObject(
      refused('signature_mismatch'),
    );
  });

  test.each([
    ['as old as allowed', SIGNATURE_MAX_AGE, undefined],
    ['older', SIGNATURE_MAX_AGE + 1, 'signature_too_old'],
    ['as far ahead as allowed', -MAX_AHEAD, undefined],
    ['further ahead', -MAX_AHEAD - 1, 'signature_in_future'],
  ])('judges a signature that is %s', async (_, age, code) => {
    const result = verify(headersFor(), { now: NOW + age });
    await (code
      ? expect(result).rejects.toMatchObject(refused(code))
      : expect(result).resolves.toMatchObject({ app: '*' }));
  });

  test('takes another greatest age', async () => {
    await expect(verify(headersFor(), { now: NOW + 61_000, maxAge: 60_000 })).rejects.toMatchObject(
      refused('signature_too_old'),
    );
  });

  test('accepts each of several secrets, and says whose list held it', async () => {
    const secrets = readSecrets(JSON.stringify({ '01JA': ['old-a', 'new-a'], '*': ['rest'] }));
    for (const [secret, app] of [
      ['old-a', '01JA'],
      ['new-a', '01JA'],
      ['rest', '*'],
    ] as const) {
      await expect(
        verify(headersFor({ signature: hmac(BODY, NONCE, SIGNED_AT, secret) }), { secrets }),
      ).resolves.toMatchObject({ app });
    }
  });

  test('is closed where there is no secret', async () => {
    await expect(verify(headersFor(), { secrets: new Map() })).rejects.toMatchObject({
      code: 'not_configured',
      status: 503,
    });
  });

  test('never says anything of the secret, the body or the signature', async () => {
    for (const change of [
      { signature: undefined },
      { nonce: 'other' },
      { timestamp: 'x' },
      { algorithm: 'md5' },
    ]) {
      const error: unknown = await verify(headersFor(change)).catch((thrown) => thrown);
      expect(error).toBeInstanceOf(AppError);
      expect(String(error)).not.toMatch(
        new RegExp(`${SECRET}|01JAPP|${hmac(BODY).slice(0, 8).replace(/[+/]/g, '.')}|${NONCE}`),
      );
    }
  });
});

describe('signCallback', () => {
  test('signs as node:crypto does, and what it signs verifies', async () => {
    const headers = await signCallback(BODY, SECRET, { nonce: NONCE, timestamp: SIGNED_AT });
    expect(headers).toEqual({
      [NAMES.signature]: hmac(BODY),
      [NAMES.nonce]: NONCE,
      [NAMES.timestamp]: String(SIGNED_AT),
      [NAMES.algorithm]: 'HmacSHA256',
    });
    await expect(verify(new Headers(headers))).resolves.toMatchObject({ app: '*' });
  });
});

describe('readSecrets', () => {
  test('reads one secret as it is', () => {
    expect([...readSecrets('  spaces count ')]).toEqual([['*', ['  spaces count ']]]);
    expect([...readSecrets('["looks", "like", "a list"]')]).toEqual([
      ['*', ['["looks", "like", "a list"]']],
    ]);
  });

  test('reads lists by app', () => {
    expect([...readSecrets(' {"01JA":["a","b"],"*":["c"]} ')]).toEqual([
      ['01JA', ['a', 'b']],
      ['*', ['c']],
    ]);
  });

  test.each([
    ['nothing', undefined],
    ['an empty text', ''],
    ['broken JSON', '{"01JA":["hush-hush"]'],
    ['an empty object', '{}'],
    ['an empty list', '{"01JA":[]}'],
    ['an empty secret', '{"01JA":[""]}'],
    ['an app without a name', '{"":["hush-hush"]}'],
    ['a secret that is no list', '{"01JA":"hush-hush"}'],
    ['a number', '{"01JA":[1]}'],
  ])('refuses %s, naming the setting and not its value', (_, setting) => {
    const read = () => readSecrets(setting);
    expect(read).toThrow(/^WEBHOOK_SECRETS/);
    expect(read).not.toThrow(/hush-hush/);
    expect(read).toThrow(expect.objectContaining({ code: 'not_configured' }));
    expect(read).not.toThrow(expect.objectContaining({ cause: expect.anything() }));
  });
});

describe('speaksFor', () => {
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
    expect(speaksFor(secrets, signer, await read(inbound(app)))).toBe(expected);
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
    expect(speaksFor(secrets, await verified('a'), await read(body))).toBe(expected);
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
    expect(speaksFor(lists, await verified(secret, lists), await read(body))).toBe(expected);
  });
});
