import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Review } from '../../src/api/consent/reviews.ts';
import { type Box, openBox } from './box.ts';
import { inbound, minutes, PERSON } from './sample.ts';
import { reset } from './storage.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

const OTHER = '46701740611';
const hand = { actor: 'ines', reason: 'to try it' };

const contact = (identity: string) => ({
  id: `01J${identity}`,
  channel_identities: [{ channel: 'SMS', identity, app_id: '' }],
  ...{ display_name: '', email: '', external_id: '', metadata: '', language: 'SV' },
});
const merged = {
  app_id: '',
  event_time: minutes(-1),
  contact_merge_notification: {
    preserved_contact: contact(PERSON),
    deleted_contact: contact(OTHER),
  },
};
const duplicated = {
  app_id: '',
  event_time: minutes(-1),
  duplicated_contact_identities_notification: {
    duplicated_identities: [
      { channel: 'SMS', identity: PERSON, app_id: '', contact_ids: ['01JA', '01JB'] },
      { channel: 'SMS', identity: OTHER, app_id: '', contact_ids: ['01JA', '01JB'] },
    ],
  },
};

const reviews = async (box: Box, init?: RequestInit) =>
  (await (await box.ask('/v1/reviews', init)).json<{ reviews: Review[] }>()).reviews;
const decide = async (box: Box, id: string | undefined, decision: string, scope = 'all') =>
  (
    await box.ask(`/v1/reviews/${id}`, {
      method: 'POST',
      body: JSON.stringify({ decision, scope, ...hand }),
    })
  ).json<Review>();
const refuse = (box: Box, identity: string, scope: string) =>
  box.ask(`/v1/recipients/SMS/${identity}`, {
    method: 'PUT',
    body: JSON.stringify({ ...hand, scope }),
  });

describe('a review of contacts that are one person', () => {
  test.each([
    ['merged', 'all', merged, { suppressed: true, marketing: true, notification: true }],
    ['merged', 'marketing', merged, { suppressed: false, marketing: true, notification: false }],
    ['merged', 'notification', merged, { suppressed: false, marketing: false, notification: true }],
    [
      'duplicated',
      'notification',
      duplicated,
      { suppressed: false, marketing: false, notification: true },
    ],
  ])('is opened when %s ones differ in %s, and names both sides', async (_, scope, callback, stood) => {
    const box = openBox();
    await refuse(box, PERSON, scope);
    await box.take(callback);
    await box.drain(60);
    const open = await reviews(box);
    expect(open).toHaveLength(1);
    expect(open[0]?.people).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ identity: PERSON, ...stood }),
        expect.objectContaining({
          identity: OTHER,
          suppressed: false,
          marketing: false,
          notification: false,
        }),
      ]),
    );
    // Decided, both refuse the same.
    const decided = await decide(box, open[0]?.id, 'suppress', scope);
    for (const { now } of decided.people) expect(now?.[scope as 'all']).toBe(true);
  });

  test.each([
    'all',
    'marketing',
    'notification',
  ])('is not opened when both refuse %s', async (scope) => {
    const box = openBox();
    for (const identity of [PERSON, OTHER]) await refuse(box, identity, scope);
    await box.take(merged);
    await box.drain(60);
    expect(await reviews(box)).toEqual([]);
  });
});

describe('the decision of a near miss', () => {
  const ALL = { all: true, marketing: true, notification: true };
  const NOTHING = { all: false, marketing: false, notification: false };

  test.each([
    ['suppress', [], ALL],
    ['dismiss', [], NOTHING],
    // Their START came after the message that somebody reads now.
    ['suppress', [inbound('START', { id: '01JSTART', at: minutes(-1) })], NOTHING],
    ['dismiss', [inbound('STOP', { id: '01JSTOP', at: minutes(-1) })], ALL],
  ])('%s says what the person refuses after it all', async (decision, after, now) => {
    const box = openBox();
    await box.take(inbound('please stop texting me', { at: minutes(-3) }));
    await box.drain();
    for (const callback of after) await box.take(callback);
    const [review] = await reviews(box);
    expect(review?.people[0]).not.toHaveProperty('now');
    expect((await decide(box, review?.id, decision)).people).toMatchObject([
      { identity: PERSON, now },
    ]);
    const { scopes } = await (await box.ask(`/v1/recipients/SMS/${PERSON}`)).json<{
      scopes: object;
    }>();
    expect(scopes).toEqual(now);
  });
});

test('a decision that broke off can be made anew, and counts for what it says then', async () => {
  const box = openBox();
  await box.take(inbound('please stop texting me', { at: minutes(-3) }));
  await box.drain();
  const [review] = await reviews(box);
  const { DB } = box.bindings;
  const prepare = DB.prepare.bind(DB);
  const broken = vi.spyOn(DB, 'prepare').mockImplementation((sql) => {
    if (sql.startsWith('UPDATE reviews')) throw new Error('D1 is down');
    return prepare(sql);
  });
  expect(await decide(box, review?.id, 'suppress', 'marketing')).toMatchObject({ status: 500 });
  broken.mockRestore();
  expect((await decide(box, review?.id, 'suppress')).people).toMatchObject([
    { now: { all: true } },
  ]);
});

describe('reviews name people and change consent', () => {
  const token = (role: string) => `${role}-token-0123456789`;
  const API_TOKENS = JSON.stringify(
    Object.fromEntries(
      ['read', 'send', 'author', 'admin'].map((role) => [
        role,
        { token: token(role), roles: [role] },
      ]),
    ),
  );

  test.each([
    ['read', 403],
    ['send', 403],
    ['author', 403],
    ['admin', 200],
  ])('the role %s gets %i for reading and deciding them', async (role, status) => {
    const box = openBox({}, { API_TOKENS });
    await box.take(inbound('please stop texting me', { at: minutes(-3) }));
    await box.drain();
    const [review] = await reviews(box);
    const headers = { authorization: `Bearer ${token(role)}` };
    expect((await box.ask('/v1/reviews', { headers })).status).toBe(status);
    const body = JSON.stringify({ decision: 'suppress', ...hand });
    const decided = await box.ask(`/v1/reviews/${review?.id}`, { method: 'POST', headers, body });
    expect(decided.status).toBe(status);
    if (status === 403) {
      expect(await reviews(box)).toHaveLength(1);
      expect(await decided.json()).toMatchObject({
        detail: expect.stringContaining('it needs the role "admin"'),
      });
    }
  });
});
