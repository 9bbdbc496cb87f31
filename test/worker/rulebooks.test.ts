import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Changed } from '../../src/api/rulebooks/rulebooks.ts';
import { openBox } from './box.ts';
import { BUNDLED, firedBy, greeting, inForce, post, publish, put, rules } from './publisher.ts';
import { inbound } from './sample.ts';
import { reset } from './storage.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

describe('publishing', () => {
  test('puts rules in force at once where they were published, and names them in the answer', async () => {
    const box = openBox();
    expect(await firedBy(box, 'hello', 'one')).toEqual([]);
    const {
      version,
      put: where,
      before,
    } = await publish(box, rules({ 'greeting.json': greeting() }));
    expect({ where, before }).toEqual({ where: 'in force', before: BUNDLED });
    expect(version).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/);
    expect(await firedBy(box, 'hello', 'two')).toEqual(['greeting']);
    expect(await inForce(box)).toBe(version);
  });

  test('keeps who, when, why and the examples', async () => {
    const box = openBox();
    const example = { name: 'hello', callback: inbound('hello', { id: 'x' }), fires: true };
    const rulebook = rules({ 'greeting.json': greeting({ examples: [example] }) });
    const { version } = await publish(box, { ...rulebook, author: 'anna', message: 'Say hello' });
    const kept = await (await box.ask(`/v1/rulebooks/${version.slice(0, 6).toLowerCase()}`)).json();
    expect(kept).toMatchObject({
      version,
      origin: 'published',
      author: 'anna (api-token)',
      message: 'Say hello',
      at: '2026-11-20T12:00:00.000Z',
      in_force: true,
      rulebook: { rules: { 'greeting.json': { examples: [example] } } },
    });
  });

  test('the same rules have the same version, whoever publishes them, in whatever order the files come', async () => {
    const box = openBox();
    const { version } = await publish(box, rules({ 'greeting.json': greeting() }));
    const { rules: files, ...rest } = rules({ 'greeting.json': greeting() });
    const turned = Object.fromEntries(Object.entries(files).toReversed());
    expect((await publish(box, { ...rest, rules: turned, author: 'bo' })).version).toBe(version);
  });

  test('activate=false stores and changes nothing; activating comes later', async () => {
    const box = openBox();
    const { version, put: where } = await publish(
      box,
      rules({ 'greeting.json': greeting() }),
      '?activate=false',
    );
    expect(where).toBeNull();
    expect(await inForce(box)).toBe(BUNDLED);
    expect((await post(box, `${version}/activate`)).status).toBe(200);
    expect(await firedBy(box, 'hello', 'one')).toEqual(['greeting']);
  });

  test('a second publisher on the same ground gets 412 and the difference, in sentences', async () => {
    const box = openBox();
    const first = rules({ 'greeting.json': greeting() });
    const second = rules({ 'other.json': greeting({ name: 'other' }) });
    const [won, lost] = await Promise.all([
      put(box, { ...first, builds_on: BUNDLED, author: 'anna', message: 'hello' }),
      put(box, { ...second, author: 'bo' }, '', { 'if-match': `"${BUNDLED}"` }),
    ]).then((both) => both.sort((a, b) => a.status - b.status));
    expect([won?.status, lost?.status]).toEqual([200, 412]);
    expect(lost?.headers.get('content-type')).toBe('application/problem+json');
    const { version } = (await won?.json()) as Changed;
    expect(await lost?.json()).toMatchObject({
      code: 'changed_meanwhile',
      in_force: version,
      difference: [
        {
          change: 'added',
          new: expect.stringMatching(
            /^When an inbound message’s .* is HELLO: alert support \(low\)\.$/,
          ),
        },
      ],
    });
    expect(await inForce(box)).toBe(version);
  });

  test('ten publishers at once: one wins, nine hear of it', async () => {
    const box = openBox();
    const all = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        put(box, {
          ...rules({ 'greeting.json': greeting({ why: `Reason ${index}.` }) }),
          builds_on: BUNDLED,
        }),
      ),
    );
    expect(all.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(all.filter(({ status }) => status === 412)).toHaveLength(9);
  });

  test('without the version that it builds on it is refused', async () => {
    const response = await put(openBox(), rules());
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      detail: expect.stringMatching(/^builds_on: is missing/),
    });
  });

  test.each([
    [
      'a fact that nobody knows',
      { 'greeting.json': greeting({ when: { fact: 'keywrd', operator: 'equal', value: 'A' } }) },
      'unknown-fact',
    ],
    [
      'an example that does not come out',
      {
        'greeting.json': greeting({
          examples: [{ name: 'no', callback: inbound('no'), fires: true }],
        }),
      },
      'example-failed',
    ],
    [
      'an example whose alert goes elsewhere',
      {
        'greeting.json': greeting({
          examples: [
            { name: 'hello', callback: inbound('hello'), fires: true, alert: { to: 'forward' } },
          ],
        }),
      },
      'example-failed',
    ],
  ])('refuses %s, names it, and leaves what was in force', async (_, more, code) => {
    const box = openBox();
    const response = await put(box, { ...rules(more), builds_on: '*' });
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({
      code: 'rule_invalid',
      findings: expect.arrayContaining([
        expect.objectContaining({ file: 'greeting.json', code, severity: 'error' }),
      ]),
    });
    expect(await inForce(box)).toBe(BUNDLED);
  });

  test('refuses an alerts.json that leads nowhere', async () => {
    const response = await put(openBox(), {
      ...rules(),
      alerts: { destinations: {}, default: 'ops' },
      builds_on: '*',
    });
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({
      detail: expect.stringMatching(/^alerts\.json: /),
    });
  });

  test('a token without the role author may look and not publish', async () => {
    const box = openBox(
      {},
      {
        API_TOKENS: JSON.stringify({ looker: { token: 'looker-looker-looker', roles: ['read'] } }),
      },
    );
    const authorization = 'Bearer looker-looker-looker';
    expect((await put(box, { ...rules(), builds_on: '*' }, '', { authorization })).status).toBe(
      403,
    );
    expect((await box.ask('/v1/rulebooks', { headers: { authorization } })).status).toBe(200);
  });
});
