import { afterEach, describe, expect, test, vi } from 'vitest';
import { openBox } from '../box.ts';
import { APP, inbound, minutes } from '../sample.ts';
import { reset } from '../storage.ts';
import { hand, lift, look, put } from './asking.ts';
import { load, loaded, QUERY } from './importing.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

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
  'Whats_App,12025550149,,,',
].join('\r\n');
const BAD = [
  {
    line: 5,
    message: expect.stringMatching(
      /^identity: is no phone number; SMS takes a number with the country/,
    ),
  },
  { line: 6, message: expect.stringMatching(/^scope: expected \("all"/) },
  { line: 7, message: 'its quotes do not match' },
  { line: 8, message: 'has 2 fields, the header 5' },
  { line: 9, message: 'app_id: is missing, and an identity of MESSENGER belongs to an app' },
  { line: 10, message: 'at: expected a time like "2026-11-20T12:00:00Z"' },
  {
    line: 11,
    message: expect.stringMatching(
      /^channel: there is no channel "WHATS_APP"; there are WHATSAPP, RCS/,
    ),
  },
];

describe('an import', () => {
  test('takes a CSV over and names bad lines by number', async () => {
    const box = openBox();
    expect(await loaded(box, LIST)).toEqual({
      dry_run: false,
      lines: 9,
      out: 2,
      in: 0,
      unchanged: 0,
      outweighed: 0,
      came_back: 0,
      bad: 7,
      bad_share: 7 / 9,
      bad_lines: BAD,
      next_line: null,
    });
    expect(await look(box, 'SMS/12025550143')).toMatchObject({
      suppressed: false,
      scopes: { marketing: true },
      since: '2026-01-02T03:04:05.000Z',
      history: [
        {
          source: 'import',
          words: 'no, thanks',
          actor: 'ada (token api-token)',
          reason: 'our old list (list crm-1)',
        },
      ],
    });
    expect((await look(box, 'MMS/12025550142')).suppressed).toBe(true);
  });

  test('stops before it changes anything when more than 5 % of the lines are bad', async () => {
    const box = openBox();
    const national = 'channel,identity,to\nSMS,(202) 555-0144,out\nSMS,12025550145,out\n';
    const strict = QUERY.replace('&allow_invalid=true', '');
    const answer = await load(box, national, strict);
    expect([answer.status, await answer.json()]).toMatchObject([
      422,
      { code: 'import_invalid', lines: 2, bad: 1, bad_share: 0.5, bad_lines: [{ line: 2 }] },
    ]);
    expect((await look(box, 'SMS/12025550145')).history).toEqual([]);
    const many = Array.from({ length: 20 }, (_, at) => `SMS,120255501${60 + at},out`).join('\n');
    expect(
      await loaded(box, `${national.split('\n').slice(0, 2).join('\n')}\n${many}`, strict),
    ).toMatchObject({
      bad: 1,
      out: 20,
    });
  });

  test('takes identities that are JSON numbers', async () => {
    const box = openBox();
    const line = '{"channel":"SMS","identity":12025550151}';
    expect(await loaded(box, line, QUERY, 'application/x-ndjson')).toMatchObject({
      out: 1,
      bad: 0,
    });
    expect((await look(box, 'SMS/12025550151')).suppressed).toBe(true);
  });

  test('changes nothing in a dry run, and says what it would change', async () => {
    const box = openBox();
    expect(await loaded(box, LIST, `${QUERY}&dry_run=true`)).toMatchObject({
      dry_run: true,
      out: 2,
      bad: 7,
    });
    expect((await look(box, 'SMS/12025550142')).history).toEqual([]);
  });

  test('counts a line once, however often the list is sent, and does not undo a later START', async () => {
    const box = openBox();
    await loaded(box, LIST);
    await put(box, hand, 'SMS/12025550142');
    vi.setSystemTime(Date.now() + 1_000);
    await lift(box, 'actor=ada&reason=back+again', 'SMS/12025550142');
    expect(await loaded(box, LIST)).toMatchObject({ lines: 9, out: 0, unchanged: 2, came_back: 1 });
    expect(await look(box, 'SMS/12025550142')).toMatchObject({ suppressed: false });
    expect((await look(box, 'SMS/12025550142')).history).toHaveLength(3);
    expect(await loaded(box, LIST, QUERY.replace('crm-1', 'crm-2'))).toMatchObject({
      out: 1,
      unchanged: 1,
      came_back: 0,
    });
  });

  test('takes opt-ins with their proof; they lift nothing newer, nothing wider and nothing set by hand', async () => {
    const box = openBox();
    const people = ['12025550151', '12025550152', '12025550153', '12025550154', '12025550155'];
    const [older = '', newer = '', byHand = '', wider = '', free = ''] = people;
    for (const identity of [older, newer])
      await box.take(inbound('STOP', { id: `01J${identity}`, identity, at: minutes(-60) }));
    await put(box, hand, `SMS/${byHand}`);
    await put(box, hand, `SMS/${wider}`);
    const lines = [
      `SMS,${older},in,all,${minutes(-30)},form v3,${APP}`,
      `SMS,${newer},in,all,${minutes(-90)},form v3,${APP}`,
      `SMS,${byHand},in,all,${minutes(0)},form v3,${APP}`,
      `SMS,${wider},in,marketing,${minutes(0)},form v3,${APP}`,
      `SMS,${free},in,marketing,${minutes(-30)},form v3,${APP}`,
      `SMS,${free},in,marketing,,form v3,${APP}`,
    ];
    const list = ['channel,identity,to,scope,at,evidence,app_id', ...lines].join('\n');
    const counts = { lines: 6, out: 0, in: 1, unchanged: 4, outweighed: 3, came_back: 0, bad: 1 };
    expect(await loaded(box, list, `${QUERY}&dry_run=true`)).toMatchObject({
      dry_run: true,
      ...counts,
    });
    expect((await look(box, `SMS/${free}`)).history).toEqual([]);
    expect(await loaded(box, list)).toMatchObject({ dry_run: false, ...counts });
    const standing = await Promise.all(
      people.map(async (identity) => (await look(box, `SMS/${identity}`)).suppressed),
    );
    expect(standing).toEqual([false, true, true, true, false]);
    expect((await look(box, `SMS/${free}`)).history).toEqual([
      {
        ...{
          at: minutes(-30),
          scope: 'marketing',
          to: 'in',
          source: 'import',
          app: APP,
          evidence: 'form v3',
        },
        ...{ actor: 'ada (token api-token)', reason: 'our old list (list crm-1)' },
      },
    ]);
    // Sent again it changes nothing, not even what happened since.
    await box.take(inbound('STOP', { id: '01JAGAIN', identity: older, at: minutes(0) }));
    expect(await loaded(box, list)).toMatchObject({ out: 0, in: 0, unchanged: 5 });
    expect((await look(box, `SMS/${older}`)).suppressed).toBe(true);
  });

  test('goes on from a line', async () => {
    const box = openBox();
    expect(await loaded(box, LIST, `${QUERY}&from_line=3`)).toMatchObject({
      lines: 8,
      out: 1,
      bad: 7,
      bad_share: 7 / 8,
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
      out: 1,
      bad_lines: [
        { line: 2, message: 'is not JSON' },
        { line: 3, message: 'channel: is missing' },
        { line: 4, message: 'x: is not known here' },
      ],
    });
    expect(
      await loaded(box, '\uFEFFChannel;Identity\nSMS;12025550144\n', `${QUERY}`),
    ).toMatchObject({ out: 1 });
  });

  test.each([
    [
      'a column that nobody knows',
      'channel,number\nSMS,1',
      'line 1: the column "identity" is missing',
    ],
    [
      'one column too many',
      'channel,identity,shoe\nSMS,1,2',
      'line 1: the column "shoe" is not known',
    ],
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
    const list = ['channel,identity', 'SMS,x', ...people.slice(2), 'SMS,y'].join('\n');
    let calls = 0;
    let left = 32;
    box.bindings.RECIPIENTS = new Proxy(RECIPIENTS, {
      get(target, key) {
        const value: unknown = Reflect.get(target, key);
        // A batch calls each shard twice, to import and to find links: the second batch dies.
        if (key === 'getByName' && ++calls > left)
          return () => ({ importConsent: () => Promise.reject(new Error('dead')) });
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    const broken = await load(box, list);
    expect(broken.status).toBe(503);
    expect(await broken.json()).toMatchObject({
      next_line: 10_002,
      out: 9_999,
      bad_lines: [{ line: 2 }],
    });
    left = Number.POSITIVE_INFINITY;
    expect(await loaded(box, list, `${QUERY}&from_line=10002`)).toMatchObject({
      lines: 1_000,
      out: 999,
      bad_lines: [{ line: 11_001 }],
      next_line: null,
    });
  });
});
