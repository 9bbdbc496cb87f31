import { reset } from 'cloudflare:test';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Decision, Decisions, Drifts, ExplainedDecision, Stats } from '../../src/api/decisions.ts';
import { consumeJournal } from '../../src/journal/consume.ts';
import { prune } from '../../src/journal/prune.ts';
import { journalled } from '../../src/journal/search.ts';
import { open } from '../../src/wiring.ts';
import { type Box, env, openBox } from './box.ts';
import { APP, inbound, minutes, opt, PERSON, rating, receipt, submitted } from './sample.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

const DAY = 86_400_000;
const asked = async <T>(box: Box, path: string): Promise<T> => (await box.ask(path)).json<T>();
const decisions = async (box: Box, query = ''): Promise<readonly Decision[]> =>
  (await asked<Decisions>(box, `/v1/decisions${query}`)).decisions;
const actionsOf = (decision: Decision | undefined) =>
  decision?.actions.map(({ action, outcome, detail = '' }) => [action, outcome, detail]);
const rows = async (sql: string) => (await env.DB.prepare(sql).all()).results;
/** Everything in the journal's tables, as one text. */
const journal = async (): Promise<string> =>
  JSON.stringify([
    await rows('SELECT * FROM decisions'),
    await rows('SELECT * FROM decided_rules'),
    await rows('SELECT * FROM decided_actions'),
    await rows('SELECT * FROM drift'),
  ]);

describe('a callback on record', () => {
  test('names its rules and what became of each action', async () => {
    const box = openBox();
    const { id } = await box.take(rating('RED'));
    await box.drain();
    const [decision] = await decisions(box);
    expect(decision).toMatchObject({
      id,
      received_at: minutes(0),
      event_time: minutes(-1),
      class: 'callback',
      trigger: 'CHANNEL_EVENT',
      channel: 'WHATSAPP',
      app_id: APP,
      shadow: false,
      rules: [{ rule: 'whatsapp-quality-red', outcome: 'fired' }],
    });
    expect(decision?.rulebook).toMatch(/^\w+/);
    expect(actionsOf(decision)).toEqual([
      ['throttle', 'done', ''],
      ['alert', 'done', expect.stringMatching(/./)],
    ]);
  });

  test('is one entry however often it comes, and what is done stays done', async () => {
    const box = openBox();
    box.line.times = 2;
    await box.take(rating('RED'));
    await box.drain();
    await box.take(rating('RED'));
    await box.drain(60);
    const found = await decisions(box);
    expect(found).toHaveLength(1);
    expect(actionsOf(found[0])).toEqual([
      ['throttle', 'done', ''],
      ['alert', 'done', expect.stringMatching(/./)],
    ]);
  });

  test('says that an effect waits, was tried again, was left undone and why, or failed', async () => {
    const box = openBox();
    await box.take(submitted('01JM1'));
    const failed = await box.take(receipt('01JM1', 'FAILED', { code: 'RATE_LIMITED' }));
    await box.drain();
    const retry = async () =>
      actionsOf((await decisions(box, `?rule=retry-transient-failure`)).find(({ id }) => id === failed.id));
    expect(await retry()).toEqual([['retry', 'queued', '']]);
    box.network.up = false;
    await box.drain(90);
    expect(await retry()).toEqual([['retry', 'retried', expect.stringContaining('sinch_unavailable')]]);
    box.network.up = true;
    await box.drain(3600);
    expect(await retry()).toEqual([['retry', 'done', expect.stringContaining('sent again as')]]);

    await box.take(inbound('STOP'));
    const refused = await box.take(receipt('01JM1', 'FAILED', { code: 'RATE_LIMITED', at: minutes(61) }));
    expect(refused.id).toBe(failed.id);
    await box.take(submitted('01JM2'));
    const stopped = await box.take(receipt('01JM2', 'FAILED', { code: 'RATE_LIMITED' }));
    await box.drain(3600);
    const [last] = (await decisions(box)).filter(({ id }) => id === stopped.id);
    expect(actionsOf(last)).toContainEqual(['retry', 'skipped', 'the person asked for no more messages']);
  });

  test('says that an effect failed for good', async () => {
    const box = openBox();
    await box.take(submitted('01JM3'));
    await box.take(receipt('01JM3', 'FAILED', { code: 'RATE_LIMITED' }));
    await box.faults({ kind: 'messages:send', answers: [400] });
    await box.drain(600);
    expect((await decisions(box, '?outcome=failed')).map(({ rules }) => rules[0]?.rule)).toEqual([
      'retry-transient-failure',
    ]);
  });

  test('does not hold up its answer, and is not worth a callback: a journal that is down loses nothing else', async () => {
    const box = openBox();
    box.line.failing = true;
    const error = vi.spyOn(console, 'error').mockImplementation(() => {});
    expect((await box.post(receipt('01JM4', 'DELIVERED'))).status).toBe(200);
    await box.drain();
    expect(error).toHaveBeenCalledWith(expect.objectContaining({ event: 'journal.lost' }));
    expect(await decisions(box)).toEqual([]);
  });

  test('is written as soon as the database takes it again', async () => {
    const box = openBox();
    await box.take(rating('RED'));
    vi.spyOn(console, 'error').mockImplementation(() => {});
    const batch = vi.spyOn(box.bindings.DB, 'batch').mockRejectedValueOnce(new Error('D1 is down'));
    await box.drain(120);
    expect(batch.mock.calls.length).toBeGreaterThan(1);
    expect(await decisions(box)).toHaveLength(1);
  });

  test('that is no note is kept as a dead letter', async () => {
    const box = openBox();
    await box.bindings.JOURNAL_QUEUE.send({ nonsense: true });
    await box.drain();
    const { dead_letters } = await asked<{ dead_letters: { queue: string; code: string }[] }>(box, '/v1/dead-letters');
    expect(dead_letters).toMatchObject([{ queue: 'journal', code: 'unreadable' }]);
  });

  test.each([
    ['all', 2],
    ['acted', 1],
    ['off', 0],
  ])('with JOURNAL=%s: %i of one that fired and one that did not', async (mode, count) => {
    const box = openBox({}, { JOURNAL: mode });
    await box.take(rating('RED'));
    await box.take(receipt('01JM5', 'DELIVERED'));
    await box.drain();
    expect(await decisions(box)).toHaveLength(count);
  });
});

describe('what is kept of a person', () => {
  const words = 'My lawyer will hear of this';

  test('is a keyed hash: no address and no text, neither in the journal nor in its queue', async () => {
    const box = openBox();
    const sent = vi.spyOn(box.bindings.JOURNAL_QUEUE, 'sendBatch');
    await box.take(inbound(words));
    await box.take(submitted('01JM6'));
    await box.drain();
    const all = `${await journal()}${JSON.stringify(sent.mock.calls)}`;
    for (const secret of [PERSON, words, 'lawyer', 'order-17', 'parcel']) expect(all).not.toContain(secret);
    expect(all).toContain('MESSAGE_SUBMIT');
  });

  test('is the whole callback, sealed, with JOURNAL_PAYLOAD=keep: then every condition can be told', async () => {
    const box = openBox({}, { JOURNAL_PAYLOAD: 'keep' });
    const { id } = await box.take(inbound('please stop texting me'));
    await box.drain();
    expect(await journal()).not.toContain('texting');
    const told = await asked<ExplainedDecision>(box, `/v1/decisions/${id}`);
    expect(told).toMatchObject({ notes: [], not_kept: [] });
    expect(told.explanation.map(({ sentence }) => sentence).join('\n')).toContain(
      'keyword was “PLEASE STOP TEXTING ME”',
    );
  });

  test('goes when the contact is erased, also from an entry that arrives late; that something was decided stays', async () => {
    const box = openBox({}, { JOURNAL_PAYLOAD: 'keep' });
    const withContact = (id: string) => {
      const callback = inbound('STOP', { id });
      return { ...callback, message: { ...callback.message, contact_id: '01JCONTACT' } };
    };
    const early = await box.take(withContact('01JEARLY'));
    await box.drain();
    expect(
      await rows('SELECT * FROM decisions WHERE person IS NOT NULL AND contact IS NOT NULL AND body IS NOT NULL'),
    ).toHaveLength(1);

    const late = await box.take(withContact('01JLATE'));
    await open(box.bindings).contacts.erase('01JCONTACT', []);
    await box.drain();
    for (const { id } of [early, late]) {
      const told = await asked<ExplainedDecision>(box, `/v1/decisions/${id}`);
      expect(told).toMatchObject({
        rules: [{ rule: 'stop', outcome: 'fired' }],
        notes: [expect.stringContaining('erased')],
      });
      expect(told.explanation[0]?.sentence).toContain('injected was erased, keyword was erased');
    }
    expect(
      await rows('SELECT * FROM decisions WHERE person IS NOT NULL OR contact IS NOT NULL OR body IS NOT NULL'),
    ).toEqual([]);
  });

  test('is pruned by class: consent is kept longer', async () => {
    const box = openBox();
    await box.take(rating('RED'));
    await box.take(inbound('STOP'));
    await box.take(opt('OPT_OUT_SUCCEEDED'));
    await box.drain();
    const left = async () => (await decisions(box)).map(({ class: kind }) => kind);
    await prune(box.bindings, Date.now() + 13 * DAY);
    expect(await left()).toHaveLength(3);
    await prune(box.bindings, Date.now() + 15 * DAY);
    expect(await left()).toEqual(['consent', 'consent']);
    expect(await rows("SELECT * FROM decided_actions WHERE action = 'throttle'")).toEqual([]);
    await prune(box.bindings, Date.now() + 401 * DAY);
    expect(await journal()).toBe('[[],[],[],[]]');
  });

  test('is kept as long as the settings say', async () => {
    const box = openBox({}, { JOURNAL_KEPT: '2d', JOURNAL_KEPT_CONSENT: '3d' });
    await box.take(rating('RED'));
    await box.take(inbound('STOP'));
    await box.drain();
    await prune(box.bindings, Date.now() + 2.5 * DAY);
    expect((await decisions(box)).map(({ class: kind }) => kind)).toEqual(['consent']);
  });
});

describe('GET /v1/decisions', () => {
  const filled = async () => {
    const box = openBox();
    await box.take(rating('RED'));
    await box.take(inbound('STOP'));
    await box.drain(60);
    await box.take(inbound('hello', { identity: '46701740999', channel: 'WHATSAPP' }));
    await box.take(receipt('01JM7', 'FAILED', { code: 'RECIPIENT_BLOCKED' }));
    await box.drain(60);
    return box;
  };

  test('finds by each filter', async () => {
    const box = await filled();
    const table: [string, string[]][] = [
      ['', ['MESSAGE_DELIVERY', 'MESSAGE_INBOUND', 'MESSAGE_INBOUND', 'CHANNEL_EVENT']],
      ['?trigger=CHANNEL_EVENT', ['CHANNEL_EVENT']],
      ['?rule=stop', ['MESSAGE_INBOUND']],
      ['?rule=nothing', []],
      ['?action=throttle', ['CHANNEL_EVENT']],
      ['?action=alert&outcome=done&rule=whatsapp-quality-red', ['CHANNEL_EVENT']],
      ['?action=alert&outcome=queued', []],
      ['?outcome=none', ['MESSAGE_INBOUND']],
      ['?outcome=shadow', []],
      ['?channel=whatsapp', ['MESSAGE_INBOUND', 'CHANNEL_EVENT']],
      [`?identity=%2B${PERSON}`, ['MESSAGE_DELIVERY', 'MESSAGE_INBOUND']],
      [`?identity=00${PERSON}&trigger=MESSAGE_INBOUND`, ['MESSAGE_INBOUND']],
      [`?identity=${PERSON}&channel=WHATSAPP`, []],
      ['?identity=46701740999&channel=WHATSAPP', ['MESSAGE_INBOUND']],
      [`?app_id=${APP}`, ['MESSAGE_DELIVERY', 'MESSAGE_INBOUND', 'MESSAGE_INBOUND', 'CHANNEL_EVENT']],
      ['?app_id=another', []],
      [`?since=${minutes(0.5)}`, ['MESSAGE_DELIVERY', 'MESSAGE_INBOUND']],
      [`?until=${minutes(0.5)}`, ['MESSAGE_INBOUND', 'CHANNEL_EVENT']],
      ['?since=90s', ['MESSAGE_DELIVERY', 'MESSAGE_INBOUND']],
    ];
    for (const [query, triggers] of table) {
      const found = (await decisions(box, query)).map(({ trigger }) => trigger);
      expect([query, found.toSorted()]).toEqual([query, triggers.toSorted()]);
    }
  });

  test.each([
    ['?outcome=dne', 'outcome: expected fired'],
    ['?since=yesterday', 'since: expected a time'],
    ['?limit=0', 'limit: expected a number from 1 to 200'],
    ['?rul=stop', 'rul'],
  ])('refuses %s', async (query, detail) => {
    const response = await openBox().ask(`/v1/decisions${query}`);
    expect([response.status, (await response.json<{ detail: string }>()).detail]).toEqual([
      400,
      expect.stringContaining(detail),
    ]);
  });

  test('pages through everything once, the newest first, while more comes in', async () => {
    const box = await filled();
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: Decisions = await asked(box, `/v1/decisions?limit=1${cursor && `&cursor=${cursor}`}`);
      seen.push(...page.decisions.map(({ id }) => id));
      cursor = page.next;
      if (seen.length === 1) {
        await box.take(receipt('01JNEW', 'DELIVERED'));
        await box.drain(1);
      }
    }
    expect(seen).toHaveLength(4);
    expect(new Set(seen).size).toBe(4);
  });
});

describe('GET /v1/decisions/{id}', () => {
  test('says of every rule on the trigger why it fired or not, the nearest miss first', async () => {
    const box = openBox();
    const { id } = await box.take(rating('YELLOW'));
    await box.drain();
    const { explanation, explained_under, rulebook } = await asked<ExplainedDecision>(box, `/v1/decisions/${id}`);
    expect(explained_under).toBe(rulebook);
    const red = explanation.find(({ rule }) => rule === 'whatsapp-quality-red');
    expect(red?.sentence).toBe(
      'whatsapp-quality-red did not fire: quality rating was YELLOW, the rule needs RED (1 of 2 conditions held)',
    );
    expect(explanation[0]).toMatchObject({ rule: 'whatsapp-quality-yellow', outcome: 'fired' });
    const silent = explanation.filter(({ outcome }) => outcome === 'did-not-fire').map(({ misses }) => misses.length);
    expect(silent).toEqual(silent.toSorted((a, b) => a - b));
    expect(explanation.map(({ sentence }) => sentence).join('\n')).toContain('was missing');
  });

  test('names what was not kept, and knows a stop word by its hash', async () => {
    const box = openBox();
    const stop = await box.take(inbound('Stop.'));
    const other = await box.take(inbound('stop it now'));
    await box.drain();
    const told = await asked<ExplainedDecision>(box, `/v1/decisions/${stop.id}`);
    expect(told.explanation[0]?.sentence).toBe('stop fired: injected was false, keyword was STOP');
    expect(told).toMatchObject({
      not_kept: ['identity', 'keyword', 'text'],
      notes: [expect.stringContaining('JOURNAL_PAYLOAD')],
    });
    const unknown = await asked<ExplainedDecision>(box, `/v1/decisions/${other.id}`);
    const rule = unknown.explanation.find((one) => one.rule === 'stop');
    expect(rule?.sentence).toContain('keyword was not kept, the rule needs');
    expect(rule?.outcome).toBe('did-not-fire');
  });

  test('explains under the rulebook in force where that of then is gone, and says so', async () => {
    const box = openBox();
    const { id } = await box.take(rating('RED'));
    await box.drain();
    await env.DB.prepare("UPDATE decisions SET rulebook = 'gone'").run();
    const told = await asked<ExplainedDecision>(box, `/v1/decisions/${id}`);
    expect(told.notes[0]).toMatch(/^rulebook gone decided this and cannot be loaded .* which is in force$/);
    expect(told.explained_under).not.toBe('gone');
    expect(told.explanation[0]).toMatchObject({ rule: 'whatsapp-quality-red', outcome: 'fired' });
  });

  test.each([
    ['00000000000000000000000000', 404, 'nothing is on record'],
    ['short', 400, 'expected the 26 characters'],
  ])('answers for %s with %i', async (id, status, detail) => {
    const response = await openBox().ask(`/v1/decisions/${id}`);
    expect([response.status, (await response.json<{ detail: string }>()).detail]).toEqual([
      status,
      expect.stringContaining(detail),
    ]);
  });

  test('names the rulebooks that did decide it when another is asked for', async () => {
    const box = openBox();
    const { id } = await box.take(rating('RED'));
    await box.drain();
    const response = await box.ask(`/v1/decisions/${id}?rulebook=other`);
    expect([response.status, (await response.json<{ detail: string }>()).detail]).toEqual([
      404,
      expect.stringContaining('was not decided by rulebook other, but by'),
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
    await box.take(receipt('01JM8', 'FAILED', { code: 'RATE_LIMITED', at: minutes(32 * 24 * 60 - 1) }));
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

describe('what is new at Sinch', () => {
  const story = (phone: string) => ({ app_id: APP, story_notification: { phone, text: 'Anna was here' } });

  test('is noted once a kind and day, told in one low alert, and comes with a fixture that names nobody', async () => {
    const box = openBox();
    await box.take(story(PERSON));
    await box.take(story('46701740999'));
    await box.take({ app_id: APP, other_notification: {} });
    await box.drain();
    await box.drain();
    const { drift } = await asked<Drifts>(box, '/v1/drift');
    expect(drift.map(({ day, kind, name }) => [day, kind, name]).toSorted()).toEqual([
      ['2026-11-20', 'trigger', 'other_notification'],
      ['2026-11-20', 'trigger', 'story_notification'],
    ]);
    expect(drift.find(({ name }) => name.startsWith('story'))?.fixture).toMatchObject({
      story_notification: { phone: '46700000001', text: 'example' },
    });
    expect(await box.arrivals('alert')).toMatchObject([
      {
        body: {
          severity: 'low',
          title: 'Signalbox: a new trigger from Sinch',
          text: expect.stringContaining('signalbox drift'),
        },
      },
    ]);
    expect(await journal()).not.toContain('Anna');
  });

  test('is told again on another day, and another kind by itself', async () => {
    const box = openBox();
    await box.take(story(PERSON));
    await box.take(receipt('01JM9', 'PAUSED'));
    await box.drain(86_400);
    await box.take(story('46701740999'));
    await box.drain();
    expect((await asked<Drifts>(box, '/v1/drift')).drift).toHaveLength(3);
    const titles = (await box.arrivals('alert')).map(({ body }) => body.title);
    expect(titles.toSorted()).toEqual([
      'Signalbox: a new trigger from Sinch',
      'Signalbox: a new trigger from Sinch',
      'Signalbox: a new value from Sinch',
    ]);
  });

  test('is noted once also by an isolate that knows nothing of the others', async () => {
    const box = openBox();
    await box.take(story(PERSON));
    const [note] = await vi.waitFor(() => {
      const waiting = box.line.waiting().filter(({ queue }) => queue === 'journal');
      expect(waiting.length).toBeGreaterThan(0);
      return waiting;
    });
    await box.drain();
    await box.bindings.JOURNAL_QUEUE.send(note?.body);
    await box.drain();
    await box.drain();
    expect(await box.arrivals('alert')).toHaveLength(1);
    expect((await asked<Drifts>(box, '/v1/drift')).drift).toHaveLength(1);
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
  for await (const { entry, cursor } of journalled(span, env.DB)) found.push({ id: entry.id, cursor });
  expect(found.map(({ id }) => id)).toEqual(ids);
  const rest: string[] = [];
  for await (const { entry } of journalled({ ...span, cursor: found[0]?.cursor }, env.DB)) rest.push(entry.id);
  expect(rest).toEqual(ids.slice(1));
});

test('a batch with nothing in it writes nothing', async () => {
  const box = openBox();
  const batch = {
    queue: 'signalbox-journal',
    messages: [],
    metadata: { metrics: { backlogCount: 0, backlogBytes: 0 } },
    ackAll: () => {},
    retryAll: () => {},
  };
  await consumeJournal(batch, open(box.bindings), env.DB);
  expect(await journal()).toBe('[[],[],[],[]]');
});
