import { expect } from 'vitest';
import type { Erasures } from '../../../src/api/consent/erase.ts';
import type { Review } from '../../../src/api/consent/reviews.ts';
import type { Box } from '../box.ts';
import { APP, minutes, opt, PERSON, receipt, submitted } from '../sample.ts';
import * as s from './scenario.ts';

/** What becomes of contacts: welcomes, changes, merges, duplicates; and of failed messages. */
const CONTACT = '01JCONTACT1';
const addresses = (...channels: string[]) => ({
  channel_identities: channels.map((channel) => ({ channel, identity: PERSON, app_id: '' })),
});
const tier = (value: string) => ({ metadata: JSON.stringify({ tier: value }) });
const welcome = (when: object) => ({
  action: 'reply',
  params: { text: 'Welcome', app_id: APP, ...when },
});
const reviewsOf = async (box: Box, state: string) =>
  (await s.read<{ reviews: Review[] }>(box, `/v1/reviews?state=${state}`)).reviews.map(
    ({ kind }) => kind,
  );
const fired = (rule: string) => async (box: Box) =>
  (await s.told(box)).filter((one) => one.startsWith(rule)).length;
const present = (fact: string) => ({ fact, operator: 'present' });
const duplicateOf = (...ids: string[]) => ({
  ...{ app_id: APP, event_time: minutes(-5) },
  duplicated_contact_identities_notification: {
    duplicated_identities: [{ channel: 'SMS', identity: PERSON, contact_ids: ids }],
  },
});

/** Two contacts of the local Sinch with the same address, one of which a rule merges into the other. */
async function merging(box: Box): Promise<readonly unknown[]> {
  const project = 'https://sinch.test/v1/projects/test-project';
  const basic = btoa('test-key-id:test-key-secret');
  const asked = await fetch('https://sinch.test/oauth2/token', {
    ...{ method: 'POST', headers: { authorization: `Basic ${basic}` } },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  const { access_token: token } = await asked.json<{ access_token: string }>();
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const make = async () => {
    const body = JSON.stringify(addresses('SMS'));
    const answer = await fetch(`${project}/contacts`, { method: 'POST', headers, body });
    return (await answer.json<{ id: string }>()).id;
  };
  const ids = [await make(), await make()];
  await box.take(duplicateOf(...ids));
  await box.drain(600);
  const { contacts } = await (await fetch(`${project}/contacts`, { headers })).json<{
    contacts: { id: string }[];
  }>();
  return [contacts.map(({ id }) => id === ids[0])];
}

export const PEOPLE: readonly s.Scenario[] = [
  {
    message: 'welcomes a new contact at its first address',
    rows: ['CC2'],
    comes: [s.contact('create', {}, minutes(-1))],
    seen: s.sent,
    is: [`SMS ${PERSON}`],
    rules: s.ownRule('welcome', ['CONTACT_CREATE'], present('contact_id'), welcome({})),
  },
  {
    message: 'does not welcome a person who opted out',
    rows: ['CC2'],
    comes: [
      { ...opt('OPT_OUT_SUCCEEDED', minutes(-20)) },
      s.contact('create', addresses('VIBERBM'), minutes(-1)),
    ],
    seen: s.sent,
    is: [],
    rules: s.ownRule('welcome', ['CONTACT_CREATE'], present('contact_id'), welcome({})),
  },
  {
    message: 'counts the addresses of a contact',
    rows: ['K-CC2'],
    comes: [s.contact('create', addresses('SMS', 'WHATSAPP'))],
    seen: fired('two'),
    is: 1,
    rules: s.ownRule(
      'two',
      ['CONTACT_CREATE'],
      { fact: 'identity_count', operator: 'equal', value: 2 },
      s.tell('Two'),
    ),
  },
  {
    message: 'has your own id of a contact as a fact',
    rows: ['K-CC3'],
    comes: [s.contact('create'), s.contact('create', { id: '01JOTHER', external_id: '' })],
    seen: s.words,
    is: expect.stringMatching(/^It is customer-5521 $/),
    rules: s.ownRule(
      'own-id',
      ['CONTACT_CREATE'],
      present('external_id'),
      s.tell('It is {{external_id}}'),
    ),
  },
  {
    message: 'fires when a contact gains a channel, not on each update',
    rows: ['CU2', 'K-CU2'],
    comes: [
      s.contact('create', addresses('SMS'), minutes(-9)),
      s.contact('update', addresses('SMS', 'WHATSAPP'), minutes(-8)),
      s.contact('update', { ...addresses('SMS', 'WHATSAPP'), language: 'EN' }, minutes(-7)),
    ],
    seen: async (box) =>
      (await s.read<{ rules: { rule: string; fired: number }[] }>(box, '/v1/stats?since=1d')).rules
        .filter(({ rule }) => rule === 'gained')
        .map((one) => one.fired),
    is: [1],
    rules: s.ownRule(
      'gained',
      ['CONTACT_UPDATE'],
      { fact: 'channels_added', operator: 'contains', value: 'WHATSAPP' },
      s.tell('One more'),
    ),
  },
  {
    message: 'fires once when a value in the metadata changes',
    rows: ['CU3', 'K-CU3'],
    comes: [
      s.contact('create', tier('silver'), minutes(-9)),
      s.contact('update', tier('gold'), minutes(-8)),
      s.contact('update', { ...tier('gold'), language: 'EN' }, minutes(-7)),
    ],
    seen: async (box) =>
      (await s.read<{ rules: { rule: string; fired: number }[] }>(box, '/v1/stats?since=1d')).rules
        .filter(({ rule }) => rule === 'gold')
        .map((one) => one.fired),
    is: [1],
    rules: s.ownRule(
      'gold',
      ['CONTACT_UPDATE'],
      { fact: 'contact_metadata_json', path: 'tier', operator: 'changedTo', value: 'gold' },
      s.tell('Gold'),
    ),
  },
  {
    message: 'names what changed, although an update holds the whole contact',
    rows: ['K-CU1'],
    comes: [
      s.contact('create', {}, minutes(-9)),
      s.contact('update', { email: 'an@example.com' }, minutes(-8)),
    ],
    seen: s.words,
    is: expect.stringMatching(/^Changed: email $/),
    rules: s.ownRule(
      'changes',
      ['CONTACT_UPDATE'],
      present('changed_fields'),
      s.tell('Changed: {{changed_fields}}'),
    ),
  },
  {
    message: 'does not bring a deleted contact back by a note that comes late, and says so',
    rows: ['K-CD1'],
    comes: [s.contactGone, s.contact('create')],
    seen: async (box) =>
      (await s.read<Erasures>(box, '/v1/erasures')).erasures.map(({ source }) => source).toSorted(),
    is: ['late', 'rule'],
  },
  {
    message: 'opens a review of each duplication, and closes it by the merge',
    rows: ['DU3', 'CM4', 'K-DU2'],
    comes: [duplicateOf(CONTACT, '01JCONTACT2')],
    seen: async (box) => {
      const open = await reviewsOf(box, 'open');
      await box.take(s.merged);
      await box.drain(60);
      return [open, await reviewsOf(box, 'open'), await reviewsOf(box, 'dismissed')];
    },
    is: [['duplicate'], [], ['duplicate']],
  },
  {
    message: 'merges duplicates at Sinch by a rule',
    rows: ['DU2'],
    comes: [],
    seen: merging,
    is: [[true]],
    rules: s.ownRule(
      'merging',
      ['CONTACT_IDENTITIES_DUPLICATION'],
      { fact: 'duplicate_count', operator: 'greaterThan', value: 0 },
      { action: 'merge_contacts', params: { keep: 'oldest' } },
    ),
  },
  {
    message: 'applies an opt-out that names a contact to its known addresses',
    rows: ['K-O7'],
    comes: [
      s.contact('create', {}, minutes(-30)),
      {
        ...opt('OPT_OUT_SUCCEEDED', minutes(-5)),
        opt_out_notification: {
          ...{ request_id: 'R1', contact_id: CONTACT, status: 'OPT_OUT_SUCCEEDED' },
        },
      },
    ],
    seen: s.suppressed(),
    is: true,
  },
  {
    message: 'sends a template into a closed window',
    rows: ['D2'],
    comes: [
      submitted('01JS'),
      receipt('01JS', 'FAILED', { code: 'OUTSIDE_ALLOWED_SENDING_WINDOW', channel: 'WHATSAPP' }),
    ],
    seen: async (box) => (await box.arrivals('messages:send')).map(({ body }) => body.message),
    is: [
      {
        template_message: {
          omni_template: expect.objectContaining({ template_id: 'way-back', language_code: 'sv' }),
        },
      },
    ],
    rules: s.ownRule(
      'with-a-template',
      ['MESSAGE_DELIVERY'],
      { fact: 'reason_code', operator: 'equal', value: 'OUTSIDE_ALLOWED_SENDING_WINDOW' },
      {
        action: 'retry',
        params: {
          ...{ at_most: 1, first_delay: '1s', within: '1h' },
          template: { template_id: 'way-back', language_code: 'sv', parameters: { name: 'Åsa' } },
        },
      },
    ),
  },
  {
    message: 'shows agents the statuses of a message in order',
    rows: ['D4'],
    comes: [
      receipt('01JS', 'DELIVERED', { at: minutes(-9) }),
      receipt('01JS', 'READ', { at: minutes(-8) }),
    ],
    seen: async (box) =>
      (await box.arrivals('forward')).map(
        ({ body }) => Object(body.message_delivery_report).status,
      ),
    is: ['DELIVERED', 'READ'],
    rules: s.ownRule(
      'agents',
      ['MESSAGE_DELIVERY'],
      { fact: 'status', operator: 'in', value: ['DELIVERED', 'READ'] },
      { action: 'forward', params: { to: 'forward', ordering_key: '{{message_id}}' } },
    ),
  },
  {
    message: 'asks an unknown capability again later and later, and not for ever',
    rows: ['K-C10', 'K-C6'],
    comes: [],
    seen: async (box) => {
      let request = '01JFIRST';
      for (let round = 0; round < 7; round++) {
        const { capability_notification: asked, ...envelope } = s.capability(
          'RCS',
          'CAPABILITY_UNKNOWN',
          { at: new Date().toISOString() },
        );
        await box.take({ ...envelope, capability_notification: { ...asked, request_id: request } });
        await box.drain(7 * 86_400);
        request = String((await box.arrivals('capability:query')).at(-1)?.body.request_id);
      }
      return (await box.arrivals('capability:query')).length;
    },
    is: 5,
  },
];
