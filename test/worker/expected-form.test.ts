import { afterEach, describe, expect, test, vi } from 'vitest';
import { operations } from '../../src/api/index.ts';
import type { Operation } from '../../src/api/operation.ts';
import { openBox } from './box.ts';
import { hand, json } from './openapi-calls.ts';
import { reset } from './storage.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

const secured = operations.filter(({ role }: Operation) => role !== 'sinch' && role !== 'signed');
const strange = (operation: Operation, query: string, body?: string) =>
  openBox().ask(
    `${operation.path
      .replace('/:kind', '/media')
      .replace('/:id', `/${'Z'.repeat(26)}`)
      .replace(/\/:\w+/g, '/SMS')}${query}`,
    {
      method: operation.method.toUpperCase(),
      ...(body !== undefined && { body }),
    },
  );

describe('a request that cannot be read', () => {
  test.each(
    secured
      .filter(({ body }: Operation) => body && !('description' in body))
      .map((operation: Operation) => [operation.name, operation] as const),
  )('%s is answered with the form of its body', async (_, operation) => {
    for (const body of ['{', '[]', '{"surprise": 1}']) {
      const response = await strange(operation, '', body);
      expect(response.status).toBe(400);
      const { detail, expected } = await response.json<{ detail: string; expected: string }>();
      expect(detail).toMatch(/: (is |expected )/);
      expect(expected).toMatch(/^\{"/);
      // The form itself is no secret, and what was sent is not repeated.
      expect(expected).not.toContain('surprise');
    }
  });

  test.each(
    secured
      .filter(({ role }: Operation) => role !== 'open')
      .map((operation: Operation) => [operation.name, operation] as const),
  )('%s is answered with the form of its query', async (_, operation) => {
    const response = await strange(operation, '?surprise=1');
    expect(response.status).toBe(400);
    const { detail, expected } = await response.json<{ detail: string; expected: string }>();
    expect(detail).toMatch(/: is (not known here|missing)$/);
    const names = Object.keys(operation.query ?? {});
    expect(expected).toMatch(names.length > 0 ? /^\?/ : /^no parameters$/);
    for (const name of names) expect(expected).toMatch(new RegExp(`[?&[]${name}=`));
  });

  test('shows what may be left out, what can be chosen, and an example', async () => {
    const response = await openBox().ask('/v1/senders/app-1/SMS/throttle', {
      method: 'PUT',
      ...json({ ...hand, to: 'fast', for: '1h' }),
    });
    expect(await response.json()).toMatchObject({
      code: 'bad_request',
      detail: expect.stringMatching(/^to: /),
      expected:
        '{"to": "10/minute", "for": "30s", "content"?: "marketing" | "notification" | "other", "actor": text, "reason": text}',
    });
  });
});
