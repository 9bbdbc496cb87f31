import { afterEach, expect, test, vi } from 'vitest';
import { app } from '../../src/app.ts';
import { signalbox } from '../../src/client.ts';
import { openBox, TOKEN } from './box.ts';
import { reset } from './storage.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

/** A client whose network is the API itself. */
function open(token = TOKEN) {
  const { bindings } = openBox();
  return signalbox('https://signalbox.test', {
    token,
    fetch: async (input, init) => app.fetch(new Request(input, init), bindings),
  });
}
const hand = { actor: 'ada', reason: 'she called us' };
const ada = { channel: 'SMS', identity: '12025550142' };

test('the typed client asks, changes and looks, by the routes’ own types', async () => {
  const { v1 } = open();
  const put = await v1.recipients[':channel'][':identity'].$put({
    param: ada,
    query: {},
    json: hand,
  });
  expect((await put.json()).changed).toBe(true);
  const asked = await v1['may-send'].$post({
    query: { consistency: 'strong' },
    json: { recipients: [{ ...ada, app_id: 'app-1', content: 'other' }] },
  });
  const [verdict] = (await asked.json()).results;
  expect([verdict?.allowed, verdict?.reasons[0]?.code]).toEqual([false, 'opted_out']);
  const looked = await v1.recipients[':channel'][':identity'].$get({ param: ada, query: {} });
  expect((await looked.json()).scopes).toEqual({ all: true, marketing: true, notification: true });
  const found = await v1.channels.$post({
    json: { recipients: [{ addresses: [ada], app_id: 'app-1', content: 'other' }] },
  });
  expect((await found.json()).results[0]?.channels[0]?.allowed).toBe(false);
  const checks = await v1['capability-checks'].$post({
    json: { recipients: [{ ...ada, app_id: 'app-1' }] },
  });
  expect((await checks.json()).started).toHaveLength(1);
  const permits = await v1.permits.$post({
    json: { app_id: 'app-1', channel: 'SMS', content: 'other', count: 2 },
  });
  expect(await permits.json()).toEqual({ granted: 2 });
});

test.each([
  'a/b',
  'c?app_id=B#d',
  'e%2Ff',
  'ö+==',
])('the typed client means %s by it, whatever a path makes of that', async (identity) => {
  const { v1 } = open();
  const somebody = { channel: 'VIBER', identity };
  const named = { param: somebody, query: { app_id: 'app-1' } };
  expect((await v1.recipients[':channel'][':identity'].$put({ ...named, json: hand })).status).toBe(
    200,
  );
  const recipients = [{ ...somebody, app_id: 'app-1', content: 'other' as const }];
  const asked = await v1['may-send'].$post({ query: {}, json: { recipients } });
  expect((await asked.json()).results).toMatchObject([{ allowed: false }]);
});

test('the typed client sees a refusal as it is', async () => {
  const answer = await open('a-token-that-nobody-knows').v1.decisions.$get({ query: {} });
  expect([answer.ok, answer.status]).toEqual([false, 401]);
});

test('the typed client knows what a question must say', async () => {
  const { v1 } = open();
  // @ts-expect-error the app and the content are missing
  const answer = await v1['may-send'].$post({ query: {}, json: { recipients: [ada] } });
  expect(answer.status).toBe(400);
});
