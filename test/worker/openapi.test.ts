import { afterEach, describe, expect, test, vi } from 'vitest';
import { operations } from '../../src/api/index.ts';
import { ROLES } from '../../src/api/operation.ts';
import { app } from '../../src/app.ts';
import { openBox } from './box.ts';
import { calls } from './openapi-calls.ts';
import { expectDocumented, nameOf, paths, written } from './openapi-document.ts';
import { inbound } from './sample.ts';
import { reset } from './storage.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

describe('the description of the API', () => {
  test('names every route of the app, and no other', () => {
    const routes = app.routes
      .filter(({ method }) => method !== 'ALL')
      // The first page and the console are no part of the API.
      .filter(({ path }) => path !== '/' && !path.startsWith('/console'))
      .map(({ method, path }) => nameOf({ method, path: path.replace(/\{[^}]+\}/g, '') }));
    expect(operations.map(nameOf).toSorted()).toEqual([...new Set(routes)].toSorted());
  });

  test('is written from the list of operations as it is', () => {
    const described = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => nameOf({ method, path })),
    );
    expect(described.toSorted()).toEqual(
      operations.map((one) => nameOf({ ...one, path: written(one.path) })).toSorted(),
    );
  });

  test.each(
    operations.map((operation) => [nameOf(operation), operation] as const),
  )('%s answers as it says', async (name, operation) => {
    const described = paths[written(operation.path)]?.[operation.method];
    if (!described) throw new Error('not described');
    const box = openBox();
    if (operation.path === '/callbacks')
      return expectDocumented(described, await box.post(inbound('STOP')));
    const { path = operation.path, status, ...init } = (await calls[name]?.(box)) ?? {};
    expect(path, 'a call with its parameters is needed in this test').not.toContain('/:');
    const response = await box.ask(path, { method: operation.method.toUpperCase(), ...init });
    if (operation.path !== '/healthz')
      expect(response.status, await response.clone().text()).toBe(status ?? 200);
    await expectDocumented(described, response);
  });

  test.each(
    operations
      .filter(({ role: needed }) => ROLES.some((role) => role === needed))
      .map((one) => [nameOf(one), one] as const),
  )('%s refuses who bears no token, and whose token lacks the role', async (_, {
    method,
    path,
    role: needed,
  }) => {
    const others = ROLES.filter((role) => role !== needed);
    const lacking = 'lacking-token-0123456789';
    const box = openBox(
      {},
      { API_TOKENS: JSON.stringify({ lacking: { token: lacking, roles: others } }) },
    );
    const described = paths[written(path)]?.[method];
    const call = (authorization: string) =>
      box.ask(path.replace('/:kind', '/media').replace(/\/:(\w+)/g, '/x'), {
        method: method.toUpperCase(),
        headers: { authorization },
      });
    for (const [authorization, status] of [
      ['', 401],
      [`Bearer ${lacking}`, 403],
    ] as const) {
      const response = await call(authorization);
      expect(response.status).toBe(status);
      if (described) await expectDocumented(described, response);
    }
  });
});
