import { afterEach, describe, expect, test, vi } from 'vitest';
import { open } from '../../../src/services.ts';
import { type Box, openBox } from '../box.ts';
import { APP, inbound } from '../sample.ts';
import { reset } from '../storage.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

interface Letter {
  readonly id: string;
  readonly at: string;
  readonly redelivered_at: string | null;
  readonly dropped: string | null;
}

const BY = { actor: 'ada', reason: 'the receiver is right again' };
const WRONG = { DEST_FORWARD: 'https://10.0.0.1/forward' };
const letters = async (box: Box, query = ''): Promise<readonly Letter[]> =>
  (await (await box.ask(`/v1/dead-letters${query}`)).json<{ dead_letters: Letter[] }>())
    .dead_letters;
const bulk = async (box: Box, verb: 'redeliver' | 'drop', body: object, list = 'dead-letters') => {
  const answer = await box.ask(`/v1/${list}/${verb}`, {
    method: 'POST',
    body: JSON.stringify({ ...BY, ...body }),
  });
  return { status: answer.status, body: await answer.json<Record<string, unknown>>() };
};

/** Makes forwards fail for good: dead letters of the rule `unsupported-forwarded`. */
async function fail(box: Box, count: number, name = 'DEAD'): Promise<void> {
  for (let index = 0; index < count; index++)
    await box.take({
      app_id: APP,
      unsupported_callback: { channel: 'WHATSAPP', payload: '{"a":1}', id: `01J${name}${index}` },
    });
  await box.drain(5);
}

/** Dead letters of other kinds, one each. */
async function keepOthers(box: Box): Promise<void> {
  const { deadLetters } = open(box.bindings);
  const dead = { reason: 'it failed', attempts: 3 };
  await deadLetters.keep({ ...dead, queue: 'callbacks', work: { broken: 1 }, code: 'unreadable' });
  await deadLetters.keep({
    ...{ ...dead, queue: 'effects', code: 'destination_refused' },
    work: { kind: 'alerts', group: 'GROUP', again: 'ops' },
  });
}

describe('POST /v1/dead-letters/redeliver', () => {
  test('redelivers what the filters select, once, and counts it before', async () => {
    const box = openBox({}, WRONG);
    await fail(box, 4);
    await keepOthers(box);
    const corrected = openBox();
    const which = { destination: 'forward' };
    expect((await bulk(corrected, 'redeliver', { ...which, dry_run: true })).body).toEqual({
      count: 4,
      redelivered: 0,
      unreadable: 0,
      next: null,
    });
    await corrected.drain(60);
    expect(await corrected.arrivals('forward')).toEqual([]);
    expect((await bulk(corrected, 'redeliver', which)).body).toMatchObject({
      count: 4,
      redelivered: 4,
    });
    await corrected.drain(60);
    expect(await corrected.arrivals('forward')).toHaveLength(4);
    expect((await bulk(corrected, 'redeliver', which)).body).toMatchObject({ redelivered: 0 });
    expect(await letters(corrected, '?state=open')).toHaveLength(2);
  });

  test.each([
    ['since', { since: '2026-11-20T13:00:00Z' }, ['LATE0']],
    ['until', { until: '2026-11-20T13:00:00Z' }, ['EARLY0']],
    ['since and until', { since: '2026-11-20T11:00:00Z', until: '3h' }, []],
    ['a rule', { rule: 'unsupported-forwarded' }, ['EARLY0', 'LATE0']],
    ['another rule', { rule: 'help' }, []],
    [
      'an action and a code',
      { action: 'forward', code: 'destination_refused' },
      ['EARLY0', 'LATE0'],
    ],
    ['another code', { code: 'exhausted' }, []],
    ['a queue', { queue: 'forwards' }, ['EARLY0', 'LATE0']],
  ])('selects by %s', async (_, which, expected) => {
    const box = openBox({}, WRONG);
    await fail(box, 1, 'EARLY');
    await box.drain(2 * 3_600);
    await fail(box, 1, 'LATE');
    vi.restoreAllMocks();
    const now = Date.now();
    const corrected = openBox();
    vi.setSystemTime(now);
    await bulk(corrected, 'redeliver', which);
    await corrected.drain(60);
    const arrived = await corrected.arrivals('forward');
    expect(
      arrived.map(({ body }) => JSON.stringify(body).match(/01J((EARLY|LATE)\d)/)?.[1]).toSorted(),
    ).toEqual(expected);
  });

  test('spreads the deliveries, also over several calls', async () => {
    const box = openBox({}, WRONG);
    await fail(box, 30);
    const corrected = openBox();
    const start = Date.now();
    const times: number[] = [];
    const reached = vi.mocked(fetch).getMockImplementation();
    vi.mocked(fetch).mockImplementation(async (input, init) => {
      if (new Headers(init?.headers).has('signalbox-hop')) times.push(Date.now() - start);
      return reached?.(input, init) ?? new Response();
    });
    await bulk(corrected, 'redeliver', { until: '3s', per_second: 2 });
    const first = await letters(corrected, '?state=open');
    await bulk(corrected, 'redeliver', { per_second: 2 });
    expect(await letters(corrected, '?state=open')).toEqual([]);
    await corrected.drain(120);
    expect(times).toHaveLength(30);
    for (let second = 0; second < 16; second++)
      expect(
        times.filter((at) => at >= second * 1000 && at < second * 1000 + 1000).length,
      ).toBeLessThanOrEqual(2);
    expect(first.length).toBeLessThanOrEqual(30);
  });

  test('leaves what this version cannot read, and goes on behind it', async () => {
    const box = openBox();
    await keepOthers(box);
    expect((await bulk(box, 'redeliver', { code: 'unreadable' })).body).toEqual({
      count: 1,
      redelivered: 0,
      unreadable: 1,
      next: null,
    });
    expect(await letters(box, '?state=open')).toHaveLength(2);
  });

  test('goes through more than one step, each but once', async () => {
    const box = openBox();
    const insert = box.bindings.DB.prepare(
      "INSERT INTO dead_letters (id, at, queue, code, reason, attempts, work) VALUES (?, ?, 'callbacks', 'x', 'y', 3, ?)",
    );
    const work = await open(box.bindings).dataKey.encrypt('{"not":"readable"}');
    await box.bindings.DB.batch(
      Array.from({ length: 250 }, (_, index) => insert.bind(`l${index}`, index % 7, work)),
    );
    let unreadable = 0;
    let after: unknown;
    for (let step = 0; step < 3; step++) {
      const { body } = await bulk(box, 'redeliver', { ...(after ? { after } : {}) });
      unreadable += Number(body.unreadable);
      after = body.next;
    }
    expect([unreadable, after]).toEqual([250, null]);
  });

  test.each([
    ['no actor', { actor: undefined }],
    ['no reason', { reason: undefined }],
    ['an unknown filter', { destinaton: 'forward' }],
    ['no time', { since: 'yesterday' }],
    ['no pace', { per_second: 0 }],
  ])('refuses %s', async (_, body) =>
    expect((await bulk(openBox(), 'redeliver', body)).status).toBe(400));
});

describe('POST /v1/dead-letters/drop', () => {
  test('drops what the filters select, and one can still be redelivered', async () => {
    const box = openBox({}, WRONG);
    await fail(box, 3);
    await keepOthers(box);
    expect((await bulk(box, 'drop', { destination: 'forward', dry_run: true })).body).toEqual({
      count: 3,
      dropped: 0,
    });
    expect((await bulk(box, 'drop', { destination: 'forward' })).body).toEqual({
      count: 3,
      dropped: 3,
    });
    const all = await letters(box);
    expect(all.filter(({ dropped }) => dropped === `ada (api-token): ${BY.reason}`)).toHaveLength(
      3,
    );
    const [one] = all.filter(({ dropped }) => dropped !== null);
    const again = await box.ask(`/v1/dead-letters/${one?.id}/redeliver`, { method: 'POST' });
    expect(again.status).toBe(200);
    expect((await bulk(box, 'drop', {})).body).toEqual({ count: 2, dropped: 2 });
  });
});

describe('a dead letter about an alert', () => {
  test('names destination, alert and title', async () => {
    const box = openBox();
    await box.faults({ kind: 'alert', answers: Array.from({ length: 10 }, () => 400) });
    await box.take(inbound('HELP'));
    await box.drain(600);
    const [group] = (
      await (await box.ask('/v1/alerts')).json<{ alerts: { id: string; members: object[] }[] }>()
    ).alerts;
    const found = await letters(box);
    expect(found.length).toBeGreaterThan(0);
    expect(found).toContainEqual(
      expect.objectContaining({
        destination: 'ops',
        alert: group?.id,
        title: expect.stringMatching(/./),
      }),
    );
    const [one] = found;
    expect(await (await box.ask(`/v1/dead-letters/${one?.id}`)).json()).toEqual(one);
  });
});

describe('the quarantine in bulk', () => {
  test('is redelivered as far as it can be read, and dropped by its filters', async () => {
    const box = openBox();
    for (const body of ['[]', '{"app_id": "x"}', 'no json']) await box.post(body);
    const listed = async (query = '') =>
      (await (await box.ask(`/v1/quarantine${query}`)).json<{ quarantine: { code: string }[] }>())
        .quarantine;
    const [first] = await listed();
    expect(await listed()).toHaveLength(3);
    expect(await listed(`?code=${first?.code}`)).toMatchObject([{ code: first?.code }]);
    expect((await bulk(box, 'redeliver', {}, 'quarantine')).body).toEqual({
      count: 3,
      redelivered: 0,
      unreadable: 3,
      next: null,
    });
    expect((await bulk(box, 'drop', { code: first?.code }, 'quarantine')).body).toEqual({
      count: 1,
      dropped: 1,
    });
    expect(await listed('?state=open')).toHaveLength(2);
    expect((await bulk(box, 'drop', {}, 'quarantine')).body).toEqual({ count: 2, dropped: 2 });
    expect(await (await box.ask('/healthz')).json()).toMatchObject({
      quarantine: { last_day: 0 },
    });
  });
});
