import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Erasures } from '../../src/api/consent/erase.ts';
import { operatorAlert } from '../../src/pipeline/operator-alert.ts';
import { open } from '../../src/services.ts';
import { type Box, openBox } from './box.ts';
import { dump, live, naming } from './erasing.ts';
import { inbound, minutes, PERSON } from './sample.ts';
import { reset } from './storage.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

describe('POST /v1/erase', () => {
  test.each([
    ['the contact that stays', { contact_id: '01JKEPT' }],
    ['the contact that went', { contact_id: '01JGONE' }],
    ['an address', { channel: 'SMS', identity: PERSON }],
  ])('by %s leaves no held work that names the person, nor a body in the journal', async (_, whom) => {
    const box = openBox({}, { JOURNAL_PAYLOAD: 'keep' });
    const other = '46701740611';
    const one = (id: string, channels: readonly string[]) => ({
      id,
      channel_identities: channels.map((channel) => ({
        channel,
        identity: channel === 'SMS' ? PERSON : other,
        app_id: '',
      })),
      display_name: `Åsa ${PERSON}`,
      email: `${PERSON}@example.com`,
      external_id: '',
      metadata: '',
      language: 'SV',
    });
    const event = (at: number, body: object) =>
      box.take({ app_id: '', event_time: minutes(at), ...body });
    await event(-9, { contact_create_notification: { contact: one('01JKEPT', ['SMS']) } });
    await event(-9, {
      contact_create_notification: { contact: one('01JGONE', ['SMS', 'WHATSAPP']) },
    });
    await box.drain();
    await box.ask('/v1/pauses', {
      method: 'POST',
      body: JSON.stringify({ kind: 'everything', actor: 'i', reason: 'w' }),
    });
    await event(-8, { contact_update_notification: { contact: one('01JKEPT', ['SMS']) } });
    await event(-7, {
      contact_merge_notification: {
        preserved_contact: one('01JKEPT', ['SMS', 'WHATSAPP']),
        deleted_contact: one('01JGONE', ['SMS', 'WHATSAPP']),
      },
    });
    await box.drain(60);
    const before = naming(await dump()).map((text) => text.split(':')[0]);
    expect(before).toEqual(expect.arrayContaining(['D1 held', 'D1 pages, opened']));
    await erase(box, whom);
    const held = (await dump()).filter((text) => text.startsWith('D1 held')).join('');
    expect(held).not.toContain('compare_consent');
    expect(naming(await dump())).toEqual([]);
    if ('contact_id' in whom)
      expect((await dump()).filter((text) => text.includes(other))).toEqual([]);
    await box.ask('/v1/pauses', {
      method: 'DELETE',
      body: JSON.stringify({ kind: 'everything', actor: 'i', reason: 'w' }),
    });
    await box.drain(60);
    expect(naming(await dump())).toEqual([]);
  });

  test('keeps no work of somebody erased that was still on its way to where it is held', async () => {
    const box = openBox();
    await box.ask('/v1/pauses', {
      method: 'POST',
      body: JSON.stringify({ kind: 'everything', actor: 'i', reason: 'w' }),
    });
    await box.take(inbound('please stop texting me', { id: '01JI9' }));
    await erase(box, { channel: 'SMS', identity: PERSON });
    await box.drain(60);
    expect(naming(await dump())).toEqual([]);
  });

  const erase = (box: Box, body: object) =>
    box.ask('/v1/erase', {
      method: 'POST',
      body: JSON.stringify({ actor: 'ines', reason: 'she asked', ...body }),
    });

  test.each([
    ['an address', { channel: 'SMS', identity: `+${PERSON}` }],
    ['a contact', { contact_id: '01JCONTACT1' }],
  ])('by %s leaves the person’s address in no store, and the consent as a keyed hash', async (_, whom) => {
    const box = openBox();
    await live(box);
    const before = (await dump())
      .filter((text) => text.includes(PERSON))
      .map((text) => text.split(':')[0]);
    expect(before).toEqual(
      expect.arrayContaining(['RECIPIENTS', 'MESSAGES', 'TALLY', 'ALERT_GROUPS', 'ALERT_DESK']),
    );
    expect(before.filter((name) => name === 'TALLY')).toHaveLength(2);
    expect(before).toContain('D1 dead_letters');
    const report = await (await erase(box, whom)).json<{
      addresses: number;
      stores: { store: string; removed: number; stays?: string }[];
    }>();
    expect(report.addresses).toBe(1);
    expect(report.stores.filter(({ removed }) => removed > 0).map(({ store }) => store)).toEqual(
      expect.arrayContaining([
        'Recipients objects',
        'Messages objects',
        'Tally objects',
        'AlertGroup and AlertDesk objects',
        'D1',
      ]),
    );
    expect(naming(await dump())).toEqual([]);
    expect(await (await box.ask(`/v1/recipients/SMS/${PERSON}`)).json()).toMatchObject({
      suppressed: true,
    });
    // The alerts last, and their windows go on counting.
    const { alerts } = await (await box.ask('/v1/alerts?state=firing')).json<{
      alerts: object[];
    }>();
    expect(JSON.stringify(alerts)).toContain('about a person whose data was erased');
    await box.take(inbound('Hello', { id: '01JI5', identity: '46701740699' }));
    await box.drain();
    expect(naming(await dump())).toEqual([]);
  });

  test('leaves what alerts and windows hold of others', async () => {
    const box = openBox();
    await live(box);
    const other = '46701740699';
    await box.take(inbound('Hello', { id: '01JI5', identity: other }));
    await box.drain();
    const { stores } = await (await erase(box, { channel: 'SMS', identity: other })).json<{
      stores: { store: string; removed: number }[];
    }>();
    const removed = Object.fromEntries(stores.map((one) => [one.store, one.removed]));
    expect(removed['Tally objects']).toBeGreaterThan(0);
    expect((await dump()).filter((text) => text.includes(other))).toEqual([]);
    expect(naming(await dump()).map((text) => text.split(':')[0])).toContain('ALERT_GROUPS');
  });

  test('of a contact removes a dead letter that names nothing but the contact', async () => {
    const box = openBox();
    const { deadLetters } = open(box.bindings);
    const alert = operatorAlert({ title: 'it failed', text: 'of a contact' }, Date.now());
    const work = { ...alert, subject: { ...alert.subject, contactId: '01JCONTACT1' } };
    await deadLetters.keep({
      queue: 'effects',
      work,
      code: 'exhausted',
      reason: 'it died',
      attempts: 9,
    });
    await erase(box, { contact_id: '01JCONTACT1', reason: 'she asked' });
    expect(await deadLetters.list(10)).toEqual([]);
  });

  const listed = async (box: Box, query = '') =>
    (await (await box.ask(`/v1/erasures${query}`)).json<Erasures>()).erasures;

  test('by a rule is on record like one by request, once, and found by the contact or the address', async () => {
    const box = openBox();
    await live(box);
    const deletion = {
      ...{ app_id: '', event_time: minutes(-1) },
      contact_delete_notification: { contact_id: '01JCONTACT1' },
    };
    const { id } = await box.take(deletion);
    await box.drain(60);
    await box.take(deletion);
    await box.drain(60);
    await erase(box, { channel: 'SMS', identity: '46701740699' });
    const byRule = {
      ...{ source: 'rule', rule: 'contact-deleted', actor: 'rule contact-deleted' },
      ...{ decision_id: id, named: 'contact', state: 'done', addresses: 1 },
    };
    expect(await listed(box, '?source=rule')).toMatchObject([byRule]);
    expect(await listed(box, '?contact_id=01JCONTACT1')).toMatchObject([byRule]);
    expect(await listed(box, `?channel=SMS&identity=%2B${PERSON}`)).toMatchObject([byRule]);
    expect(await listed(box, '?channel=SMS&identity=46701740699')).toMatchObject([
      { source: 'request' },
    ]);
    expect(await listed(box, '?contact_id=01JOTHER')).toEqual([]);
    expect(naming(await dump())).toEqual([]);
  });

  test('that is interrupted is on record as not complete', async () => {
    const box = openBox();
    const { JOURNAL_DB } = box.bindings;
    box.bindings.JOURNAL_DB = new Proxy(JOURNAL_DB, {
      get: (_, name) => {
        throw new Error(`the journal is away: ${String(name)}`);
      },
    });
    expect((await erase(box, { channel: 'SMS', identity: PERSON })).status).toBe(500);
    box.bindings.JOURNAL_DB = JOURNAL_DB;
    expect(await listed(box, '?state=started')).toMatchObject([{ removed: 0, ended_at: null }]);
  });

  test('is listed page by page', async () => {
    const box = openBox();
    for (let at = 0; at < 5; at++) {
      await erase(box, { contact_id: `01J${at}`, reason: `erasure ${at}` });
      vi.setSystemTime(Date.now() + 1000 * (at % 2));
    }
    const reasons: string[] = [];
    let cursor = '';
    do {
      const query = `?limit=2${cursor && `&cursor=${encodeURIComponent(cursor)}`}`;
      const page = await (await box.ask(`/v1/erasures${query}`)).json<Erasures>();
      reasons.push(...page.erasures.map(({ reason }) => reason));
      cursor = page.next ?? '';
    } while (cursor);
    expect(reasons.toSorted()).toEqual([0, 1, 2, 3, 4].map((at) => `erasure ${at}`));
  });

  test('stays on record with who and why, and without whom', async () => {
    const box = openBox();
    await box.take(inbound('STOP'));
    await erase(box, {
      channel: 'SMS',
      identity: `+${PERSON}`,
      reason: `+46 70-174 06 05 (00${PERSON}) asked by mail`,
    });
    await erase(box, { contact_id: '01JCONTACT1', reason: '01JCONTACT1 asked' });
    const erasures = await listed(box);
    expect(erasures).toHaveLength(2);
    expect(erasures).toEqual(
      expect.arrayContaining([
        {
          id: expect.any(String),
          ...{ at: '2026-11-20T12:00:00.000Z', ended_at: '2026-11-20T12:00:00.000Z' },
          ...{ source: 'request', rule: null, decision_id: null, state: 'done' },
          ...{ named: 'address', addresses: 1, removed: expect.any(Number) },
          stores: expect.arrayContaining([{ store: 'Recipients objects', removed: 3 }]),
          ...{ actor: 'ines (api-token)', reason: '… (…) asked by mail' },
        },
        expect.objectContaining({ named: 'contact', addresses: 0, reason: '… asked' }),
      ]),
    );
    expect(naming(await dump())).toEqual([]);
  });

  test.each([
    ['no person', {}],
    ['a channel without an identity', { channel: 'SMS' }],
  ])('of %s is refused', async (_, whom) => {
    expect((await erase(openBox(), whom)).status).toBe(400);
  });
});
