import { listDurableObjectIds, runInDurableObject } from 'cloudflare:test';
import { openDataKey } from '../../src/crypto/data-key.ts';
import { journalIn } from '../../src/journal/journal-store.ts';
import { searchEntries } from '../../src/journal/search.ts';
import { open } from '../../src/services.ts';
import { type Box, env } from './box.ts';
import { greeting, publish, rules } from './publisher.ts';
import { APP, inbound, minutes, PERSON, receipt, submitted } from './sample.ts';

const opened = openDataKey('test-data-key-test-data-key-test-data-key');

/** Opens whatever is sealed in a text, so that nothing can hide in a seal. */
async function inClear(text: string): Promise<string> {
  let clear = text;
  for (const [sealed] of text.matchAll(/1\.[A-Za-z0-9+/=]{16}\.[A-Za-z0-9+/=]+/g))
    clear = clear.replace(sealed, await opened.decrypt(sealed).catch(() => sealed));
  return clear;
}

/** Every store of the Worker as one text: D1, KV, R2 and the storage of every object; `store: text`. */
export async function dump(): Promise<readonly string[]> {
  const found: string[] = [];
  for (const DB of [env.DB, env.JOURNAL_DB]) {
    const tables = await DB.prepare(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf%' ESCAPE '\\' AND name NOT LIKE 'sqlite%'",
    ).all<{ name: string }>();
    for (const { name } of tables.results)
      found.push(
        `D1 ${name}: ${JSON.stringify((await DB.prepare(`SELECT * FROM "${name}"`).all()).results)}`,
      );
  }
  const entries = await searchEntries({ shadow: true }, 1_000, undefined, journalIn(env, opened));
  found.push(`D1 pages, opened: ${JSON.stringify(entries)}`);
  // Files of a rulebook are its author's own texts: their examples may name the samples' person.
  for (const { name } of (await env.KV.list()).keys)
    if (!name.startsWith('rulebook')) found.push(`KV ${name}: ${await env.KV.get(name)}`);
  for (const { key } of (await env.ARCHIVE.list()).objects)
    found.push(`R2 ${key}: ${await (await env.ARCHIVE.get(key))?.text()}`);
  const namespaces = {
    RECIPIENTS: env.RECIPIENTS,
    SENDERS: env.SENDERS,
    MESSAGES: env.MESSAGES,
    CLAIMS: env.CLAIMS,
    TALLY: env.TALLY,
    BUDGETS: env.BUDGETS,
    PAUSES: env.PAUSES,
    RULEBOOKS: env.RULEBOOKS,
    ALERT_GROUPS: env.ALERT_GROUPS,
    ALERT_DESK: env.ALERT_DESK,
    FIFO: env.FIFO,
    CHANGES: env.CHANGES,
  };
  for (const [name, namespace] of Object.entries(namespaces)) {
    for (const id of await listDurableObjectIds<undefined>(namespace)) {
      // The union of namespaces has no common stub type; only the storage is looked at.
      const stub = namespace.get(id) as DurableObjectStub;
      const text = await runInDurableObject(stub, (_, state) => {
        const rows = state.storage.sql
          .exec<{ name: string }>(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf%' ESCAPE '\\' AND name NOT LIKE 'sqlite%'",
          )
          .toArray();
        return JSON.stringify(
          rows.map((table) => [
            table.name,
            state.storage.sql.exec(`SELECT * FROM "${table.name}"`).toArray(),
          ]),
        );
      });
      found.push(`${name}: ${text}`);
    }
  }
  return Promise.all(found.map(inClear));
}

export const naming = (stores: readonly string[]) =>
  stores.filter((text) => text.includes(PERSON)).map((text) => text.slice(0, 60));

/** Why a test erases. */
export const ASKED = { source: 'request', actor: 'ines', reason: 'she asked' } as const;

/** Rules that tell of people: at once, when a window crosses, and one whose window stays open. */
export const telling = {
  'greeting.json': greeting({
    then: [
      {
        action: 'alert',
        params: {
          severity: 'high',
          title: '{{identity}} says hello',
          text: 'They wrote {{text}} from {{identity}}',
        },
      },
    ],
  }),
  'two-greetings.json': greeting({
    name: 'two-greetings',
    threshold: { count: 2, within: '1h', per: ['app_id'] },
    then: [{ action: 'alert', params: { severity: 'low', title: 'Again {{identity}}' } }],
  }),
  'greetings-pile-up.json': greeting({
    name: 'greetings-pile-up',
    threshold: { count: 100, within: '1d', per: ['app_id'] },
    then: [{ action: 'alert', params: { severity: 'low', title: 'Many, such as {{identity}}' } }],
  }),
};

export async function live(box: Box): Promise<void> {
  await publish(box, rules(telling));
  const contact = {
    id: '01JCONTACT1',
    channel_identities: [{ channel: 'SMS', identity: PERSON, app_id: '' }],
    display_name: 'Åsa',
    email: '',
    external_id: '',
    metadata: '',
    language: 'SV',
  };
  await box.take({ app_id: '', event_time: minutes(-9), contact_create_notification: { contact } });
  await box.take(submitted('01JERASE'));
  await box.take(receipt('01JERASE', 'DELIVERED'));
  await box.take(inbound('please stop texting me', { id: '01JI1' }));
  await box.take(inbound('STOP', { id: '01JI2' }));
  await box.take(inbound('Hello', { id: '01JI3' }));
  await box.take(inbound('Hello', { id: '01JI4' }));
  await box.faults({ kind: 'messages:send', answers: [400] });
  await box.take(submitted('01JERASE2'));
  await box.take({
    app_id: APP,
    capability_notification: {
      request_id: '01JR',
      channel: 'SMS',
      identity: PERSON,
      capability_status: 'CAPABILITY_FULL',
    },
  });
  await box.drain(120);
  const { deadLetters, objects } = open(box.bindings);
  const dead = { code: 'exhausted', reason: 'the queue gave up on it', attempts: 9 };
  const body = { text: JSON.stringify(inbound('Hello', { id: '01JDEAD' })) };
  const work = { body, receivedAt: Date.now(), reason: 'D1 was down' };
  await deadLetters.keep({ queue: 'callbacks', work, ...dead });
  const people = [
    await objects.recipients.personOf({ channel: 'SMS', identity: PERSON, appId: '' }),
  ];
  const kept = { body, receivedAt: Date.now(), recalled: {} };
  const counted = { kind: 'tally', id: '01JDEAD', at: Date.now(), counted: [], people, case: kept };
  await deadLetters.keep({ queue: 'effects', work: counted, ...dead });
}
