import { createServer } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import { folder, openShell } from './shell.ts';

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly type: string | undefined;
  readonly body: string;
}

/** A Worker that gives its answers in turn, the last one for ever, and keeps what it was asked. */
async function listen(
  answers: readonly (object | string)[],
  status = 200,
  files: Record<string, string> = {},
) {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method = '', url = '', headers } = request;
    asked.push({
      method,
      path: decodeURIComponent(url),
      type: headers['content-type'],
      body: Buffer.concat(chunks).toString(),
    });
    const answer = answers[Math.min(asked.length, answers.length) - 1] ?? {};
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  onTestFinished(() => void server.close());
  const { port } = Object(server.address());
  const env = {
    SIGNALBOX_URL: `http://127.0.0.1:${port}`,
    SIGNALBOX_TOKEN: 'token-1',
    SIGNALBOX_AUTHOR: 'ada',
  };
  return { asked, ...openShell({ env, here: folder(files) }) };
}

const person = {
  person: 'P',
  suppressed: true,
  scopes: { all: true, marketing: true, notification: true },
  since: '2026-11-20T10:00:00.000Z',
  history: [
    {
      at: '2026-11-20T10:00:00.000Z',
      scope: 'all',
      to: 'out',
      source: 'keyword',
      words: 'STOP',
      rule: 'stop',
      decision: 'D1',
    },
    {
      at: '2026-11-20T11:00:00.000Z',
      scope: 'marketing',
      to: 'in',
      source: 'import',
      evidence: 'form v3',
      actor: 'ada',
      hops: 1,
      imported: 'bob: moved (list crm)',
    },
    {
      at: '2026-11-20T12:00:00.000Z',
      scope: 'marketing',
      to: 'out',
      source: 'keyword',
      rule: 'stop-ads',
      undone: 'ines (api-token): a wrong word',
    },
  ],
  capability: [
    { channel: 'SMS', status: 'CAPABILITY_FULL', at: '2026-11-19T10:00:00.000Z', age_seconds: 9 },
  ],
  last_delivery: [
    { channel: 'SMS', status: 'DELIVERED', at: '2026-11-18T10:00:00.000Z', message_id: 'M1' },
  ],
};

describe('recipients', () => {
  test('show says what a person refuses, what proves it, and what is known of their channels', async () => {
    const { run, out, asked } = await listen([person]);
    expect(await run('recipients', 'show', 'sms', '+12025550142')).toBe(0);
    expect(asked).toMatchObject([{ method: 'GET', path: '/v1/recipients/sms/+12025550142' }]);
    expect(out).toEqual([
      'SMS +12025550142 refuses everything since 2026-11-20 10:00:00',
      '  SMS said CAPABILITY_FULL at 2026-11-19 10:00:00',
      '  SMS DELIVERED at 2026-11-18 10:00:00: M1',
      '',
      '2026-11-20 10:00:00  stops            all        keyword  “STOP”, rule stop                                            D1',
      '2026-11-20 11:00:00  allows           marketing  import   form v3, ada, imported by bob: moved (list crm)',
      '2026-11-20 12:00:00  no longer stops  marketing  keyword  rule stop-ads, taken back by ines (api-token): a wrong word',
    ]);
  });

  test('put and delete say who and why', async () => {
    const { run, asked } = await listen([{ changed: true, ...person }]);
    expect(
      await run(
        'recipients',
        'put',
        'SMS',
        '12025550142',
        '--reason',
        'she called',
        '--scope',
        'marketing',
      ),
    ).toBe(0);
    expect(
      await run(
        'recipients',
        'delete',
        'SMS',
        '12025550142',
        '--reason',
        'she asked',
        '--actor',
        'bob',
      ),
    ).toBe(0);
    expect(asked).toMatchObject([
      { method: 'PUT', body: '{"actor":"ada","reason":"she called","scope":"marketing"}' },
      { method: 'DELETE', path: '/v1/recipients/SMS/12025550142?actor=bob&reason=she+asked' },
    ]);
  });

  test.each([
    ['without a reason', ['put', 'SMS', '12025550142'], /say why/],
    ['without a person', ['show', 'SMS'], /say whom/],
    ['for an unknown verb', ['erase', 'SMS', '1'], /expected show, put, delete, export or import/],
    ['for an unknown scope', ['put', 'SMS', '1', '--scope', 'ads', '--reason', 'x'], /scope/],
    [
      'for a file of another kind',
      ['import', 'list.xlsx', '--reason', 'x'],
      /\.csv, \.ndjson, \.jsonl/,
    ],
  ])('is bad usage %s', async (_, words, message) => {
    const { run, err, asked } = await listen([{}]);
    expect(await run('recipients', ...words)).toBe(2);
    expect(err.join('\n')).toMatch(message);
    expect(asked).toEqual([]);
  });
});

const report = (more: object = {}) => ({
  dry_run: true,
  lines: 3,
  out: 1,
  in: 1,
  unchanged: 0,
  outweighed: 1,
  came_back: 0,
  bad: 1,
  bad_lines: [{ line: 4, message: 'identity: is no phone number' }],
  next_line: null,
  ...more,
});
const FILES = { 'old list.csv': 'channel,identity\nSMS,12025550142\n' };

describe('recipients import', () => {
  test('is a dry run: it names bad lines and changes nothing', async () => {
    const { run, out, err, asked } = await listen([report()], 200, FILES);
    expect(await run('recipients', 'import', 'old list.csv', '--reason', 'moved')).toBe(1);
    expect(err).toEqual(['line 4: identity: is no phone number']);
    expect(out).toEqual([
      '3 lines: 1 out, 1 in, 0 unchanged (1 opt-in cannot lift a refusal that is newer, wider or set by hand), 1 cannot be read',
      'Nothing was changed: --apply takes the list over.',
    ]);
    expect(asked).toMatchObject([
      {
        method: 'POST',
        path: '/v1/recipients/import?name=old-list.csv&actor=ada&reason=moved&dry_run=true&from_line=1',
        type: 'text/csv',
        body: FILES['old list.csv'],
      },
    ]);
  });

  test('tells of opt-outs that stop nobody', async () => {
    const { run, out } = await listen([report({ outweighed: 0, came_back: 2 })], 200, FILES);
    await run('recipients', 'import', 'old list.csv', '--reason', 'moved');
    expect(out[0]).toContain(
      '(2 opt-outs without effect: an opt-in is newer, or came since the line counted',
    );
  });

  test('with --apply looks first, then takes over, going on where the Worker stopped', async () => {
    const good = { bad: 0, bad_lines: [] };
    const { run, out, asked } = await listen(
      [
        report(good),
        report({ ...good, dry_run: false, next_line: 100_001 }),
        report({ ...good, dry_run: false }),
      ],
      200,
      FILES,
    );
    expect(await run('recipients', 'import', 'old list.csv', '--reason', 'moved', '--apply')).toBe(
      0,
    );
    expect(asked.map(({ path }) => /dry_run=.*/.exec(path)?.[0])).toEqual([
      'dry_run=true&from_line=1',
      'dry_run=false&from_line=1',
      'dry_run=false&from_line=100001',
    ]);
    expect(out.at(-1)).toBe(
      'taken over: 2 out, 2 in, 0 unchanged (2 opt-ins cannot lift a refusal that is newer, wider or set by hand)',
    );
  });

  test('tells what the Worker says when a list broke off', async () => {
    const { run, err } = await listen(
      [{ code: 'unavailable', detail: 'go on with from_line=7' }],
      503,
      FILES,
    );
    expect(await run('recipients', 'import', 'old list.csv', '--reason', 'moved', '--apply')).toBe(
      1,
    );
    expect(err).toEqual(['go on with from_line=7']);
  });

  test('names a file that is not there', async () => {
    const { run, err } = await listen([{}]);
    expect(await run('recipients', 'import', 'gone.csv', '--reason', 'x')).toBe(1);
    expect(err).toEqual(['gone.csv cannot be read']);
  });
});

test('recipients export goes on behind the last line until there is none', async () => {
  const { scopes, suppressed, since, history } = person;
  const line = (cursor: string) =>
    JSON.stringify({
      cursor,
      person: 'P',
      channel: 'SMS',
      identity: '1',
      app_id: '',
      suppressed,
      scopes,
      since,
      history,
    });
  const { run, out, asked } = await listen([`${line('0:A')}\n${line('3:B')}\n`, '']);
  expect(await run('recipients', 'export')).toBe(0);
  expect(out).toEqual([line('0:A'), line('3:B')]);
  expect(asked.map(({ path }) => path)).toEqual([
    '/v1/recipients/export',
    '/v1/recipients/export?cursor=3:B',
  ]);
});

test('recipients export that breaks off says where to go on', async () => {
  const { scopes, suppressed, since, history } = person;
  const line = {
    cursor: '3:B',
    person: 'P',
    channel: null,
    identity: null,
    app_id: null,
    suppressed,
    scopes,
    since,
    history,
  };
  const { run, out, err } = await listen([`${JSON.stringify(line)}\n{"half\n`]);
  expect(await run('recipients', 'export')).toBe(1);
  expect(out[0]).toBe(JSON.stringify(line));
  expect(err).toEqual(['the export broke off: go on with --cursor 3:B']);
});

test('sender shows its rating, its limits, and what happened when', async () => {
  const at = '2026-11-20T10:00:00.000Z';
  const limit = { to: '10/minute', content: 'marketing', until: '2026-11-27T10:00:00.000Z' };
  const { run, out, asked } = await listen([
    {
      quality: 'RED',
      since: at,
      throttle: { ...limit, reason: 'quality-red' },
      limits: ['quality-red', 'by hand'].map((reason) => ({ ...limit, reason, since: at })),
      history: [
        { at, event: 'rating', rating: 'RED', previous: 'GREEN', decision: 'D1' },
        { at, event: 'limit', rule: 'quality-red', ...limit, decision: 'D1' },
        { at, event: 'limit', rule: 'by hand', ...limit, decision: 'by hand (ines: complaints)' },
        { at, event: 'release', decision: 'D2' },
        { at, event: 'step', to: '100/minute', decision: 'D3' },
      ],
    },
  ]);
  expect(await run('sender', 'app-1', 'whatsapp')).toBe(0);
  expect(asked).toMatchObject([{ path: '/v1/senders/app-1/whatsapp' }]);
  expect(out).toEqual(
    [
      'WHATSAPP of app-1: RED since 2026-11-20 10:00:00',
      '  marketing at most 10/minute until 2026-11-27 10:00:00, by quality-red',
      '  marketing at most 10/minute until 2026-11-27 10:00:00, by hand',
      '',
      '2026-11-20 10:00:00  ● rating   RED, was GREEN                                             D1',
      '2026-11-20 10:00:00  ▼ limit    marketing 10/minute until 2026-11-27 10:00:00, by quality-red  D1',
      '2026-11-20 10:00:00  ▼ limit    marketing 10/minute until 2026-11-27 10:00:00, by hand  by hand (ines: complaints)',
      '2026-11-20 10:00:00  ▲ release  everything                                                 D2',
      '2026-11-20 10:00:00  · step     to 100/minute                                              D3',
    ].map((line) =>
      expect.stringMatching(
        new RegExp(`^${line.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/ {2,}/g, ' +')}$`),
      ),
    ),
  );
});
