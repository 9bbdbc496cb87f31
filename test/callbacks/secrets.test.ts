import { describe, expect, test } from 'vitest';
import { withoutSecrets } from '../../src/callbacks/related/secrets.ts';

describe('a body without its credentials', () => {
  test.each([
    [{ id: 'a', bearerToken: 'x' }, { id: 'a' }],
    [
      { inner: { deep: { apiKey: 'x', api_key: 'y', name: 'n' } } },
      { inner: { deep: { name: 'n' } } },
    ],
    // One item of many is enough.
    [
      { list: [{ name: 'a' }, { name: 'b', secret: 'x' }] },
      { list: [{ name: 'a' }, { name: 'b' }] },
    ],
    [{ text: '{"authToken":"x","id":1}' }, { text: '{"id":1}' }],
    // A list of names is no credential.
    [{ token: { id: 'a', secret: 'x' } }, { token: { id: 'a' } }],
  ])('of %j', (body, expected) => expect(withoutSecrets(body)).toEqual(expected));

  test('is the same object where there are none, with its texts as they were written', () => {
    const body = { text: '{ "id" : 1 }', list: [{ name: 'a' }], none: null, tokens: 3 };
    expect(withoutSecrets(body)).toBe(body);
  });

  test('keeps the texts beside a credential as they were written', () => {
    const list = [{ name: 'a' }];
    const cleaned = withoutSecrets({ text: '{ "id" : 1 }', list, secret: 'x' });
    expect(cleaned).toEqual({ text: '{ "id" : 1 }', list });
    expect(cleaned.list).toBe(list);
  });
});
