import { afterEach, describe, expect, test, vi } from 'vitest';
import { enqueue } from '../../src/pipeline/enqueue.ts';
import { operatorAlert } from '../../src/pipeline/operator-alert.ts';
import { open } from '../../src/services.ts';
import { type Box, env, openBox } from './box.ts';
import { ASKED } from './erasing.ts';
import { greeting, publish, rules } from './publisher.ts';
import { APP, inbound, minutes, PERSON, receipt, submitted } from './sample.ts';
import { reset } from './storage.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

/** More addresses than a queue message holds. */
const MANY = 2_500;

const numberOf = (n: number): string => `4670${String(1_740_000 + n)}`;
const channel_identities = Array.from({ length: MANY }, (_, n) => ({
  channel: 'SMS',
  identity: numberOf(n),
  app_id: '',
}));
const contact = (id: string, addresses = channel_identities) => ({
  id,
  channel_identities: addresses,
  display_name: '',
  email: '',
  metadata: '',
  language: 'SV',
});
const told = (key: string, payload: object, at = minutes(-5)) => ({
  app_id: APP,
  project_id: 'local-project',
  accepted_time: at,
  event_time: at,
  [key]: payload,
});

const bodies = async (box: Box) =>
  (await box.bindings.ARCHIVE.list({ prefix: 'bodies/' })).objects.length;

const rowsOf = async (table: string): Promise<number> =>
  (await env.DB.prepare(`SELECT count(*) AS n FROM ${table}`).first<number>('n')) ?? 0;

const outcomes = async (action: string): Promise<readonly unknown[]> =>
  (
    await env.JOURNAL_DB.prepare('SELECT outcome, detail FROM decided_actions WHERE action = ?')
      .bind(action)
      .all()
  ).results;

/** Everything was done, and nothing is left anywhere. */
async function expectAllDone(box: Box): Promise<void> {
  expect(await open(box.bindings).deadLetters.list(10)).toEqual([]);
  expect(box.line.waiting()).toEqual([]);
}

describe('a callback with 2,500 addresses', () => {
  test('that share contacts: all are kept, and a person is asked where consents differ', async () => {
    const box = openBox();
    await box.take(inbound('STOP', { identity: numberOf(7) }));
    const duplicated_identities = channel_identities.map((address) => ({
      ...address,
      contact_ids: ['01JA', '01JB'],
    }));
    const answer = await box.take(
      told('duplicated_contact_identities_notification', { duplicated_identities }),
    );
    expect(answer).not.toHaveProperty('deferred');
    await box.drain(60);
    expect(await rowsOf('contact_addresses')).toBe(2 * MANY);
    expect(await outcomes('compare_consent')).toEqual([
      { outcome: 'done', detail: expect.stringMatching(/^review .* is open$/) },
    ]);
    const [review] = await open(box.bindings).reviews.list('open', 10);
    expect(review?.sides).toHaveLength(MANY);
    await expectAllDone(box);
  });

  test('of a new contact are kept; of a deleted one, erased', async () => {
    const box = openBox();
    await publish(
      box,
      rules({
        'told.json': greeting({
          name: 'told',
          on: ['CONTACT_CREATE'],
          when: { fact: 'identity_count', operator: 'greaterThan', value: 2 },
          then: [
            {
              action: 'alert',
              params: { severity: 'low', title: 'A contact of {{identity_count}}' },
            },
          ],
        }),
      }),
    );
    await box.take(inbound('STOP', { identity: numberOf(7) }));
    const { objects } = open(box.bindings);
    const address = { channel: 'SMS', identity: numberOf(7), appId: APP };
    expect(
      await box.take(told('contact_create_notification', { contact: contact('01JA') })),
    ).not.toHaveProperty('deferred');
    await box.drain(60);
    expect(await rowsOf('contact_addresses')).toBe(MANY);
    expect((await box.arrivals('alert')).map(({ body }) => body.title)).toContain(
      `A contact of ${MANY}`,
    );

    const gone = told('contact_delete_notification', { contact: contact('01JA') }, minutes(-1));
    expect(await box.take(gone)).not.toHaveProperty('deferred');
    await box.drain(1200);
    expect(await outcomes('erase')).toEqual([
      { outcome: 'done', detail: expect.stringMatching(`^erased ${MANY} addresses: `) },
    ]);
    expect(await rowsOf('contact_addresses')).toBe(0);
    const [consent] = await objects.recipients.read([address]);
    expect(consent).toMatchObject({ scopes: { all: true } });
    expect(
      (await env.ARCHIVE.list({ prefix: 'bodies/' })).objects.filter(({ key }) =>
        key.endsWith('/addresses'),
      ),
    ).toEqual([]);
    await expectAllDone(box);
  });

  test('or 600 counts for a threshold, and is found again when one of them is erased', async () => {
    const box = openBox();
    await publish(
      box,
      rules({
        'many.json': greeting({
          name: 'many',
          on: ['CONTACT_CREATE'],
          when: { fact: 'identity_count', operator: 'greaterThan', value: 2 },
          threshold: { count: 2, within: '1h', per: ['app_id'] },
          then: [{ action: 'forward', params: { to: 'forward' } }],
        }),
      }),
    );
    await box.take(
      told('contact_create_notification', {
        contact: contact('01JA', channel_identities.slice(0, 600)),
      }),
    );
    await box.drain(120);
    const { contacts } = open(box.bindings);
    const last = { channel: 'SMS', identity: numberOf(599), appId: APP };
    const { stores } = await contacts.erase(undefined, [last], ASKED);
    expect(stores).toContainEqual(expect.objectContaining({ store: 'Tally objects', removed: 1 }));
    await expectAllDone(box);
  });
});

describe('a failure with a text of 130 KB', () => {
  const LONG = 'x'.repeat(130_000);
  const failed = receipt('01JLONG', 'FAILED', { code: 'CHANNEL_FAILURE' }) as ReturnType<
    typeof receipt
  > & {
    correlation_id: string;
  };
  const report = failed.message_delivery_report;

  test.each([
    ['metadata', { ...failed, message_delivery_report: { ...report, metadata: LONG } }],
    ['correlation_id', { ...failed, correlation_id: LONG }],
    [
      'conversation_id',
      { ...failed, message_delivery_report: { ...report, conversation_id: LONG } },
    ],
  ])('as its %s is retried', async (_, body) => {
    const box = openBox();
    await box.take(submitted('01JLONG'));
    expect(await box.take(body)).not.toHaveProperty('deferred');
    await box.drain(600);
    const sent = await box.arrivals('messages:send');
    expect(sent.map(({ body }) => body.message_metadata)).toEqual(['order-17']);
    await expectAllDone(box);
  });

  test('as its identity is told, and what needs an address says so', async () => {
    const box = openBox();
    await box.take(submitted('01JLONG'));
    const channel_identity = { ...report.channel_identity, identity: LONG };
    const body = { ...failed, message_delivery_report: { ...report, channel_identity } };
    expect(await box.take(body)).not.toHaveProperty('deferred');
    await box.drain(600);
    expect(await open(box.bindings).deadLetters.list(10)).toMatchObject([
      { action: 'retry', reason: expect.stringContaining('names no person') },
    ]);
    expect(box.line.waiting()).toEqual([]);
  });

  test('as its identity is put on record by what counts at once', async () => {
    const box = openBox();
    const channel_identity = { ...report.channel_identity, identity: LONG };
    const reason = { ...report.reason, code: 'INVALID_RECIPIENT_IDENTITY' };
    const answer = await box.take({
      ...failed,
      message_delivery_report: { ...report, channel_identity, reason },
    });
    expect(answer.fired).not.toEqual([]);
    expect(answer).not.toHaveProperty('deferred');
    await box.drain(600);
    expect(box.line.waiting()).toEqual([]);
  });
});

test('work that fits into no message hinders no other, and is kept and told', async () => {
  const box = openBox();
  const services = open(box.bindings);
  const now = services.now();
  const fine = operatorAlert({ title: 'all is well', text: 'yes' }, now);
  await enqueue(
    [operatorAlert({ title: 'too long', text: 'x'.repeat(130_000) }, now), fine],
    services,
  );
  await box.drain(60);
  expect(await services.deadLetters.list(10)).toMatchObject([
    { action: 'alert', reason: expect.stringContaining('128 KB') },
  ]);
  const titles = (await box.arrivals('alert')).map(({ body }) => body.title);
  expect(titles).toContainEqual(expect.stringContaining('all is well'));
  expect(titles).toContainEqual(expect.stringContaining('too large for the queue'));
});

test('a large callback that a threshold keeps is erased, body and all, where no journal names it', async () => {
  const box = openBox({}, { JOURNAL: 'off' });
  const large = receipt('01JLARGE', 'FAILED', { code: 'TEMPLATE_NOT_FOUND', at: minutes(0) });
  Object.assign(large.message_delivery_report.reason ?? {}, { description: 'x'.repeat(200_000) });
  await box.take(large);
  await box.drain();
  expect(await bodies(box)).toBe(1);
  const request = { channel: 'SMS', identity: PERSON, actor: 'ada', reason: 'she asked' };
  expect(
    (await box.ask('/v1/erase', { method: 'POST', body: JSON.stringify(request) })).status,
  ).toBe(200);
  expect(await bodies(box)).toBe(0);
});
