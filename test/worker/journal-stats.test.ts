import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Stats } from '../../src/api/decisions/decisions.ts';
import { readEntries } from '../../src/journal/search.ts';
import { prune } from '../../src/stores/prune.ts';
import { type Box, openBox } from './box.ts';
import { asked, decisions, storeOf } from './journal-asked.ts';
import { greeting, publish, rules } from './publisher.ts';
import { inbound, minutes, rating, receipt } from './sample.ts';
import { reset } from './storage.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

describe('POST /v1/decisions/{id}/replay', () => {
  const replay = async (box: Box, id: string) => {
    const response = await box.ask(`/v1/decisions/${id}/redeliver`, { method: 'POST' });
    return [
      response.status,
      await response.json<{ detail?: string; redelivered?: string }>(),
    ] as const;
  };

  test('takes a callback its way once more by the rules of now; what was done is not done again', async () => {
    const box = openBox({}, { JOURNAL_PAYLOAD: 'keep' });
    const { id } = await box.take(rating('RED'));
    const hello = await box.take(inbound('hello', { id: '01JHELLO' }));
    await box.drain();
    const before = await box.arrivals('alert');
    await publish(box, rules({ 'greeting.json': greeting() }));
    for (const one of [id, hello.id])
      expect(await replay(box, one)).toEqual([202, { redelivered: one }]);
    await box.drain();
    const titles = (await box.arrivals('alert')).slice(before.length).map(({ body }) => body.title);
    expect(titles).toEqual(['Hello']);
    expect((await decisions(box, '?rule=greeting')).map((decision) => decision.id)).toEqual([
      hello.id,
    ]);
  });

  test('says so when the callback was not kept, or is not known', async () => {
    const box = openBox();
    const { id } = await box.take(rating('RED'));
    await box.drain();
    expect(await replay(box, id)).toMatchObject([
      409,
      { detail: expect.stringContaining('JOURNAL_PAYLOAD=keep') },
    ]);
    expect(await replay(box, '0'.repeat(26))).toMatchObject([
      404,
      { detail: expect.stringContaining('nothing is on record') },
    ]);
  });
});

describe('GET /v1/stats', () => {
  test('counts rules, triggers, channels and reasons, and names rules that have not fired for 30 days', async () => {
    const box = openBox();
    await box.take(inbound('STOP', { id: '01JOLD' }));
    await box.drain(32 * 86_400);
    await prune(box.bindings, Date.now());
    await box.take(rating('RED', minutes(32 * 24 * 60 - 1)));
    await box.take(
      receipt('01JM8', 'FAILED', { code: 'RATE_LIMITED', at: minutes(32 * 24 * 60 - 1) }),
    );
    await box.drain();
    const stats = await asked<Stats>(box, '/v1/stats');
    expect(stats).toMatchObject({
      callbacks: 2,
      triggers: [
        { name: 'CHANNEL_EVENT', callbacks: 1 },
        { name: 'MESSAGE_DELIVERY', callbacks: 1 },
      ],
      channels: [
        { name: 'SMS', callbacks: 1 },
        { name: 'WHATSAPP', callbacks: 1 },
      ],
      reason_codes: [{ name: 'RATE_LIMITED', callbacks: 1 }],
    });
    const of = (name: string) => stats.rules.find(({ rule }) => rule === name);
    expect(of('whatsapp-quality-red')).toMatchObject({ fired: 1, in_force: true });
    expect(of('stop')).toMatchObject({ fired: 0, last_fired: minutes(0), in_force: true });
    expect(stats.never_fired).toContain('stop');
    expect(stats.never_fired).not.toContain('whatsapp-quality-red');
  });
});

test('the journal is read the oldest first, in pages, from wherever one stopped', async () => {
  const box = openBox();
  const ids: string[] = [];
  for (const id of ['01JA', '01JB', '01JC']) {
    ids.push((await box.take(receipt(id, 'DELIVERED'))).id);
    await box.drain(10);
  }
  const span = { since: 0, until: Date.now() };
  const found: { id: string; cursor: string }[] = [];
  for await (const { entry, cursor } of readEntries(span, storeOf(box)))
    found.push({ id: entry.id, cursor });
  expect(found.map(({ id }) => id)).toEqual(ids);
  const rest: string[] = [];
  for await (const { entry } of readEntries({ ...span, cursor: found[0]?.cursor }, storeOf(box)))
    rest.push(entry.id);
  expect(rest).toEqual(ids.slice(1));
});
