import { reset } from 'cloudflare:test';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { operations } from '../../src/api/index.ts';
import { ROLES } from '../../src/api/role.ts';
import { app } from '../../src/app.ts';
import { type Box, openBox } from './box.ts';
import { type Call, first, hand, json, letter, shelfCalls } from './openapi-calls.ts';
import { expectDocumented, nameOf, paths, written } from './openapi-document.ts';
import { publish, rules } from './publisher.ts';
import { inbound, PERSON, rating, receipt, submitted } from './sample.ts';
import { unsupported } from './scenarios/scenario.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

const decided = async (box: Box): Promise<string> => {
  const { id } = await box.take(inbound('STOP'));
  await box.drain();
  return `/v1/decisions/${id}`;
};

/** A call of `/send` that the recipient's STOP forbids. */
function refused(call: string, content: object): Call {
  return async (box) => {
    await box.take(inbound('STOP'));
    const recipient = {
      identified_by: { channel_identities: [{ channel: 'SMS', identity: PERSON }] },
    };
    const request = json({ app_id: 'app-1', recipient, ...content });
    const authorization = `Bearer local-token-${Date.now() + 60_000}`;
    const path = `/send/v1/projects/test-project/${call}`;
    return { ...request, headers: { ...request.headers, authorization }, path, status: 403 };
  };
}
const calls: Readonly<Record<string, Call>> = {
  'POST /v1/dry-run': async () => json(inbound('STOP')),
  'POST /v1/may-send': async (box) => {
    await box.take(rating('RED'));
    await box.take(inbound('STOP'));
    const { app_id } = rating('RED');
    return json({
      recipients: [
        { channel: 'SMS', identity: PERSON, content: 'other', app_id },
        { channel: 'WHATSAPP', identity: '12025550142', content: 'marketing', app_id },
      ],
    });
  },
  'POST /v1/permits': async () =>
    json({ app_id: 'app-1', channel: 'SMS', content: 'other', count: 2 }),
  'POST /send/v1/projects/:project/messages:send': refused('messages:send', {
    message: { text_message: { text: 'Hello' } },
  }),
  'POST /send/v1/projects/:project/events:send': refused('events:send', {
    event: { comment_reply_event: { text: 'Hello' } },
  }),
  'POST /send/batch/v1/projects/:project/messages': async (box) => {
    const { body = '', ...request } = await refused('batch', {})(box);
    const { app_id, recipient } = JSON.parse(String(body));
    const path = '/send/batch/v1/projects/test-project/messages';
    const batch = { app_id, recipient_and_params: [{ recipient }] };
    return { ...request, path, body: JSON.stringify(batch) };
  },
  'GET /v1/messages/:id': async (box) => {
    await box.take(submitted('01JM'));
    await box.take(receipt('01JM', 'FAILED', { code: 'RATE_LIMITED' }));
    await box.drain(3600);
    return { path: '/v1/messages/01JM' };
  },
  'GET /v1/delivery-stats': async (box) => {
    await box.take(submitted('01JM'));
    await box.take(receipt('01JM', 'DELIVERED'));
    return { path: '/v1/delivery-stats?group_by=app_id,channel,day' };
  },
  'GET /v1/batches/:id': async (box) => {
    const metadata = JSON.stringify({ _batch_id: 'batch-1' });
    await box.take(receipt('01JM', 'FAILED', { code: 'CHANNEL_REJECT', metadata }));
    return { path: '/v1/batches/batch-1' };
  },
  'GET /v1/recipients/:channel/:identity': async (box) => {
    await box.take(inbound('STOP'));
    await box.take(receipt('01JM', 'DELIVERED'));
    return { path: `/v1/recipients/SMS/${PERSON}` };
  },
  'PUT /v1/recipients/:channel/:identity': async () => ({
    ...json(hand),
    path: '/v1/recipients/SMS/12025550142',
  }),
  'DELETE /v1/recipients/:channel/:identity': async () => ({
    path: '/v1/recipients/SMS/12025550142?actor=ada&reason=x',
  }),
  'POST /v1/recipients/import': async () => ({
    path: '/v1/recipients/import?name=list&actor=ada&reason=x&allow_invalid=true',
    body: 'channel,identity\nSMS,12025550142\nSMS,nobody',
    headers: { 'content-type': 'text/csv' },
  }),
  'GET /v1/senders/:app/:channel': async (box) => {
    await box.take(rating('RED'));
    return { path: `/v1/senders/${rating('RED').app_id}/WHATSAPP` };
  },
  'PUT /v1/senders/:app/:channel/throttle': async () => ({
    ...json({ to: '10/minute', for: '1h', ...hand }),
    path: '/v1/senders/app-1/SMS/throttle',
  }),
  'DELETE /v1/senders/:app/:channel/throttle': async () => ({
    path: '/v1/senders/app-1/SMS/throttle?actor=ada&reason=x',
  }),
  'PUT /v1/rulebooks': async () => json({ ...rules(), builds_on: '*' }),
  'POST /v1/rulebooks/backtest': async () => json(rules()),
  'GET /v1/rulebooks/:version': async (box) => {
    await publish(box, rules());
    return { path: '/v1/rulebooks/in-force' };
  },
  'POST /v1/rulebooks/:version/activate': async () => ({
    ...json({}),
    path: '/v1/rulebooks/bundled/activate',
  }),
  'POST /v1/rulebooks/:version/shadow': async () => ({
    ...json({}),
    path: '/v1/rulebooks/bundled/shadow',
  }),
  'POST /v1/rulebooks/rollback': async () => ({ ...json({}), status: 409 }),
  'GET /v1/decisions/:id': async (box) => ({ path: await decided(box) }),
  'GET /v1/decisions/:id/callback': async (box) => ({
    path: `${await decided(box)}/callback`,
    status: 409,
  }),
  'POST /v1/decisions/:id/redeliver': async (box) => ({
    path: `${await decided(box)}/redeliver`,
    status: 409,
  }),
  'POST /v1/dead-letters/:id/redeliver': async () => ({
    path: '/v1/dead-letters/none/redeliver',
    status: 404,
  }),
  'POST /v1/dead-letters/:id/drop': async (box) => {
    await letter(box);
    return { ...json(hand), path: '/v1/dead-letters/letter-1/drop' };
  },
  ...shelfCalls,
  'POST /v1/quarantine/:id/redeliver': async (box) => {
    await box.post('[]');
    const { id } = await first(box, '/v1/quarantine', 'quarantine');
    return { path: `/v1/quarantine/${id}/redeliver`, status: 422 };
  },
  'GET /v1/quarantine': async (box) => {
    await box.post('[]');
    return {};
  },
  'GET /v1/dead-letters': async (box) => {
    await letter(box);
    return {};
  },
  'POST /v1/consent/restore': async () => ({
    ...json({ backup: '2020-01-01T03:17:00Z', shard: 0 }),
    status: 404,
  }),
  'POST /v1/consent/undo': async (box) => {
    await box.take(inbound('STOP'));
    return json({ rule: 'stop', since: '2026-11-01T00:00:00Z', ...hand });
  },
  'POST /v1/reviews/:id': async (box) => {
    await box.take(inbound('please stop texting me'));
    await box.drain();
    const { id } = await first(box, '/v1/reviews', 'reviews');
    return { ...json({ decision: 'dismiss', ...hand }), path: `/v1/reviews/${id}` };
  },
  'GET /v1/alerts/:id': async (box) => {
    await box.take(rating('RED'));
    await box.drain(60);
    const { id } = await first(box, '/v1/alerts', 'alerts');
    return { path: `/v1/alerts/${id}` };
  },
  'POST /v1/alerts/test': async () => json({}),
  'POST /v1/silences': async () => ({
    ...json({ match: { rule: ['stop'] }, for: '1h', ...hand }),
    status: 201,
  }),
  'DELETE /v1/silences/:id': async (box) => {
    await box.ask('/v1/silences', {
      method: 'POST',
      ...json({ match: { rule: ['stop'] }, for: '1h', ...hand }),
    });
    const { id } = await first(box, '/v1/silences', 'silences');
    return { path: `/v1/silences/${id}` };
  },
  'POST /v1/pauses': async () => json({ kind: 'rule', name: 'help', ...hand }),
  'DELETE /v1/pauses/:id': async (box) => {
    await box.ask('/v1/pauses', {
      method: 'POST',
      ...json({ kind: 'rule', name: 'help', ...hand }),
    });
    const { id } = await first(box, '/v1/pauses', 'pauses');
    return { path: `/v1/pauses/${id}?${new URLSearchParams(hand)}` };
  },
  'POST /v1/held/release': async () => json({ rule: 'stop', ...hand }),
  'POST /v1/erase': async (box) => {
    await box.take(inbound('STOP'));
    return json({ channel: 'SMS', identity: PERSON, ...hand });
  },
  'GET /v1/unsupported/:id': async (box) => {
    const { id } = await box.take(unsupported('{"type":"poll_update"}'));
    await box.drain(60);
    return { path: `/v1/unsupported/${id}` };
  },
  'GET /v1/recordings/:kind/:name': async (box) => {
    await box.bindings.ARCHIVE.put('media/m-1', 'x', {
      httpMetadata: { contentType: 'application/octet-stream' },
    });
    return { path: '/v1/recordings/media/m-1' };
  },
  'POST /v1/held/drop': async () => json({ rule: 'stop', ...hand }),
};

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
