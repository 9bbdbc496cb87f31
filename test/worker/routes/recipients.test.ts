import { reset } from 'cloudflare:test';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { ImportReport } from '../../../src/api/import.ts';
import type { ExportLine, Recipient, RecipientChanged } from '../../../src/api/recipients.ts';
import { openBox } from '../box.ts';
import { inbound, minutes, PERSON, receipt } from '../sample.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

type Box = ReturnType<typeof openBox>;
const look = async (box: Box, path = `SMS/${PERSON}`) => (await box.ask(`/v1/recipients/${path}`)).json<Recipient>();
const put = (box: Box, body: object, path = `SMS/${PERSON}`) =>
  box.ask(`/v1/recipients/${path}`, { method: 'PUT', body: JSON.stringify(body) });
const lift = (box: Box, query: string, path = `SMS/${PERSON}`) =>
  box.ask(`/v1/recipients/${path}?${query}`, { method: 'DELETE' });
const hand = { by: 'ada', why: 'she called us' };

describe('a recipient', () => {
  test('of whom nothing is known refuses nothing', async () => {
    expect(await look(openBox())).toEqual({
      person: expect.stringMatching(/^[0-9A-Z]{26}$/),
      suppressed: false,
      scopes: { all: false, marketing: false, notification: false },
      since: null,
      history: [],
      capability: [],
      last_delivery: [],
    });
  });

  test('is shown with the whole history, what channels can do and how old that is, and the last delivery', async () => {
    const box = openBox();
    const { id } = await box.take(inbound('STOP', { at: minutes(-30) }));
    await box.take(receipt('01JLASTSEEN', 'DELIVERED', { at: minutes(-20) }));
    await box.take(receipt('01JFAILED', 'FAILED', { at: minutes(-10), code: 'RECIPIENT_NOT_REACHABLE' }));
    expect(await look(box, `sms/+${PERSON}`)).toMatchObject({
      suppressed: true,
      since: minutes(-30),
      history: [
        { at: minutes(-30), scope: 'all', to: 'out', source: 'keyword', words: 'STOP', decision: id, rule: 'stop' },
      ],
      last_delivery: [{ channel: 'SMS', status: 'DELIVERED', at: minutes(-20), message_id: '01JLASTSEEN' }],
    });
  });

  test('is put on the list and taken off it by hand, with who and why on record', async () => {
    const box = openBox();
    const down = await (await put(box, { ...hand, scope: 'marketing' })).json<RecipientChanged>();
    expect(down).toMatchObject({
      changed: true,
      suppressed: false,
      scopes: { all: false, marketing: true, notification: false },
    });
    await box.take(inbound('START', { at: minutes(1) }));
    expect((await look(box)).scopes.marketing, 'a START lifts nothing that was set by hand').toBe(true);
    vi.setSystemTime(Date.parse(minutes(2)));
    const up = await (await lift(box, 'by=bob&why=she+asked')).json<RecipientChanged>();
    expect(up).toMatchObject({ changed: true, scopes: { marketing: false } });
    expect(up.history.filter(({ source }) => source === 'hand')).toMatchObject([
      { to: 'out', scope: 'marketing', by: 'ada (token api-token)', why: 'she called us' },
      { to: 'in', scope: 'all', by: 'bob (token api-token)', why: 'she asked' },
    ]);
  });

  test.each([
    ['nobody', { why: 'x' }, 'by: is missing'],
    ['no reason', { by: 'ada', why: '  ' }, 'why: must not be empty'],
    ['an unknown scope', { ...hand, scope: 'ads' }, /^scope: expected/],
    ['a typing mistake', { ...hand, scopes: 'all' }, 'scopes: is not known here'],
  ])('is not changed by hand by %s', async (_, body, detail) => {
    const response = await put(openBox(), body);
    expect(response.status).toBe(400);
    expect((await response.json<{ detail: string }>()).detail).toMatch(detail);
  });

  test('is not taken off the list without who and why', async () => {
    expect(await (await lift(openBox(), 'by=ada')).json()).toMatchObject({ status: 400, detail: 'why: is missing' });
  });

  test('of an app’s own channel needs the app', async () => {
    const box = openBox();
    expect((await box.ask('/v1/recipients/MESSENGER/psid-1')).status).toBe(400);
    await put(box, hand, 'MESSENGER/psid-1?app_id=app-1');
    expect((await look(box, 'MESSENGER/psid-1?app_id=app-1')).suppressed).toBe(true);
    expect((await look(box, 'MESSENGER/psid-1?app_id=app-2')).suppressed).toBe(false);
  });
});

const QUERY = 'name=crm-1&by=ada&why=our+old+list';
const load = (box: Box, body: string, query = QUERY, type = 'text/csv') =>
  box.ask(`/v1/recipients/import?${query}`, { method: 'POST', body, headers: { 'content-type': type } });
const loaded = async (...given: Parameters<typeof load>): Promise<ImportReport> => {
  const response = await load(...given);
  expect(response.status, await response.clone().text()).toBe(200);
  return response.json();
};
const LIST = [
  'channel,identity,scope,at,words',
  'SMS,+12025550142,,,',
  'sms,+1 (202) 555-0143,marketing,2026-01-02T03:04:05Z,"no, thanks"',
  '',
  'SMS,nobody,,,',
  'SMS,12025550145,everything,,',
  'SMS,12025550146,"all,,',
  'SMS,12025550147',
  'MESSENGER,psid-1,,,',
  'SMS,12025550148,,yesterday,',
].join('\r\n');
const BAD = [
  { line: 5, says: 'identity: is no phone number' },
  { line: 6, says: expect.stringMatching(/^scope: expected \("all"/) },
  { line: 7, says: 'its quotes do not match' },
  { line: 8, says: 'has 2 fields, the header 5' },
  { line: 9, says: 'app_id: is missing, and an identity of MESSENGER belongs to an app' },
  { line: 10, says: 'at: expected a time like "2026-11-20T12:00:00Z"' },
];

describe('an import', () => {
  test('takes a CSV over and names bad lines by number', async () => {
    const box = openBox();
    expect(await loaded(box, LIST)).toEqual({
      dry_run: false,
      lines: 8,
      changed: 2,
      unchanged: 0,
      bad: 6,
      bad_lines: BAD,
      next_line: null,
    });
    expect(await look(box, 'SMS/12025550143')).toMatchObject({
      suppressed: false,
      scopes: { marketing: true },
      since: '2026-01-02T03:04:05.000Z',
      history: [
        { source: 'import', words: 'no, thanks', by: 'ada (token api-token)', why: 'our old list (list crm-1)' },
      ],
    });
    expect((await look(box, 'MMS/12025550142')).suppressed).toBe(true);
  });

  test('changes nothing in a dry run, and says what it would change', async () => {
    const box = openBox();
    expect(await loaded(box, LIST, `${QUERY}&dry_run=true`)).toMatchObject({ dry_run: true, changed: 2, bad: 6 });
    expect((await look(box, 'SMS/12025550142')).history).toEqual([]);
  });

  test('counts a line once, however often the list is sent, and does not undo a later START', async () => {
    const box = openBox();
    await loaded(box, LIST);
    await put(box, hand, 'SMS/12025550142');
    vi.setSystemTime(Date.now() + 1_000);
    await lift(box, 'by=ada&why=back+again', 'SMS/12025550142');
    expect(await loaded(box, LIST)).toMatchObject({ lines: 8, changed: 0, unchanged: 2 });
    expect(await look(box, 'SMS/12025550142')).toMatchObject({ suppressed: false });
    expect((await look(box, 'SMS/12025550142')).history).toHaveLength(3);
    expect(await loaded(box, LIST, QUERY.replace('crm-1', 'crm-2'))).toMatchObject({ changed: 1, unchanged: 1 });
  });

  test('goes on from a line', async () => {
    const box = openBox();
    expect(await loaded(box, LIST, `${QUERY}&from_line=3`)).toMatchObject({
      lines: 7,
      changed: 1,
      bad: 6,
      bad_lines: BAD,
    });
  });

  test('takes NDJSON, and a CSV with other delimiters', async () => {
    const box = openBox();
    const lines = [
      '{"channel":"SMS","identity":"12025550142"}',
      '{',
      '[]',
      '{"channel":"SMS","identity":"12025550143","x":1}',
    ];
    expect(await loaded(box, lines.join('\n'), QUERY, 'application/x-ndjson')).toMatchObject({
      lines: 4,
      changed: 1,
      bad_lines: [
        { line: 2, says: 'is not JSON' },
        { line: 3, says: 'channel: is missing' },
        { line: 4, says: 'x: is not known here' },
      ],
    });
    expect(await loaded(box, '\uFEFFChannel;Identity\nSMS;12025550144\n', `${QUERY}`)).toMatchObject({ changed: 1 });
  });

  test.each([
    ['a column that nobody knows', 'channel,number\nSMS,1', 'line 1: the column "identity" is missing'],
    ['one column too many', 'channel,identity,shoe\nSMS,1,2', 'line 1: the column "shoe" is not known'],
  ])('refuses %s before it takes anything over', async (_, body, detail) => {
    const response = await load(openBox(), body);
    expect(response.status).toBe(400);
    expect((await response.json<{ detail: string }>()).detail).toContain(detail);
  });

  test('refuses another type', async () => {
    expect(await (await load(openBox(), LIST, QUERY, 'application/json')).json()).toMatchObject({
      detail: 'content-type: expected text/csv or application/x-ndjson',
    });
  });

  test('that breaks off says where to go on, and goes on there', async () => {
    const box = openBox();
    const { RECIPIENTS } = box.bindings;
    const people = Array.from({ length: 11_000 }, (_, at) => `SMS,${12025000000 + at}`);
    const list = ['channel,identity', ...people].join('\n');
    let calls = 0;
    box.bindings.RECIPIENTS = new Proxy(RECIPIENTS, {
      get(target, key) {
        const value: unknown = Reflect.get(target, key);
        // Three times sixteen calls a batch: the second batch dies.
        if (key === 'getByName' && ++calls > 48) return () => ({ change: () => Promise.reject(new Error('dead')) });
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    const broken = await load(box, list);
    expect(broken.status).toBe(503);
    const { next_line, changed } = await broken.json<{ next_line: number; changed: number }>();
    expect([next_line, changed]).toEqual([10_002, 10_000]);
    box.bindings.RECIPIENTS = RECIPIENTS;
    expect(await loaded(box, list, `${QUERY}&from_line=${next_line}`)).toMatchObject({
      lines: 1_000,
      changed: 1_000,
      next_line: null,
    });
  });
});

describe('an export', () => {
  const lines = async (box: Box, query = ''): Promise<ExportLine[]> => {
    const response = await box.ask(`/v1/recipients/export${query}`);
    expect(response.headers.get('content-type')).toBe('application/x-ndjson');
    const text = await response.text();
    return text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  };

  test('gives everybody once, and goes on behind any line', async () => {
    const box = openBox();
    const people = Array.from({ length: 60 }, (_, at) => String(12025550100 + at));
    await loaded(box, ['channel,identity', ...people.map((identity) => `SMS,${identity}`)].join('\n'));
    const all = await lines(box);
    expect(all.map(({ identity }) => identity).toSorted()).toEqual(people);
    expect(all[0]).toMatchObject({ channel: 'SMS', suppressed: true, history: [{ source: 'import' }] });
    const seen: ExportLine[] = [];
    for (let cursor = '0:'; ; ) {
      const page = await lines(box, `?limit=7&cursor=${cursor}`);
      seen.push(...page);
      const last = page.at(-1);
      if (!last) break;
      cursor = last.cursor;
    }
    expect(seen).toEqual(all);
  });

  test('of nobody is empty', async () => {
    expect(await lines(openBox())).toEqual([]);
  });

  test('refuses a cursor that it never gave', async () => {
    expect((await openBox().ask('/v1/recipients/export?cursor=x')).status).toBe(400);
  });
});
