import { env } from 'cloudflare:workers';
import type * as v from 'valibot';
import { afterEach, expect, test, vi } from 'vitest';
import { actions } from '../../src/actions/index.ts';
import type { UnsupportedList, UnsupportedWithDraft } from '../../src/api/decisions/unsupported.ts';
import { compile } from '../../src/rules/compile/compile.ts';
import { runExample } from '../../src/rules/prove/examples.ts';
import { prune } from '../../src/stores/prune.ts';
import { type Box, openBox } from './box.ts';
import { dump } from './erasing.ts';
import { unsupported } from './scenarios/scenario.ts';
import { reset } from './storage.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

const DAY = 86_400_000;
const THEIRS = '46701740699';
const notice = (more: object = {}) =>
  unsupported(JSON.stringify({ type: 'poll_update', poll: { votes: 3 }, ...more }));

const listed = async (box: Box, query = '') =>
  (await (await box.ask(`/v1/unsupported${query}`)).json<v.InferOutput<typeof UnsupportedList>>())
    .unsupported;
const drafted = async (box: Box, id: string) =>
  (await box.ask(`/v1/unsupported/${id}`)).json<v.InferOutput<typeof UnsupportedWithDraft>>();

test('an UNSUPPORTED callback is kept whole, once, encrypted, and shown to admins', async () => {
  const token = 'a-token-that-only-reads';
  const tokens = { reader: { token, roles: ['read', 'author'] } };
  const box = openBox({}, { API_TOKENS: JSON.stringify(tokens) });
  const { id } = await box.take(notice());
  await box.take(notice());
  await box.drain(60);
  expect(await listed(box)).toEqual([
    {
      ...{ id, received_at: '2026-11-20T12:00:00.000Z', app_id: '01JBOXAPP0000000000000TEST' },
      ...{ channel: 'WHATSAPP', type: 'poll_update', callback: notice() },
    },
  ]);
  expect(await listed(box, '?channel=RCS')).toEqual([]);
  expect(await listed(box, '?type=poll_update')).toHaveLength(1);
  const rows = (await env.DB.prepare('SELECT * FROM unsupported').all()).results;
  expect(JSON.stringify(rows)).not.toContain('votes');
  for (const path of ['/v1/unsupported', `/v1/unsupported/${id}`, `/v1/decisions/${id}/callback`])
    expect((await box.ask(path, { headers: { authorization: `Bearer ${token}` } })).status).toBe(
      403,
    );
  // What commands and the console make examples and rules of.
  expect(await (await box.ask(`/v1/decisions/${id}/callback`)).json()).toEqual(notice());
});

test('a large one is kept too, and each change of a notification on its own', async () => {
  const box = openBox();
  await box.take(notice({ text: 'x'.repeat(200_000) }));
  const change = (field: string) => ({ field, value: { event: field } });
  const entry = [{ id: 'waba', changes: [change('calls'), change('security')] }];
  const both = unsupported(JSON.stringify({ object: 'whatsapp_business_account', entry }));
  await box.take(both);
  await box.drain(60);
  const kept = await listed(box);
  expect(kept.map(({ type }) => type).toSorted()).toEqual(['calls', 'poll_update', 'security']);
  expect(kept.map(({ callback }) => JSON.stringify(callback).length > 200_000)).toContain(true);
});

test.each([
  ['of a type', notice()],
  ['with a payload without a type', unsupported('{"something":{"new":1}}')],
  ['with a payload that is no JSON', unsupported('not JSON')],
])('a rule drafted from one %s compiles and fires for it', async (_, callback) => {
  const box = openBox();
  const { id } = await box.take(callback);
  await box.drain(60);
  const { draft, command } = await drafted(box, id);
  expect(command).toBe(`signalbox new ${draft.name} --from ${id}`);
  const source = {
    rules: { [`${draft.name}.json`]: draft },
    lists: {},
    conditions: {},
    alerts: {},
  };
  const { rulebook, findings } = compile(source, actions, 'draft');
  expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  const [rule] = rulebook.rules;
  const [example] = rule?.examples ?? [];
  expect(rule && example && (await runExample(rulebook, rule, example)).passed).toBe(true);
});

test.each([
  [
    'by an address in a field that only the channel knows',
    { deep: [{ who: `+46 70-174 06 99` }] },
    { channel: 'WHATSAPP', identity: THEIRS },
  ],
  ['by a contact', { member: '01JCONTACT7' }, { contact_id: '01JCONTACT7' }],
])('an erasure %s removes it, also where it is stored later', async (_, payload, whom) => {
  const box = openBox();
  const { id } = await box.take(notice(payload));
  await box.take(notice({ other: 1 }));
  await box.drain(60);
  expect(await listed(box)).toHaveLength(2);
  await box.take(notice({ ...payload, second: true }));
  const body = JSON.stringify({ ...whom, actor: 'ines', reason: 'they asked' });
  expect((await box.ask('/v1/erase', { method: 'POST', body })).status).toBe(200);
  await box.drain(60);
  expect(await listed(box)).toHaveLength(1);
  expect((await box.ask(`/v1/unsupported/${id}`)).status).toBe(404);
  expect((await dump()).filter((text) => text.startsWith('D1 unsupported')).join()).not.toMatch(
    /06 99|01JCONTACT7/,
  );
});

test('it is kept as long as the setting says', async () => {
  const box = openBox({}, { UNSUPPORTED_RETENTION: '10d' });
  await box.take(notice());
  await box.drain(60);
  await prune(box.bindings, Date.now() + 9 * DAY);
  expect(await listed(box)).toHaveLength(1);
  await prune(box.bindings, Date.now() + 11 * DAY);
  expect(await listed(box)).toEqual([]);
});
