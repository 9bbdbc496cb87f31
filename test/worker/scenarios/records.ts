import { expect } from 'vitest';
import type { Erasures } from '../../../src/api/consent/erase.ts';
import type { Decision } from '../../../src/api/decisions/decisions.ts';
import type { Box } from '../box.ts';
import { APP, inbound, minutes, opt, PERSON } from '../sample.ts';
import * as s from './scenario.ts';

/** What stands on record, and who reads it: decisions, erasures, raw callbacks, consent. */
const found = async (box: Box, query: string) =>
  (await s.read<{ decisions: Decision[] }>(box, `/v1/decisions${query}`)).decisions;
const factsOf = async (box: Box, id: string | undefined) =>
  (await s.read<{ facts: Record<string, unknown> }>(box, `/v1/decisions/${id}`)).facts;
const maySend = async (box: Box, channel: string) => {
  const recipients = [{ channel, identity: PERSON, app_id: APP, content: 'notification' }];
  const { results } = await s.post<{ results: { allowed: boolean }[] }>(box, '/v1/may-send', {
    recipients,
  });
  return results[0]?.allowed;
};
const forwarding = (trigger: string) =>
  s.ownRule(
    'passed-on',
    [trigger],
    { fact: 'trigger', operator: 'present' },
    { action: 'forward', params: { to: 'forward' } },
  );

export const RECORDS: readonly s.Scenario[] = [
  {
    message: 'has each status of a number on record, and tells people of each',
    rows: ['CE2'],
    comes: [s.numberStatus('RESTRICTED', minutes(-9)), s.numberStatus('VERIFIED', minutes(-5))],
    seen: async (box) => {
      const ids = (await found(box, '?trigger=CHANNEL_EVENT')).map(({ id }) => id);
      const facts = await Promise.all(ids.map((id) => factsOf(box, id)));
      return [
        facts.map(({ number_status: status }) => status).toSorted(),
        (await s.told(box)).length > 0,
      ];
    },
    is: [['RESTRICTED', 'VERIFIED'], true],
  },
  {
    message: 'shows the raw callback to admins, and drafts a rule from it',
    rows: ['U2', 'K-U3'],
    comes: [s.unsupported('{"type":"poll_update","votes":3}')],
    seen: async (box) => {
      interface Kept {
        unsupported: { id: string; callback: object }[];
      }
      const [kept] = (await s.read<Kept>(box, '/v1/unsupported')).unsupported;
      const one = await s.read<{ draft: object }>(box, `/v1/unsupported/${kept?.id}`);
      return [kept?.callback, one.draft];
    },
    is: [
      s.unsupported('{"type":"poll_update","votes":3}'),
      expect.objectContaining({
        when: {
          all: expect.arrayContaining([
            { fact: 'unsupported_type', operator: 'equal', value: 'poll_update' },
          ]),
        },
      }),
    ],
  },
  {
    message: 'keeps the body of a trigger that this release does not know',
    rows: ['K-U4'],
    comes: [],
    seen: async (box) => {
      const { status } = await box.post({ app_id: APP, poll_notification: { votes: 3 } });
      const { quarantine } = await s.read<{ quarantine: { code: string }[] }>(
        box,
        '/v1/quarantine',
      );
      return [status, quarantine.map(({ code }) => code)];
    },
    is: [200, ['unknown_trigger']],
  },
  {
    message: 'finds an answer about capability by the id of its request',
    rows: ['K-C2'],
    comes: [s.capability('RCS', 'CAPABILITY_FULL')],
    seen: async (box) => [
      (await found(box, '?request_id=01JRRCSCAPABILITY_FULL')).length,
      (await found(box, '?request_id=01JR')).length,
    ],
    is: [1, 0],
  },
  {
    message: 'has a new contact on record with its id, and with the channels that it comes from',
    rows: ['CC5', 'CC3'],
    comes: [s.contact('create')],
    seen: async (box) => {
      const [one] = await found(box, '?contact_id=01JCONTACT1');
      return [one?.trigger, one?.contact_ids, (await factsOf(box, one?.id)).channels];
    },
    is: ['CONTACT_CREATE', { contact_id: '01JCONTACT1' }, ['SMS']],
  },
  {
    message: 'has a change on record with the contact and with what changed',
    rows: ['CU4'],
    comes: [s.contact('create'), s.contact('update', { language: 'EN' }, minutes(-5))],
    seen: async (box) => {
      const [one] = await found(box, '?contact_id=01JCONTACT1&trigger=CONTACT_UPDATE');
      return [one?.contact_ids, (await factsOf(box, one?.id)).changed_fields];
    },
    is: [{ contact_id: '01JCONTACT1' }, ['language']],
  },
  {
    message: 'has an erasure by a rule on record, complete, and found by the contact',
    rows: ['CD3'],
    comes: [s.contact('create'), s.contactGone],
    seen: async (box) =>
      (await s.read<Erasures>(box, '/v1/erasures?contact_id=01JCONTACT1')).erasures.map(
        ({ source, rule, state, at }) => [source, rule, state, at.slice(0, 10)],
      ),
    is: [['rule', 'contact-deleted', 'done', '2026-11-20']],
  },
  {
    message: 'has each merge on record with both ids, however many come at once',
    rows: ['CM3', 'CM5', 'K-CM2'],
    comes: [1, 2, 3].map((n) => ({
      ...{ app_id: APP, event_time: minutes(-n) },
      contact_merge_notification: {
        preserved_contact: { id: `01JKEPT${n}` },
        deleted_contact: { id: `01JGONE${n}` },
      },
    })),
    seen: async (box) =>
      Promise.all(
        [1, 2, 3].map(async (n) => (await found(box, `?contact_id=01JGONE${n}`))[0]?.contact_ids),
      ),
    is: [1, 2, 3].map((n) => ({
      ...{ contact_id: `01JKEPT${n}`, preserved_contact_id: `01JKEPT${n}` },
      deleted_contact_id: `01JGONE${n}`,
    })),
  },
  {
    message: 'has a duplication on record with the ids of all contacts',
    rows: ['DU5'],
    comes: [s.duplicated],
    seen: async (box) =>
      Object.values((await found(box, '?contact_id=01JCONTACT4'))[0]?.contact_ids ?? {}),
    is: [['01JCONTACT1', '01JCONTACT2', '01JCONTACT3', '01JCONTACT4']],
  },
  {
    message: 'is honoured before the opt-out is acknowledged',
    rows: ['K-O5'],
    comes: [],
    seen: async (box) => {
      const before = await s.suppressed('VIBERBM')(box);
      const { status } = await box.post(opt('OPT_OUT_SUCCEEDED'));
      return [before, status, await s.suppressed('VIBERBM')(box)];
    },
    is: [false, 200, true],
  },
  {
    message: 'refuses to send to a person who opted out',
    rows: ['O5', 'K-O8'],
    comes: [inbound('STOP')],
    seen: async (box) => {
      const path = '/send/v1/projects/test-project/messages:send';
      const address = { channel: 'SMS', identity: PERSON };
      const body = JSON.stringify({
        app_id: APP,
        recipient: { identified_by: { channel_identities: [address] } },
        message: { text_message: { text: 'Hello' } },
      });
      // What the local Sinch accepts as an access token.
      const headers = { authorization: `Bearer local-token-${Date.now() + 60_000}` };
      const sent = await box.ask(path, { method: 'POST', body, headers });
      return [await maySend(box, 'SMS'), sent.status, await s.sent(box)];
    },
    is: [false, 403, []],
  },
  {
    message: 'exports the people who refused',
    rows: ['O3'],
    comes: [inbound('STOP')],
    seen: async (box) =>
      (await (await box.ask('/v1/recipients/export')).text())
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line)),
    is: [expect.objectContaining({ channel: 'SMS', identity: PERSON, suppressed: true })],
  },
  {
    message: 'passes an opt-out on to a CRM',
    rows: ['O2', 'K-O10'],
    comes: [opt('OPT_OUT_SUCCEEDED')],
    seen: s.forwarded,
    is: [opt('OPT_OUT_SUCCEEDED')],
    rules: forwarding('OPT_OUT'),
  },
  {
    message: 'may still send on another channel to a person who opted out of one',
    rows: ['O6'],
    comes: [opt('OPT_OUT_SUCCEEDED')],
    seen: async (box) => [await maySend(box, 'VIBERBM'), await maySend(box, 'SMS')],
    is: [false, true],
  },
  {
    message: 'says until when a recording is kept',
    rows: ['R2'],
    comes: [s.recording()],
    seen: async (box) => (await s.read<{ recordings: object[] }>(box, '/v1/recordings')).recordings,
    is: [expect.objectContaining({ until: expect.stringMatching(/^2027-12-25T/) })],
  },
  ...(['mp3', 'wav'] as const).map((format) => ({
    message: `keeps a recording of the format ${format}, byte by byte`,
    rows: ['K-R3'] as const,
    comes: [s.recording(`call.${format}`)],
    seen: async (box: Box) => {
      interface Kept {
        recordings: { key: string; bytes: number; sha256: string }[];
      }
      const [kept] = (await s.read<Kept>(box, '/v1/recordings')).recordings;
      const file = await (await box.ask(`/v1/recordings/${kept?.key}`)).arrayBuffer();
      const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', file));
      const hex = [...hash].map((byte) => byte.toString(16).padStart(2, '0')).join('');
      return [file.byteLength === kept?.bytes && file.byteLength > 0, hex === kept?.sha256];
    },
    is: [true, true],
  })),
];
