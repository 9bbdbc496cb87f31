import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readCallback } from '../../src/callbacks/callback.ts';
import { verifySignature } from '../../src/callbacks/signature.ts';
import { LISTS, NOW } from '../../src/samples/samples.ts';

/** Payloads and signatures that Sinch published, beside the project and not part of it. */
const CORPUS = '../shared/corpus';
const VECTORS = '../shared/hmac-vectors.json';
const files = globSync(`${CORPUS}/*/*.json`).sort();

interface Vector {
  readonly name: string;
  readonly secret: string;
  readonly nonce: string;
  readonly timestamp: string;
  readonly algorithm: string | null;
  readonly signature: string;
  readonly body: string;
}
const vectors: readonly Vector[] = existsSync(VECTORS)
  ? JSON.parse(readFileSync(VECTORS, 'utf8'))
  : [];

describe('Sinch’s published callbacks', () => {
  if (files.length === 0) {
    test(`are not here: ${CORPUS} does not exist, so none was read`, () =>
      expect(existsSync(CORPUS)).toBe(false));
    return;
  }

  test('are all here', () => expect(files).toHaveLength(133));

  test.each(files)('%s is what its name says', async (file) => {
    const callback = await readCallback(readFileSync(file), NOW);
    expect(callback.trigger).toBe(basename(file).replace(/-\d+\.json$/, ''));
    expect(callback.fact('trigger', LISTS)).toBe(callback.trigger);
    expect(callback.eventTime).toBeLessThanOrEqual(NOW);
  });
});

describe('Sinch’s published signatures', () => {
  if (vectors.length === 0) {
    test(`are not here: ${VECTORS} does not exist, so none was verified`, () =>
      expect(existsSync(VECTORS)).toBe(false));
    return;
  }

  const check = ({ secret, nonce, timestamp, algorithm, signature, body }: Vector) =>
    verifySignature({
      headers: new Headers({
        'x-sinch-webhook-signature': signature,
        'x-sinch-webhook-signature-nonce': nonce,
        'x-sinch-webhook-signature-timestamp': timestamp,
        ...(algorithm === null ? {} : { 'x-sinch-webhook-signature-algorithm': algorithm }),
      }),
      body: new TextEncoder().encode(body),
      secrets: new Map([['*', [secret]]]),
      now: Number(timestamp) * 1000,
    });

  test.each(vectors)('$name verifies', async (vector) => {
    expect((await check(vector)).app).toBe('*');
  });

  test.each(vectors)('$name does not verify once anything is changed', async (vector) => {
    for (const other of [
      { body: vector.body.replace('01', '10') },
      { body: JSON.stringify(JSON.parse(vector.body), null, 2) },
      { body: `${vector.body}\n` },
      { nonce: '01JDQ3YV5R8XW2K7T4N9M6B0ZD' },
      { timestamp: String(Number(vector.timestamp) + 1) },
      { secret: `${vector.secret} ` },
    ]) {
      await expect(check({ ...vector, ...other })).rejects.toMatchObject({
        code: 'signature_mismatch',
        status: 401,
      });
    }
  });
});
