import { afterEach, describe, expect, test, vi } from 'vitest';
import { type Box, openBox } from './box.ts';
import { publish, rules } from './publisher.ts';
import { APP, minutes, PERSON } from './sample.ts';
import { reset } from './storage.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

const SMS = { channel: 'SMS', identity: PERSON, app_id: '' };
const WHATSAPP = { channel: 'WHATSAPP', identity: PERSON, app_id: '' };
const contact = (trigger: string, minute: number, fields: object) => ({
  app_id: APP,
  event_time: minutes(minute),
  [`contact_${trigger}_notification`]: {
    contact: { id: '01JCONTACTCHANGED', channel_identities: [SMS], language: 'EN', ...fields },
  },
});

/** Publishes one rule, so that `fired` shows when its condition holds. */
async function ruled(when: object): Promise<Box> {
  const box = openBox();
  const on = ['CONTACT_CREATE', 'CONTACT_UPDATE'];
  const then = [{ action: 'alert', params: { severity: 'low', title: 'It changed' } }];
  const rule = { name: 'changes', why: 'to try it', owner: 'tests', on, when, then };
  await publish(box, rules({ 'changes.json': rule }));
  return box;
}
const fires = async (box: Box, callback: object): Promise<boolean> =>
  (await box.take(callback)).fired.some(({ rule }) => rule === 'changes');
const tier = (value: string) => ({ metadata: JSON.stringify({ tier: value, since: 2020 }) });
const toGold = {
  fact: 'contact_metadata_json',
  path: 'tier',
  operator: 'changedTo',
  value: 'gold',
};

describe('changedTo on the metadata of a contact', () => {
  test('fires when the value changes, not on each later update', async () => {
    const box = await ruled(toGold);
    expect(await fires(box, contact('create', -9, tier('silver')))).toBe(false);
    const change = contact('update', -8, tier('gold'));
    expect(await fires(box, change)).toBe(true);
    expect(await fires(box, change)).toBe(true);
    expect(await fires(box, contact('update', -7, { ...tier('gold'), language: 'SV' }))).toBe(
      false,
    );
    expect(await fires(box, contact('update', -6, tier('silver')))).toBe(false);
    expect(await fires(box, contact('update', -5, tier('gold')))).toBe(true);
  });

  test('needs a known earlier value', async () => {
    const box = await ruled(toGold);
    expect(await fires(box, contact('update', -9, tier('gold')))).toBe(false);
    const other = await ruled(toGold);
    await other.take(contact('create', -9, { metadata: '', id: '01JOTHER' }));
    expect(await fires(other, contact('update', -8, { ...tier('gold'), id: '01JOTHER' }))).toBe(
      false,
    );
  });

  test('and changedFrom compares the earlier value, of which a hash is stored', async () => {
    const box = await ruled({ ...toGold, operator: 'changedFrom', value: 'silver' });
    await box.take(contact('create', -9, tier('silver')));
    expect(await fires(box, contact('update', -8, tier('gold')))).toBe(true);
    expect(await fires(box, contact('update', -7, tier('platinum')))).toBe(false);
  });
});

test.each([
  ['language', 'changedTo', 'SV', { language: 'SV' }, true],
  ['language', 'changedFrom', 'EN', { language: 'SV' }, true],
  ['language', 'changedTo', 'SV', {}, false],
  ['identity_count', 'changedTo', 2, { channel_identities: [SMS, WHATSAPP] }, true],
  ['identity_count', 'changedFrom', 1, { channel_identities: [SMS, WHATSAPP] }, true],
  ['channels_added', 'contains', 'WHATSAPP', { channel_identities: [SMS, WHATSAPP] }, true],
  ['channels_added', 'contains', 'SMS', { channel_identities: [SMS, WHATSAPP] }, false],
  ['channels_removed', 'contains', 'SMS', { channel_identities: [WHATSAPP] }, true],
  ['changed_fields', 'contains', 'email', { email: 'an@example.com' }, true],
  ['changed_fields', 'contains', 'metadata.tier', tier('gold'), true],
  ['changed_fields', 'contains', 'language', { email: 'an@example.com' }, false],
  ['contact_is_new', 'equal', false, {}, true],
])('%s %s %j after an update with %j: %s', async (fact, operator, value, fields, held) => {
  const box = await ruled({ fact, operator, value });
  await box.take(contact('create', -9, {}));
  expect(await fires(box, contact('update', -8, { display_name: 'An', ...fields }))).toBe(held);
});

test('a contact is new once, and its change is not known before its first state', async () => {
  const box = await ruled({
    any: [
      { fact: 'contact_is_new', operator: 'equal', value: true },
      { fact: 'changed_fields', operator: 'contains', value: 'language' },
    ],
  });
  expect(await fires(box, contact('create', -9, {}))).toBe(true);
  expect(await fires(box, contact('update', -8, { email: 'an@example.com' }))).toBe(false);
  expect(await fires(box, contact('update', -9, { language: 'SV', email: 'late' }))).toBe(true);
});
