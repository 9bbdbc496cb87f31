import { afterEach, expect, test, vi } from 'vitest';
import type { Messages } from '../../src/api/delivery/messages.ts';
import { pruneJournal } from '../../src/journal/retention.ts';
import { open } from '../../src/services.ts';
import { openBox } from './box.ts';
import { ASKED } from './erasing.ts';
import { decisions, journal, storedEntries } from './journal-asked.ts';
import { APP, receipt, submitted } from './sample.ts';
import { reset } from './storage.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

const metadata = JSON.stringify({ _batch_id: 'batch-1', order: { id: 'A-17' }, customer: 4711 });

const READER = 'a-token-that-only-reads';

const filled = async () => {
  const box = openBox(
    {},
    {
      METADATA_SEARCH_PATHS: 'order.id, customer',
      API_TOKENS: JSON.stringify({ reader: { token: READER, roles: ['read'] } }),
    },
  );
  await box.take(submitted('01JM1', { metadata }));
  await box.take(receipt('01JM1', 'DELIVERED', { metadata }));
  const failed = receipt('01JM2', 'FAILED', { code: 'CHANNEL_REJECT', metadata: 'order-18' });
  const { message_delivery_report: report } = failed;
  await box.take({
    ...failed,
    message_delivery_report: { ...report, conversation_id: 'talk-1', contact_id: 'contact-1' },
  });
  await box.take({
    app_id: APP,
    contact_merge_notification: {
      preserved_contact: { id: 'contact-1' },
      deleted_contact: { id: 'contact-2' },
    },
  });
  await box.take({
    app_id: APP,
    duplicated_contact_identities_notification: {
      duplicated_identities: [{ channel: 'SMS', contact_ids: ['contact-3', 'contact-4'] }],
    },
  });
  await box.take({
    app_id: APP,
    capability_notification: {
      request_id: 'request-1',
      channel: 'RCS',
      identity: '46701740605',
      capability_status: 'CAPABILITY_FULL',
    },
  });
  await box.drain(60);
  return box;
};
const MERGE = 'CONTACT_MERGE';
const DELIVERY = 'MESSAGE_DELIVERY';

test('decisions are found by ids, metadata and values in it, and status', async () => {
  const box = await filled();
  const table: [string, string[]][] = [
    ['message_id=01JM1', [DELIVERY, 'MESSAGE_SUBMIT']],
    ['message_id=01JM', []],
    ['batch_id=batch-1', [DELIVERY]],
    ['request_id=request-1', ['CAPABILITY']],
    ['contact_id=contact-1', [MERGE, DELIVERY]],
    ['contact_id=contact-2', [MERGE]],
    ['contact_id=contact-4', ['CONTACT_IDENTITIES_DUPLICATION']],
    ['conversation_id=talk-1', [DELIVERY]],
    ['metadata=order-18', [DELIVERY]],
    [`metadata=${encodeURIComponent(metadata)}`, [DELIVERY, 'MESSAGE_SUBMIT']],
    ['metadata=A-17&status=DELIVERED', [DELIVERY]],
    ['metadata=4711', [DELIVERY, 'MESSAGE_SUBMIT']],
    ['metadata=A-17&message_id=01JM2', []],
    ['status=FAILED', [DELIVERY]],
  ];
  for (const [query, triggers] of table) {
    const found = (await decisions(box, `?${query}`)).map(({ trigger }) => trigger);
    expect([query, found.toSorted()]).toEqual([query, triggers.toSorted()]);
  }
});

test('messages are found by the same', async () => {
  const box = await filled();
  const roots = async (query: string) =>
    (await (await box.ask(`/v1/messages?${query}`)).json<Messages>()).messages.map(
      ({ root, status, batch_id }) => [root, status, batch_id],
    );
  expect(await roots('metadata=A-17')).toEqual([['01JM1', 'DELIVERED', 'batch-1']]);
  expect(await roots('status=FAILED')).toEqual([['01JM2', 'FAILED', null]]);
  expect(await roots('contact_id=contact-1')).toEqual([['01JM2', 'FAILED', null]]);
  expect((await roots('')).toSorted()).toEqual([
    ['01JM1', 'DELIVERED', 'batch-1'],
    ['01JM2', 'FAILED', null],
  ]);
});

test('an id and metadata are nowhere in clear, and go with their entry', async () => {
  const { bindings } = await filled();
  const { JOURNAL_DB, ARCHIVE } = bindings;
  const text = await journal();
  for (const secret of ['contact-2', 'order-18', 'A-17']) expect(text).not.toContain(secret);
  expect(await storedEntries()).not.toEqual([]);
  const none = { callback: 0, consent: 0 };
  await pruneJournal({ DB: JOURNAL_DB, ARCHIVE }, none, Date.now() + 60_000);
  expect(await storedEntries()).toEqual([]);
});

test('admins see the contact ids that a callback names; other roles see none; they are stored encrypted', async () => {
  const box = await filled();
  const [merge] = await decisions(box, '?trigger=CONTACT_MERGE');
  expect(merge?.contact_ids).toEqual({
    contact_id: 'contact-1',
    preserved_contact_id: 'contact-1',
    deleted_contact_id: 'contact-2',
  });
  const [duplicates] = await decisions(box, '?contact_id=contact-4');
  expect(duplicates?.contact_ids).toEqual({ duplicate_contact_ids: ['contact-3', 'contact-4'] });
  const [capability] = await decisions(box, '?trigger=CAPABILITY');
  expect(capability?.contact_ids).toBeNull();
  const asReader = { headers: { authorization: `Bearer ${READER}` } };
  for (const path of ['?trigger=CONTACT_MERGE', `/${merge?.id}`]) {
    const text = await (await box.ask(`/v1/decisions${path}`, asReader)).text();
    expect(text).toContain('"contact_ids":null');
    expect(text).not.toContain('contact-2');
  }
  expect(await journal()).not.toContain('contact-2');
});

test.each([
  ['the preserved contact', 'contact-1', MERGE],
  ['the deleted contact', 'contact-2', MERGE],
  ['one of the duplicates', 'contact-4', 'CONTACT_IDENTITIES_DUPLICATION'],
])('the erasure of %s removes the ids and leaves the entry on record', async (_, contact, trigger) => {
  const box = await filled();
  const erase = () =>
    box.ask('/v1/erase', {
      method: 'POST',
      body: JSON.stringify({ contact_id: contact, actor: 'ines', reason: 'they asked' }),
    });
  const found = async () => decisions(box, `?contact_id=${contact}&trigger=${trigger}`);
  expect(JSON.stringify(await found())).toContain(contact);
  await erase();
  expect(await found()).toMatchObject([{ trigger, contact_ids: null }]);
});

test('a merge that is written after one of its contacts was erased names neither', async () => {
  const box = openBox();
  await box.take({
    app_id: APP,
    contact_merge_notification: {
      preserved_contact: { id: 'contact-1' },
      deleted_contact: { id: 'contact-2' },
    },
  });
  await open(box.bindings).contacts.erase('contact-2', [], ASKED);
  await box.drain(60);
  expect(await decisions(box, '?contact_id=contact-2')).toMatchObject([{ contact_ids: null }]);
});
