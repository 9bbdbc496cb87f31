import { reset } from 'cloudflare:test';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { env, openBox } from './box.ts';
import { APP, inbound } from './sample.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

describe('what cannot be read', () => {
  test.each([
    ['broken JSON', '{"app_id":', 'callback_not_json'],
    ['a list', '[]', 'callback_not_object'],
    ['two payloads at once', JSON.stringify({ ...inbound('hi'), event: {} }), 'callback_ambiguous'],
    ['something too deep', `${'['.repeat(40)}${']'.repeat(40)}`, 'callback_too_deep'],
  ])('%s is kept and answered 200', async (_, body, code) => {
    const box = openBox();
    const response = await box.post(body);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ trigger: 'UNREADABLE', fired: [], quarantined: { code } });
    expect((await env.ARCHIVE.list({ prefix: 'quarantine/' })).objects).toHaveLength(1);
  });

  test('a payload nobody knows is UNKNOWN and answered 200', async () => {
    const box = openBox();
    expect(await box.take({ app_id: APP, something_new: { id: 1 } })).toMatchObject({ trigger: 'UNKNOWN', fired: [] });
  });

  test.each([
    ['a wrong secret', { secret: 'wrong' }, 401, 'signature_mismatch'],
    ['no signature', { headers: { 'x-sinch-webhook-signature': '' } }, 401, 'signature_missing'],
    ['an unknown algorithm', { headers: { 'x-sinch-webhook-signature-algorithm': 'MD5' } }, 401, 'signature_algorithm'],
    [
      'an old timestamp',
      { headers: { 'x-sinch-webhook-signature-timestamp': '1600000000' } },
      401,
      'signature_too_old',
    ],
  ])('%s is refused', async (_, options, status, code) => {
    const response = await openBox().post(inbound('STOP'), options);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await response.json()).toMatchObject({ code });
  });

  test('more than 1 MiB is refused with 413', async () => {
    const response = await openBox().post(JSON.stringify({ text: 'x'.repeat(1_048_577) }));
    expect(response.status).toBe(413);
  });

  test('without a secret nothing is open: 503', async () => {
    const box = openBox({}, { WEBHOOK_SECRETS: '' });
    expect((await box.post(inbound('STOP'))).status).toBe(503);
  });
});
