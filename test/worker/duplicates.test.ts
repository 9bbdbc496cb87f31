import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Review } from '../../src/api/consent/reviews.ts';
import { open } from '../../src/services.ts';
import { type Box, openBox } from './box.ts';
import { publish, rules } from './publisher.ts';
import { APP, minutes, PERSON } from './sample.ts';
import { reset } from './storage.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

const OTHER = '46701740611';
const [OLD, NEW] = ['01JAAAAAAAAAAAAAAAAAAAAAAA', '01JBBBBBBBBBBBBBBBBBBBBBBB'];
const sms = (identity: string) => ({ channel: 'SMS', identity, app_id: '' });
const duplicated = {
  app_id: '',
  event_time: minutes(-5),
  duplicated_contact_identities_notification: {
    duplicated_identities: [{ ...sms(PERSON), contact_ids: [OLD, NEW] }],
  },
};
const merged = (kept: string, gone: string) => ({
  app_id: '',
  event_time: minutes(-1),
  contact_merge_notification: {
    preserved_contact: { id: kept, channel_identities: [sms(PERSON), sms(OTHER)] },
    deleted_contact: { id: gone, channel_identities: [sms(PERSON)] },
  },
});
const reviews = async (box: Box, state = 'open') =>
  (await (await box.ask(`/v1/reviews?state=${state}`)).json<{ reviews: Review[] }>()).reviews;
const refuse = (box: Box, identity: string) =>
  box.ask(`/v1/recipients/SMS/${identity}`, {
    method: 'PUT',
    body: JSON.stringify({ actor: 'ines', reason: 'she called us', scope: 'marketing' }),
  });

describe('a duplication', () => {
  test('opens a review although the consents agree, and the merge closes it', async () => {
    const box = openBox();
    await box.take(duplicated);
    await box.drain(60);
    expect(await reviews(box)).toMatchObject([
      { kind: 'duplicate', contacts: [OLD, NEW], people: [{ channel: 'SMS', identity: PERSON }] },
    ]);
    await box.take(merged(OLD, NEW));
    await box.drain(60);
    expect(await reviews(box)).toEqual([]);
    expect(await reviews(box, 'dismissed')).toMatchObject([
      { decided_by: 'signalbox', decision_reason: `merged: ${OLD} stays` },
    ]);
  });

  test('stays open when other contacts are merged', async () => {
    const box = openBox();
    await box.take(duplicated);
    await box.drain(60);
    await box.take(merged(OLD, '01JCCCCCCCCCCCCCCCCCCCCCCC'));
    await box.drain(60);
    expect(await reviews(box)).toMatchObject([{ kind: 'duplicate' }]);
  });
});

const SINCH = 'https://sinch.test/v1/projects/test-project';
/** Calls the local Sinch. */
async function sinch(
  path: string,
  body?: object,
): Promise<{ id: string; contacts: { id: string }[] }> {
  const init = body && { method: 'POST', body: JSON.stringify(body) };
  const asked = await fetch('https://sinch.test/oauth2/token', {
    method: 'POST',
    headers: { authorization: `Basic ${btoa('test-key-id:test-key-secret')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  const { access_token: token } = await asked.json<{ access_token: string }>();
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  return (await fetch(`${SINCH}/${path}`, { ...init, headers })).json();
}

/** A box whose rule merges, and whose Sinch has two contacts: the older with one address, the newer with two. */
async function merging(params: object) {
  const box = openBox();
  const then = [{ action: 'merge_contacts', params }];
  const rule = { name: 'merging', why: 'to try it', owner: 'tests', then };
  const on = ['CONTACT_IDENTITIES_DUPLICATION'];
  const when = { fact: 'duplicate_count', operator: 'greaterThan', value: 0 };
  await publish(box, rules({ 'merging.json': { ...rule, on, when } }));
  const older = await sinch('contacts', { channel_identities: [sms(PERSON)] });
  const newer = await sinch('contacts', { channel_identities: [sms(PERSON), sms(OTHER)] });
  const callback = {
    ...duplicated,
    duplicated_contact_identities_notification: {
      duplicated_identities: [{ ...sms(PERSON), contact_ids: [newer.id, older.id] }],
    },
  };
  const left = async () => (await sinch('contacts')).contacts.map(({ id }) => id);
  return { box, callback, left, older: older.id, newer: newer.id };
}

describe('merge_contacts', () => {
  test.each([
    ['oldest', 'older'],
    ['newest', 'newer'],
    ['most_addresses', 'newer'],
  ] as const)('keeps the %s, once', async (keep, kept) => {
    const { box, callback, left, ...contacts } = await merging({ keep });
    await box.take(callback);
    await box.take(callback);
    await box.drain(60);
    expect(await left()).toEqual([contacts[kept]]);
  });

  test('does not merge where the consents differ', async () => {
    const { box, callback, left, older, newer } = await merging({ keep: 'oldest' });
    await refuse(box, OTHER);
    await box.take(callback);
    await box.drain(60);
    expect(await left()).toEqual([older, newer]);
  });

  test('lets the stricter consent win where the rule says so, with its proof', async () => {
    const { box, callback, left, older } = await merging({ keep: 'oldest', consents: 'stricter' });
    await refuse(box, OTHER);
    await box.take(callback);
    await box.drain(60);
    expect(await left()).toEqual([older]);
    const { recipients } = open(box.bindings).objects;
    const [person] = await recipients.read([{ channel: 'SMS', identity: PERSON, appId: APP }]);
    expect(person?.scopes).toEqual({ all: false, marketing: true, notification: false });
    expect(person?.history).toMatchObject([
      {
        actor: expect.stringMatching(/^ines/),
        reason: 'merged with a contact that refuses it: she called us',
      },
    ]);
  });
});
