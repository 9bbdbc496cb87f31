import { listDurableObjectIds, runInDurableObject } from 'cloudflare:test';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Change, ChangeFeed } from '../../src/api/consent/changes.ts';
import type { Change as Stored } from '../../src/objects/changes/change.ts';
import { type Box, env, openBox } from './box.ts';
import { dump, naming } from './erasing.ts';
import { APP, inbound, minutes, PERSON } from './sample.ts';
import { capability, contact, contactGone, merged } from './scenarios/scenario.ts';
import { reset } from './storage.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

const DAY = 86_400_000;
// Tests replace the binding of the objects, whose environment may be this one.
const { CHANGES } = env;

/** Lets every shard pass on its changes. */
async function passOn(change: object = {}): Promise<void> {
  vi.setSystemTime(Date.now() + 2_000);
  for (const id of await listDurableObjectIds(env.RECIPIENTS))
    await runInDurableObject(env.RECIPIENTS.get(id), async (object) => {
      // The environment of the objects is one object of its own, and open to change.
      Object.assign(Reflect.get(object, 'env') as object, { CHANGES, ...change });
      await object.alarm();
    });
}

const feed = async (box: Box, query = ''): Promise<ChangeFeed> =>
  (await box.ask(`/v1/changes${query}`)).json<ChangeFeed>();
const kindsOf = ({ changes }: ChangeFeed) => changes.map(({ kind }) => kind);
const lift = (box: Box) =>
  box.ask(`/v1/recipients/SMS/${PERSON}?actor=ines&reason=asked`, { method: 'DELETE' });

describe('the feed of changes', () => {
  test('names an opt-out that concerns fewer lists as a correction of its own', async () => {
    const box = openBox({
      consents: {
        [PERSON]: [
          {
            ...{ operation: 'INSERT', list_type: 'OPT_OUT_MARKETING' },
            ...{ app_id: APP, datetime: minutes(-4) },
          },
        ],
      },
    });
    const said = { channel: 'SMS', identity: PERSON, status: 'OPT_OUT_SUCCEEDED' };
    await box.take({ app_id: APP, event_time: minutes(-4), opt_out_notification: said });
    await box.drain();
    await passOn();
    const { changes } = await feed(box);
    expect(changes.map((change) => [change.kind, 'source' in change && change.source])).toEqual([
      ['consent_withdrawn', 'opt'],
      ['consent_given', 'narrowing'],
    ]);
  });

  test('has consent, capability, merges and erasures in order, and continues behind its end', async () => {
    const box = openBox();
    const { id: stop } = await box.take(inbound('STOP', { at: minutes(-9) }));
    await passOn();
    const first = await feed(box);
    const refusing = { all: true, marketing: true, notification: true };
    expect(first).toEqual({
      changes: [
        {
          ...{ kind: 'consent_withdrawn', id: expect.any(String), at: minutes(-9) },
          ...{ recorded_at: expect.any(String), person: expect.stringMatching(/^\w{26}$/) },
          ...{ channel: 'SMS', identity: PERSON, app_id: APP, scope: 'all', source: 'keyword' },
          ...{ rule: 'stop', decision_id: stop, scopes: refusing },
          ...{ apps: { [APP]: refusing }, other_apps: refusing },
        },
      ],
      ...{ next: expect.any(String), more: false, missed: false },
    });
    expect(kindsOf(await feed(box, `?since=${first.next}`))).toEqual([]);
    await lift(box);
    await box.take(capability('RCS', 'NO_CAPABILITY'));
    const { id: merge } = await box.take(merged);
    await passOn();
    const second = await feed(box, `?since=${first.next}`);
    expect(second.changes).toHaveLength(3);
    expect(second.changes).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ kind: 'consent_given', source: 'hand', identity: PERSON }),
        expect.objectContaining({
          ...{ kind: 'capability', channel: 'RCS', identity: PERSON },
          ...{ status: 'NO_CAPABILITY', previous: null },
        }),
        expect.objectContaining({
          ...{ kind: 'contacts_merged', decision_id: merge },
          ...{ preserved_contact_id: '01JCONTACT1', deleted_contact_id: '01JCONTACT2' },
        }),
      ]),
    );
    expect(kindsOf(await feed(box, '?kinds=capability'))).toEqual(['capability']);
    expect(kindsOf(await feed(box, '?since=30s'))).toHaveLength(4);
    const paged: Change[] = [];
    for (let since = '', more = true; more; ) {
      const page = await feed(box, `?limit=1${since && `&since=${since}`}`);
      paged.push(...page.changes);
      ({ next: since, more } = page);
    }
    expect(paged).toEqual((await feed(box)).changes);
  });

  test('has no change twice: neither of a callback that is delivered again, nor after a lost answer', async () => {
    const box = openBox();
    for (let times = 0; times < 2; times++) {
      for (const callback of [inbound('STOP'), capability('RCS', 'CAPABILITY_FULL'), merged])
        await box.take(callback);
      const unsure = new Proxy(CHANGES, {
        get: (namespace, name) =>
          name === 'getByName'
            ? (object: string) => ({
                append: async (changes: Stored[]) => {
                  await namespace.getByName(object).append(changes);
                  throw new Error('the answer is lost');
                },
              })
            : Reflect.get(namespace, name),
      });
      await passOn({ CHANGES: unsure });
      await passOn();
      await passOn();
    }
    expect(kindsOf(await feed(box)).toSorted()).toEqual([
      'capability',
      'consent_withdrawn',
      'contacts_merged',
    ]);
  });

  test('has only what changed', async () => {
    const box = openBox();
    await box.take(inbound('STOP', { id: '01J1' }));
    await box.take(inbound('STOP', { id: '01J2' }));
    await box.take(capability('RCS', 'CAPABILITY_FULL', { at: minutes(-5) }));
    await box.take(capability('RCS', 'CAPABILITY_FULL', { at: minutes(-4) }));
    // It was so earlier, and is not news.
    await box.take(capability('RCS', 'NO_CAPABILITY', { at: minutes(-8) }));
    await passOn();
    expect(kindsOf(await feed(box)).toSorted()).toEqual(['capability', 'consent_withdrawn']);
  });

  test('has what an undo gives back', async () => {
    const box = openBox();
    await box.take(inbound('STOP', { at: minutes(-5) }));
    const undo = { rule: 'stop', since: '1d', actor: 'ines', reason: 'a wrong word' };
    const undone = await box.ask('/v1/consent/undo', {
      method: 'POST',
      body: JSON.stringify(undo),
    });
    expect(undone.status).toBe(200);
    await passOn();
    expect((await feed(box)).changes).toMatchObject([
      { kind: 'consent_withdrawn', scopes: { all: true } },
      { kind: 'consent_given', source: 'undo', identity: PERSON, scopes: { all: false } },
    ]);
  });

  test('has nothing of an erased person but the erasure, once, and what comes after it', async () => {
    const box = openBox();
    await box.take(contact('create'));
    await box.take(inbound('STOP', { at: minutes(-5) }));
    await box.take(merged);
    await passOn();
    expect(kindsOf(await feed(box)).toSorted()).toEqual(['consent_withdrawn', 'contacts_merged']);
    // This one still waits in its shard when the person is erased.
    await box.take(capability('SMS', 'CAPABILITY_FULL'));
    await box.drain();
    for (let times = 0; times < 2; times++) {
      await box.take({ ...contactGone, event_time: minutes(times) });
      await box.drain(60);
      expect(naming(await dump())).toEqual([]);
      await passOn();
      const erased = await feed(box);
      expect(JSON.stringify(erased)).not.toMatch(new RegExp(`${PERSON}|01JCONTACT`));
      expect(new Set(kindsOf(erased))).toEqual(new Set(['erased']));
      // The person, the contact, and the one that was merged with it.
      expect(new Set(erased.changes.map(({ id }) => id)).size).toBe(erased.changes.length);
      expect(erased.changes.length).toBeLessThanOrEqual(4);
    }
    await box.take(inbound('START', { at: minutes(2), id: '01JSTART' }));
    await passOn();
    expect((await feed(box)).changes.at(-1)).toMatchObject({
      ...{ kind: 'consent_given', identity: PERSON, scopes: { all: false } },
    });
  });

  test('is for tokens with the role sync', async () => {
    const token = 'a-token-of-the-crm';
    const box = openBox({}, { API_TOKENS: JSON.stringify({ crm: { token, roles: ['sync'] } }) });
    const as = (path: string) => box.ask(path, { headers: { authorization: `Bearer ${token}` } });
    expect((await as('/v1/changes')).status).toBe(200);
    expect((await as('/v1/decisions')).status).toBe(403);
    expect((await box.ask('/v1/changes?kinds=consent,erased')).status).toBe(400);
    expect((await box.ask('/v1/changes?since=yesterday')).status).toBe(400);
  });
});

describe('the object of the feed', () => {
  const object = () => CHANGES.getByName('changes');
  const change = (subject: string, place: number, more: Partial<Stored> = {}): Stored => ({
    ...{ id: `${subject}/${place}`, kind: 'capability', at: 1, recordedAt: 1_000, place, subject },
    data: {},
    ...more,
  });

  test('hands out each change once and those of a person in order, while others are written', async () => {
    const writers = Array.from({ length: 8 }, (_, writer) => async () => {
      for (let place = 0; place < 30; place += 3)
        await object().append(
          [0, 1, 2].map((step) => change(`person-${writer}-${(place + step) % 2}`, place + step)),
        );
    });
    const seen: { subject: string; id: string }[] = [];
    let writing = true;
    const reader = async () => {
      let after: string | undefined;
      for (;;) {
        const ended = !writing;
        const page = await object().read({ after, limit: 7 });
        expect(page.missed).toBe(false);
        seen.push(...page.changes);
        after = page.next;
        if (ended && !page.more) return;
      }
    };
    const reading = reader();
    await Promise.all(writers.map((write) => write()));
    writing = false;
    await reading;
    expect(seen).toHaveLength(240);
    expect(new Set(seen.map(({ id }) => id)).size).toBe(240);
    for (const [, own] of Map.groupBy(seen, ({ subject }) => subject)) {
      const places = own.map(({ id }) => Number(id.split('/').at(-1)));
      expect(places).toEqual(places.toSorted((a, b) => a - b));
    }
  });

  test('adds nothing that an erasure came after, however late it comes, and all that came after it', async () => {
    const erased = { kind: 'erased', id: 'erased/ada/1', recordedAt: 2_000 } as const;
    await object().append([change('ada', 5, erased)]);
    await object().append([
      change('ada', 4, { recordedAt: 2_000 }),
      change('ada', 3),
      change('bob', 1, { other: 'ada' }),
      change('ada', 6, { recordedAt: 2_000 }),
      change('bob', 2),
    ]);
    const { changes } = await object().read({ limit: 10 });
    expect(changes.map(({ id }) => id)).toEqual(['erased/ada/1', 'ada/6', 'bob/2']);
  });

  test('tells a reader that was away for longer than the feed is kept, and no other', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: 1_000 * DAY });
    const { next: start } = await object().read({ limit: 1 });
    await object().append([change('ada', 1), change('ada', 2)]);
    const { next: early } = await object().read({ limit: 1 });
    vi.setSystemTime(1_020 * DAY);
    await object().append([change('ada', 3)]);
    const { next: end } = await object().read({ limit: 10 });
    vi.setSystemTime(1_031 * DAY);
    await runInDurableObject(object(), (feedOfChanges) => feedOfChanges.alarm());
    const behind = async (cursor?: string) => {
      const { changes, missed } = await object().read({ after: cursor, limit: 10 });
      return [missed, ...changes.map(({ id }) => id)];
    };
    expect(await behind(start)).toEqual([true, 'ada/3']);
    expect(await behind(early)).toEqual([true, 'ada/3']);
    expect(await behind(end)).toEqual([false]);
    expect(await behind()).toEqual([false, 'ada/3']);
    expect(await behind('lostfeed-2')).toEqual([true, 'ada/3']);
    expect(await behind(end.replace(/\d+$/, '99'))).toEqual([true, 'ada/3']);
  });
});
