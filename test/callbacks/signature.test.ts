import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  MAX_AHEAD,
  readSecrets,
  SIGNATURE_MAX_AGE,
  signCallback,
} from '../../src/callbacks/signature.ts';
import { AppError } from '../../src/errors.ts';
import {
  BODY,
  bytes,
  headersFor,
  hmac,
  NAMES,
  NONCE,
  NOW,
  refused,
  SECRET,
  SIGNED_AT,
  verify,
} from './signed.ts';

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
