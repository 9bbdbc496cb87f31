import { afterEach, describe, expect, test, vi } from 'vitest';
import { operations } from '../../src/api/index.ts';
import type { Operation } from '../../src/api/operation.ts';
import { AppError, ERRORS } from '../../src/errors.ts';
import { open } from '../../src/services.ts';
import { quarantine } from '../../src/stores/quarantine.ts';
import { type Box, openBox, SECRET } from './box.ts';
import { first, hand, json, letter } from './openapi-calls.ts';
import { expectDocumented, paths, written } from './openapi-document.ts';
import { BUNDLED, greeting, post, publish, put, rules } from './publisher.ts';
import { inbound } from './sample.ts';
import { reset } from './storage.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

type Answer = (box: Box) => Promise<Response>;

const broken = rules({ 'greeting.json': greeting({ when: { fact: 'no_such_fact' } }) });
const anotherRulebook = rules({ 'greeting.json': greeting() });
const UNKNOWN = 'ZZZZZZZZZZ';
const seen = { builds_on: UNKNOWN };

/** Of several changes at once, the answer to one that lost. */
async function lost(change: (owner: string) => Promise<Response>): Promise<Response> {
  const answers = await Promise.all(['a', 'b', 'c'].map(change));
  const refused = answers.find(({ status }) => status === 409);
  if (!refused) throw new Error(`nobody lost: ${answers.map(({ status }) => status).join()}`);
  return refused;
}

const asked =
  (path: string, method = 'GET', body?: object | unknown[]): Answer =>
  (box) =>
    box.ask(path, { method, ...(body && json(body)) });
const unknown = (path: string, method = 'GET', body?: object) => ({
  404: asked(path, method, body),
});
const by = `?${new URLSearchParams(hand)}`;

/** The answer to a caller who has the newest version already. */
const unchanged =
  (path: string, before?: (box: Box) => Promise<unknown>): Answer =>
  async (box) => {
    await before?.(box);
    const etag = (await box.ask(path)).headers.get('etag') ?? '';
    return box.ask(path, { headers: { 'if-none-match': etag } });
  };

/** Changes the rulebook in force when its stored body is lost. */
const bodyLost =
  (change: (box: Box, version: string) => Promise<Response>): Answer =>
  async (box) => {
    const { version } = await publish(box, anotherRulebook);
    await publish(box, rules({ 'greeting.json': greeting({ owner: 'sales' }) }));
    await box.bindings.KV.delete(`rulebook:${version}`);
    return change(box, version);
  };

/** Changes the rulebook in force to one that does not match its hash. */
const bodyChanged =
  (change: (box: Box, version: string) => Promise<Response>): Answer =>
  async (box) => {
    const { version } = await publish(box, anotherRulebook);
    await publish(box, rules({ 'greeting.json': greeting({ owner: 'sales' }) }));
    await box.bindings.KV.put(`rulebook:${version}`, '{}');
    return change(box, version);
  };

const notKept =
  (path: string, method = 'GET'): Answer =>
  async (box) => {
    const { id } = await box.take(inbound('STOP'));
    await box.drain();
    return box.ask(`/v1/decisions/${id}${path}`, { method });
  };

/** Sets a callback of an app aside that can be read by now, and returns its id. */
const setAside = (box: Box, app: string): Promise<string> =>
  quarantine(
    new Uint8Array(new TextEncoder().encode(JSON.stringify(inbound('STOP')))),
    new AppError('callback_unreadable', 'not read then'),
    Date.now(),
    [app],
    box.bindings,
  );

/** For each operation: what leads to each status, other than success, that it states itself. */
const refusals: Readonly<Record<string, Readonly<Record<number, Answer>>>> = {
  dryRun: {
    404: asked('/v1/dry-run', 'POST', { callback: inbound('x'), version: UNKNOWN }),
    422: asked('/v1/dry-run', 'POST', []),
  },
  readBatch: unknown('/v1/batches/none'),
  readMessage: unknown('/v1/messages/none'),
  importRecipients: {
    422: (box) =>
      box.ask('/v1/recipients/import?name=list&actor=ada&reason=x', {
        method: 'POST',
        body: 'channel,identity\nSMS,nobody',
        headers: { 'content-type': 'text/csv' },
      }),
  },
  restoreConsent: unknown('/v1/consent/restore', 'POST', {
    backup: '2020-01-01T03:17:00Z',
    shard: 0,
  }),
  decideReview: {
    ...unknown('/v1/reviews/none', 'POST', { decision: 'dismiss', ...hand }),
    409: async (box) => {
      await box.take(inbound('please stop texting me'));
      await box.drain();
      const { id } = await first(box, '/v1/reviews', 'reviews');
      const decide = asked(`/v1/reviews/${id}`, 'POST', { decision: 'dismiss', ...hand });
      await decide(box);
      return decide(box);
    },
  },
  listErasures: { 400: asked('/v1/erasures?channel=SMS') },
  readUnsupported: unknown(`/v1/unsupported/${'Z'.repeat(26)}`),
  listRulebooks: { 304: unchanged('/v1/rulebooks') },
  publishRulebook: {
    409: (box) =>
      lost((owner) =>
        put(box, { ...rules({ 'greeting.json': greeting({ owner }) }), builds_on: '*' }),
      ),
    412: (box) => put(box, { ...anotherRulebook, ...seen }),
    422: (box) => put(box, { ...broken, builds_on: '*' }),
  },
  backtestRulebook: { 422: asked('/v1/rulebooks/backtest', 'POST', broken) },
  readRulebook: unknown(`/v1/rulebooks/${UNKNOWN}`),
  activateRulebook: {
    404: (box) => post(box, `${UNKNOWN}/activate`),
    409: async (box) => {
      const versions = new Map<string, string>();
      for (const owner of ['a', 'b', 'c']) {
        const draft = rules({ 'greeting.json': greeting({ owner }) });
        versions.set(owner, (await publish(box, draft, '?activate=false')).version);
      }
      return lost((owner) => post(box, `${versions.get(owner)}/activate`));
    },
    412: (box) => post(box, `${BUNDLED}/activate`, seen),
    422: bodyChanged((box, version) => post(box, `${version}/activate`)),
  },
  shadowRulebook: {
    404: (box) => post(box, `${UNKNOWN}/shadow`),
    422: bodyChanged((box, version) => post(box, `${version}/shadow`)),
  },
  rollBackRulebook: {
    404: bodyLost((box) => post(box, 'rollback')),
    409: (box) => post(box, 'rollback'),
    412: async (box) => {
      await publish(box, anotherRulebook);
      return post(box, 'rollback', seen);
    },
    422: bodyChanged((box) => post(box, 'rollback')),
  },
  readCatalogue: { 304: unchanged('/v1/catalogue') },
  listSamples: { 304: unchanged('/v1/samples') },
  readDecision: unknown(`/v1/decisions/${'Z'.repeat(26)}`),
  readDecidedCallback: {
    ...unknown(`/v1/decisions/${'Z'.repeat(26)}/callback`),
    409: notKept('/callback'),
  },
  redeliverCallback: {
    ...unknown(`/v1/decisions/${'Z'.repeat(26)}/redeliver`, 'POST'),
    409: notKept('/redeliver', 'POST'),
  },
  readAlert: unknown('/v1/alerts/none'),
  endSilence: unknown('/v1/silences/none', 'DELETE'),
  readDeadLetter: unknown('/v1/dead-letters/none'),
  redeliverDeadLetter: {
    ...unknown('/v1/dead-letters/none/redeliver', 'POST'),
    422: async (box) => {
      await letter(box);
      const work = await open(box.bindings).dataKey.encrypt('"no work of this release"');
      await box.bindings.DB.prepare('UPDATE dead_letters SET work = ?').bind(work).run();
      return box.ask('/v1/dead-letters/letter-1/redeliver', { method: 'POST' });
    },
  },
  redeliverDeadLetters: {
    429: async (box) => {
      await letter(box);
      const put = `INSERT INTO dead_letters (id, at, queue, code, reason, attempts, work, redelivered_at) VALUES ('letter-2', 2, 'effects', 'x', 'y', 3, 'z', ?)`;
      await box.bindings.DB.prepare(put)
        .bind(Date.now() + 12 * 3_600_000)
        .run();
      return box.ask('/v1/dead-letters/redeliver', {
        method: 'POST',
        ...json({ ...hand, code: 'x' }),
      });
    },
  },
  dropDeadLetter: unknown('/v1/dead-letters/none/drop', 'POST', hand),
  readQuarantined: unknown('/v1/quarantine/none'),
  redeliverQuarantined: {
    ...unknown('/v1/quarantine/none/redeliver', 'POST'),
    409: async (box) => {
      const id = await setAside(box, 'other-app');
      return box.ask(`/v1/quarantine/${id}/redeliver`, { method: 'POST' });
    },
    422: async (box) => {
      await box.post('[]');
      const { id } = await first(box, '/v1/quarantine', 'quarantine');
      return box.ask(`/v1/quarantine/${id}/redeliver`, { method: 'POST' });
    },
  },
  dropQuarantined: unknown('/v1/quarantine/none/drop', 'POST', hand),
  resume: unknown(`/v1/pauses/none${by}`, 'DELETE'),
  readRecording: {
    ...unknown('/v1/recordings/media/none'),
    304: unchanged('/v1/recordings/media/m-1', (box) => box.bindings.ARCHIVE.put('media/m-1', 'x')),
  },
};

/** The statuses other than success that an operation states itself: its own, and those of its codes. Tests of stores that fail and of `/send` see the others. */
const statedBy = ({ responses, refuses = [] }: Operation): readonly number[] =>
  [
    ...new Set([
      ...Object.keys(responses).map(Number),
      ...refuses.map((code) => ERRORS[code].status),
    ]),
  ].filter((status) => status >= 300 && status !== 503);

const cases = operations
  .filter(({ role }: Operation) => role !== 'sinch')
  .flatMap((operation: Operation) => statedBy(operation).map((status) => ({ operation, status })));

/** One app has a secret of its own. */
const SECRETS = { WEBHOOK_SECRETS: JSON.stringify({ 'other-app': ['one'], '*': [SECRET] }) };

describe('the statuses that an operation states', () => {
  test.each(
    cases.map((one) => [one.status, one.operation.name, one.operation] as const),
  )('include %i of %s, and it is answered', async (status, name, operation) => {
    const answer = refusals[name]?.[status];
    if (!answer) throw new Error('what leads to this status is needed in this test');
    const response = await answer(openBox({}, SECRETS));
    expect(response.status, await response.clone().text()).toBe(status);
    const described = paths[written(operation.path)]?.[operation.method];
    if (!described) throw new Error('not described');
    if (status !== 304) await expectDocumented(described, response);
  });
});
