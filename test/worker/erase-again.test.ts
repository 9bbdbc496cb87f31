import { afterEach, describe, expect, test, vi } from 'vitest';
import { open } from '../../src/services.ts';
import { prune } from '../../src/stores/prune.ts';
import { type Box, env, openBox } from './box.ts';
import { ASKED, dump, naming, telling } from './erasing.ts';
import { publish, rules } from './publisher.ts';
import { APP, inbound, opt, PERSON, receipt, submitted } from './sample.ts';
import { reset } from './storage.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

const AT = '2026-11-20T11:59:00Z';
const about = (channel: string, identity = PERSON) => ({ channel, identity, app_id: '' });
const CONTACT = {
  id: '01JAGAIN',
  channel_identities: [about('SMS'), about('WHATSAPP')],
  display_name: `Åsa ${PERSON}`,
  email: '',
  external_id: '',
  metadata: '',
  language: 'SV',
};
const envelope = { app_id: APP, accepted_time: AT, event_time: AT };
/** Every kind of callback that leaves something about a person. All happened at `AT`. */
const CALLBACKS: readonly object[] = [
  { ...envelope, app_id: '', contact_create_notification: { contact: CONTACT } },
  { ...envelope, app_id: '', contact_update_notification: { contact: CONTACT } },
  submitted('01JAGAIN1'),
  receipt('01JAGAIN1', 'DELIVERED'),
  submitted('01JAGAIN2'),
  receipt('01JAGAIN2', 'FAILED', { code: 'RATE_LIMITED' }),
  inbound('please stop texting me', { id: '01JA1' }),
  inbound('STOP', { id: '01JA2' }),
  inbound('Hello', { id: '01JA3' }),
  inbound('Hello', { id: '01JA4' }),
  inbound(`Hello ${'x'.repeat(50_000)}`, { id: '01JA5' }),
  opt('OPT_OUT_SUCCEEDED', AT),
  {
    ...envelope,
    capability_notification: {
      ...{ request_id: '01JCAP', channel: 'SMS', identity: PERSON },
      capability_status: 'CAPABILITY_FULL',
    },
  },
  {
    ...envelope,
    message: {
      ...inbound('Hello', { id: '01JA6' }).message,
      channel_identity: {
        ...about('WHATSAPP', 'US.13491208655302741918'),
        phone_number: PERSON,
      },
    },
  },
];
const DELETION = { ...envelope, app_id: '', contact_delete_notification: { contact: CONTACT } };

const takeAll = async (box: Box): Promise<void> => {
  for (const callback of CALLBACKS) await box.take(callback);
};
const pause = (box: Box) =>
  box.ask('/v1/pauses', {
    method: 'POST',
    body: JSON.stringify({ kind: 'everything', actor: 'i', reason: 'w' }),
  });
const later = (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1_000);

/** Erases the person in one of the ways that there are. */
const ERASURES = {
  'the deletion of the contact': async (box: Box): Promise<void> => void (await box.take(DELETION)),
  'a request by address': async (box: Box): Promise<void> => {
    for (const channel of ['SMS', 'WHATSAPP', 'VIBERBM'])
      await box.ask('/v1/erase', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ channel, identity: PERSON, actor: 'ines', reason: 'asked' }),
      });
  },
} as const;

describe.each(Object.entries(ERASURES))('after %s', (by, erase) => {
  test.each([
    { before: true, paused: false, say: 'delivered again' },
    { before: true, paused: true, say: 'delivered again while everything is paused' },
    { before: false, paused: false, say: 'delivered late' },
    { before: false, paused: true, say: 'delivered late while everything is paused' },
  ])('callbacks of before it that are $say leave no one in any store', async ({
    before,
    paused,
  }) => {
    // An identity of which the erasure knew nothing is another person to the journal.
    const box = openBox({}, before ? { JOURNAL_PAYLOAD: 'keep' } : {});
    await publish(box, rules(telling));
    await box.take({
      ...envelope,
      contact_create_notification: {
        contact: {
          ...CONTACT,
          channel_identities: [...CONTACT.channel_identities, about('VIBERBM')],
        },
      },
    });
    if (before) await takeAll(box);
    await box.drain(60);
    if (before) expect(naming(await dump()).length).toBeGreaterThan(3);
    await erase(box);
    await box.drain(60);
    expect(naming(await dump())).toEqual([]);

    later(120);
    if (paused) await pause(box);
    await takeAll(box);
    if (by === 'the deletion of the contact') await erase(box);
    await box.drain(paused ? 60 : 86_400);
    await nightly();
    expect(naming(await dump())).toEqual([]);
    // The consent outlives the person's data.
    const [consent] = await open(box.bindings).objects.recipients.read([
      { channel: 'SMS', identity: PERSON, appId: APP },
    ]);
    if (before || !paused) expect(consent?.scopes.all).toBe(true);
  });
});

/** Bodies in R2 go with the nightly run. */
async function nightly(): Promise<void> {
  later(86_400);
  await prune(env, Date.now());
}

test('work about an erased person becomes no dead letter, and the erasure itself does while it is incomplete', async () => {
  const box = openBox();
  await publish(box, rules(telling));
  await box.take(DELETION);
  const { deadLetters } = open(box.bindings);
  const dead = { code: 'exhausted', reason: 'the queue gave up on it', attempts: 9 };
  const waiting = box.line.waiting().map(({ body }) => body);
  const deletion = waiting.find((work) => Reflect.get(Object(work), 'action') === 'erase');
  // An erasure that broke off has marked its people.
  const { contacts } = open(box.bindings);
  await contacts.erase('01JAGAIN', [{ ...about('SMS'), appId: '' }], ASKED);
  await env.DB.prepare('UPDATE erased_people SET complete = 0').run();
  await deadLetters.keep({ queue: 'effects', work: deletion, ...dead });
  expect(await deadLetters.list(10)).toMatchObject([{ action: 'erase' }]);
  await env.DB.prepare('UPDATE erased_people SET complete = 1').run();
  await env.DB.prepare('DELETE FROM dead_letters').run();
  await deadLetters.keep({ queue: 'effects', work: deletion, ...dead });
  expect(await deadLetters.list(10)).toEqual([]);
});

test('what happened after the erasure is stored as ever', async () => {
  const box = openBox();
  await box.take(DELETION);
  await box.drain(60);
  later(120);
  const now = new Date(Date.now()).toISOString();
  await box.take(inbound('please stop texting me', { id: '01JNEW1', at: now }));
  await box.take(submitted('01JNEW2', { at: now }));
  await box.drain(60);
  const places = naming(await dump()).map((text) => text.split(/[: ]/).slice(0, 2).join(' '));
  expect(places.join()).toMatch(/D1 reviews.*MESSAGES|MESSAGES.*D1 reviews/);
});
