import { afterEach, describe, expect, test, vi } from 'vitest';
import type { OverviewAnswer, SeriesAnswer } from '../../src/api/operating/overview.ts';
import { filesOf } from '../../src/authoring/rule-files.ts';
import { bundle } from '../../src/rulebooks/bundled.ts';
import { type Box, openBox } from './box.ts';
import { greeting, inForce, publish, put, rules } from './publisher.ts';
import { inbound, PERSON, rating, receipt } from './sample.ts';
import { reset } from './storage.ts';

afterEach(async () => {
  vi.useRealTimers();
  await reset();
});

const json = async <T>(box: Box, path: string, init?: RequestInit): Promise<T> => {
  const response = await box.ask(path, init);
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  return response.json<T>();
};
const posted = (body: object): RequestInit => ({
  method: 'POST',
  body: JSON.stringify(body),
  headers: { 'content-type': 'application/json' },
});

describe('GET /v1/me', () => {
  test('names the token and its roles', async () => {
    const box = openBox(
      {},
      {
        API_TOKENS: '{"ada": {"token": "ada-token-0123456789", "roles": ["read"]}}',
      },
    );
    expect(await json(box, '/v1/me')).toEqual({
      name: 'api-token',
      roles: ['read', 'send', 'sync', 'author', 'admin'],
    });
    const headers = { authorization: 'Bearer ada-token-0123456789' };
    expect(await json(box, '/v1/me', { headers })).toEqual({ name: 'ada', roles: ['read'] });
  });
});

describe('POST /v1/dry-run', () => {
  interface DryRun {
    rulebook: string;
    fired: { rule: string }[];
    explanation: { rule: string; outcome: string }[];
  }
  const dryRun = (box: Box, body: object): Promise<DryRun> =>
    json(box, '/v1/dry-run', posted(body));
  const names = ({ fired }: DryRun) => fired.map(({ rule }) => rule);

  test('decides by rules that are not published, and publishes nothing', async () => {
    const box = openBox();
    const callback = inbound('HELLO');
    const rulebook = rules({ 'greeting.json': greeting() });
    expect(names(await dryRun(box, callback))).not.toContain('greeting');
    const tried = await dryRun(box, { callback, rulebook });
    expect([tried.rulebook, names(tried)]).toEqual(['draft', ['greeting']]);
    expect(names(await dryRun(box, callback))).not.toContain('greeting');
  });

  test('decides by another version, which its first characters name', async () => {
    const box = openBox();
    const before = await inForce(box);
    await publish(box, rules({ 'greeting.json': greeting() }));
    const callback = inbound('HELLO');
    expect(names(await dryRun(box, { callback }))).toEqual(['greeting']);
    expect(names(await dryRun(box, { callback, version: before.slice(0, 8) }))).toEqual([]);
  });

  test('decides at a time, and with facts that stand for what Signalbox remembers', async () => {
    const box = openBox();
    const late = greeting({ expires: '2026-12-01T00:00:00Z' });
    const rulebook = rules({ 'greeting.json': late });
    const callback = { ...inbound('HELLO'), accepted_time: undefined, event_time: undefined };
    const at = (day: string) => dryRun(box, { callback, rulebook, at: `${day}T12:00:00Z` });
    expect(names(await at('2026-11-30'))).toEqual(['greeting']);
    expect(names(await at('2026-12-02'))).toEqual([]);
    const given = { keyword: 'HELLO' };
    expect(names(await dryRun(box, { callback: inbound('Hi'), rulebook, given }))).toEqual([
      'greeting',
    ]);
    const wrong = await box.ask('/v1/dry-run', posted({ callback, given: { no_such_fact: 1 } }));
    expect(wrong.status).toBe(400);
  });
});

describe('a version of the rules', () => {
  const stories = { 'tests/one.json': { name: 'one', why: 'x', steps: [] } };
  const examples = [{ name: 'hello', callback: inbound('HELLO'), fires: true }];

  test('keeps examples, stories and the files as they were written', async () => {
    const box = openBox();
    const rulebook = { ...rules({ 'greeting.json': greeting({ examples }) }), stories };
    const files = Object.fromEntries(
      Object.entries(filesOf(rulebook)).map(([file, value]) => [
        file,
        `${JSON.stringify(value, undefined, 4)}\n`,
      ]),
    );
    await publish(box, { ...rulebook, files });
    const kept = await json<{
      rulebook: { rules: Record<string, object>; stories: object };
      files: object;
    }>(box, '/v1/rulebooks/in-force');
    expect(kept.rulebook.rules['greeting.json']).toMatchObject({ examples });
    expect(kept.rulebook.stories).toEqual(stories);
    expect(kept.files).toEqual(files);
  });

  test('is another one when only an example or a story is', async () => {
    const box = openBox();
    const bare = rules({ 'greeting.json': greeting() });
    const { version: one } = await publish(box, bare);
    const told = rules({ 'greeting.json': greeting({ examples }) });
    const { version: two } = await publish(box, told);
    const { version: three } = await publish(box, { ...told, stories });
    expect(new Set([one, two, three]).size).toBe(3);
  });

  test('takes no text that says something else than its file', async () => {
    const box = openBox();
    const files = { 'greeting.json': '{"name": "other"}' };
    const rulebook = rules({ 'greeting.json': greeting() });
    const refused = await put(box, { ...rulebook, files, builds_on: '*' });
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({
      detail: expect.stringContaining('greeting.json'),
    });
  });

  test('that came with the deployment has its examples, stories and files, too', async () => {
    const box = openBox();
    const { rulebook, files } = await json<{
      rulebook: { rules: Record<string, { examples?: unknown[] }>; stories: object };
      files: Record<string, string>;
    }>(box, '/v1/rulebooks/bundled');
    expect(rulebook.rules['stop.json']?.examples?.length).toBeGreaterThan(0);
    expect(Object.keys(rulebook.stories).length).toBeGreaterThan(0);
    expect(JSON.parse(files['stop.json'] ?? '')).toEqual({
      $schema: './rule.schema.json',
      ...rulebook.rules['stop.json'],
    });
    expect(Object.keys(bundle.source.rules)).toContain('stop.json');
  });
});

describe('GET /v1/decisions/{id}/callback', () => {
  test('answers the callback as it came, where it is kept', async () => {
    const box = openBox({}, { JOURNAL_PAYLOAD: 'keep' });
    const body = inbound('please stop <b>texting</b> me');
    const { id } = await box.take(body);
    await box.drain();
    expect(await json(box, `/v1/decisions/${id}/callback`)).toEqual(body);
  });

  test('is for admins', async () => {
    const box = openBox(
      {},
      {
        JOURNAL_PAYLOAD: 'keep',
        API_TOKENS: '{"ada": {"token": "ada-token-0123456789", "roles": ["read", "author"]}}',
      },
    );
    const { id } = await box.take(inbound('STOP'));
    await box.drain();
    const headers = { authorization: 'Bearer ada-token-0123456789' };
    expect((await box.ask(`/v1/decisions/${id}/callback`, { headers })).status).toBe(403);
  });
});

describe('GET /v1/overview and /v1/stats/series', () => {
  test('count what came, what fired, what waits and what is limited', async () => {
    const box = openBox();
    await box.take(rating('RED'));
    await box.take(inbound('please stop texting me'));
    await box.take(receipt('message-1', 'DELIVERED'));
    // Some channels report without a status.
    const { message_delivery_report: report, ...rest } = receipt('message-2', 'DELIVERED');
    const channel_identity = { ...report.channel_identity, channel: 'WHATSAPP' };
    const message_delivery_report = { ...report, channel_identity, status: undefined };
    await box.take({ ...rest, message_delivery_report });
    await box.drain();
    // The copy that the sender’s object publishes when its alarm rings.
    const until = Date.now() + 3_600_000;
    const limits = [
      { to: '10/minute', content: 'marketing', until, reason: 'whatsapp-quality-red' },
    ];
    await box.bindings.KV.put('throttle:app-1:WHATSAPP', JSON.stringify({ limits, as_of: 0 }));
    const overview = await json<OverviewAnswer>(box, '/v1/overview');
    expect(overview.reviews).toMatchObject({ waiting: 1, oldest_at: expect.any(String) });
    expect(overview.delivery).toEqual([{ channel: 'SMS', delivered: 1, failed: 0 }]);
    expect(overview.held).toEqual({ waiting: 0, oldest_at: null });
    expect(overview.limits).toMatchObject([
      { channel: 'WHATSAPP', limit: { to: '10/minute', reason: 'whatsapp-quality-red' } },
    ]);
    expect(overview.rulebook).toMatchObject({ version: bundle.version, actor: 'deployment' });
    const series = await json<SeriesAnswer>(box, '/v1/stats/series?since=1d');
    const sum = (rows: Record<string, readonly number[]>, name: string) =>
      rows[name]?.reduce((total, value) => total + value, 0);
    expect(sum(series.callbacks, 'MESSAGE_INBOUND')).toBe(1);
    expect(sum(series.firings, 'whatsapp-quality-red')).toBe(1);
    expect(series.times.length).toBe(series.callbacks.MESSAGE_INBOUND?.length);
    expect((await box.ask('/v1/stats/series?since=90d')).status).toBe(400);
  });
});

describe('POST /v1/consent/undo', () => {
  interface Undone {
    people: number;
    affected: { person: string; identity: string; at: string }[];
  }
  test('names the people first, and takes back what is chosen, within a span of time', async () => {
    const box = openBox();
    await box.take(inbound('STOP'));
    vi.setSystemTime(Date.now() + 3_600_000);
    const between = new Date().toISOString();
    vi.setSystemTime(Date.now() + 3_600_000);
    const other = '12025550143';
    const later = inbound('STOP', { id: 'another' }) as { message: object };
    const channel_identity = { channel: 'SMS', identity: other, app_id: '' };
    const time = new Date().toISOString();
    await box.take({
      ...later,
      accepted_time: time,
      event_time: time,
      message: { ...later.message, channel_identity },
    });
    const hand = { actor: 'ada', reason: 'a test' };
    const undo = (more: object): Promise<Undone> =>
      json(box, '/v1/consent/undo', posted({ rule: 'stop', since: '1d', ...hand, ...more }));
    const all = await undo({ dry_run: true });
    expect(all.affected.map(({ identity }) => identity)).toEqual([other, PERSON]);
    const early = await undo({ dry_run: true, until: between });
    expect(early.affected.map(({ identity }) => identity)).toEqual([PERSON]);
    const people = all.affected.slice(0, 1).map(({ person }) => person);
    expect(await undo({ people })).toMatchObject({ people: 1, changes: 1 });
    const suppressed = async (identity: string) =>
      (await json<{ suppressed: boolean }>(box, `/v1/recipients/SMS/${identity}`)).suppressed;
    expect([await suppressed(other), await suppressed(PERSON)]).toEqual([false, true]);
  });
});

describe('/console/', () => {
  test('answers every screen with the page and its policy; a file that is not there, and the link of another machine, are not found', async () => {
    const box = openBox();
    const page = await box.ask('/console/rules/stop');
    expect(page.status).toBe(200);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'self'");
    expect((await box.ask('/console/assets/none.js')).status).toBe(404);
    expect((await box.ask('/console/sign-in', posted({ code: 'x' }))).status).toBe(404);
  });
});
