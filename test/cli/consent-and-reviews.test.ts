import { createServer } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openShell } from './shell.ts';

/** A Worker that answers everything with one body, or as a function of what is asked, and keeps what it was asked. */
async function listen(answer: unknown, status = 200) {
  const answerTo = typeof answer === 'function' ? answer : () => answer;
  const asked: { what: string; body: unknown }[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    asked.push({
      what: `${request.method} ${request.url}`,
      body: text === '' ? undefined : JSON.parse(text),
    });
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answerTo(`${request.method} ${request.url}`)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  onTestFinished(() => void server.close());
  const { port } = Object(server.address());
  const env = {
    SIGNALBOX_URL: `http://127.0.0.1:${port}`,
    SIGNALBOX_TOKEN: 'token-1',
    SIGNALBOX_AUTHOR: 'ines',
  };
  return { asked, ...openShell({ env }) };
}

const AT = '2026-11-20T03:00:00.000Z';
const side = {
  ...{ contact: null, channel: 'SMS', identity: '46701740605' },
  ...{ suppressed: false, marketing: false, notification: false },
};
const review = {
  id: 'R1',
  at: AT,
  kind: 'near-miss',
  state: 'open',
  reason: 'Not a plain STOP: “please stop”',
  rule: 'stop-near-miss',
  decision: 'D1',
  text: 'please stop',
  people: [side],
  decided_at: null,
  decided_by: null,
  decision_reason: null,
};
const differ = {
  ...review,
  id: 'R2',
  kind: 'consents-differ',
  reason: 'the consents of 3 contacts that are one person differ',
  text: null,
  people: [
    { ...side, contact: 'C1', suppressed: true, marketing: true },
    { ...side, contact: 'C2', identity: '46701740611', marketing: true },
    { ...side, contact: 'C3', channel: 'RCS' },
    { ...side, contact: 'C4', channel: 'RCS', notification: true },
    { ...side, contact: 'C5', channel: 'RCS', marketing: true, notification: true },
  ],
};
const NOTHING = { all: false, marketing: false, notification: false };
const EVERYTHING = { all: true, marketing: true, notification: true };
const decided = (state: string) => ({
  ...{ ...review, state, decided_at: AT, decided_by: 'ines (ops)', decision_reason: 'x' },
  people: [{ ...side, now: state === 'suppressed' ? EVERYTHING : NOTHING }],
});

describe('reviews', () => {
  test('lists what a person has to decide, how each side stands, and how to decide', async () => {
    const { run, out, asked } = await listen({ reviews: [review, differ] });
    expect(await run('reviews')).toBe(0);
    expect(asked[0]?.what).toBe('GET /v1/reviews');
    expect(out).toEqual([
      'R1  2026-11-20 03:00:00  Not a plain STOP: “please stop”',
      '    SMS 46701740605: has not said no',
      'R2  2026-11-20 03:00:00  the consents of 3 contacts that are one person differ',
      '    SMS 46701740605 (contact C1): said no to all messages',
      '    SMS 46701740611 (contact C2): said no to marketing',
      '    RCS 46701740605 (contact C3): has not said no',
      '    RCS 46701740605 (contact C4): said no to notifications',
      '    RCS 46701740605 (contact C5): said no to marketing and notifications',
      'Decide one: signalbox reviews <id> --decide suppress|dismiss --reason "…"',
    ]);
  });

  test('says so when nothing is to be decided', async () => {
    const { run, out } = await listen({ reviews: [] });
    expect(await run('reviews')).toBe(0);
    expect(out).toEqual(['nothing is to be decided']);
  });

  test.each([
    ['suppress', [], 'suppressed', {}, 'no more messages to SMS 46701740605'],
    [
      'suppress',
      ['--scope', 'marketing'],
      'suppressed',
      { scope: 'marketing' },
      'no more marketing to SMS 46701740605',
    ],
    ['dismiss', [], 'dismissed', {}, 'dismissed, nothing changes: SMS 46701740605 refuses nothing'],
  ])('--decide %s %j says what that means for whom', async (decision, more, state, scope, words) => {
    const { run, out, asked } = await listen(decided(state));
    expect(await run('reviews', 'R1', '--decide', decision, ...more, '--reason', 'x')).toBe(0);
    expect(asked).toEqual([
      { what: 'POST /v1/reviews/R1', body: { decision, ...scope, actor: 'ines', reason: 'x' } },
    ]);
    expect(out).toEqual([`${words}; on record as decided by ines (ops)`]);
  });

  test.each([
    [
      NOTHING,
      [],
      'SMS 46701740605 refuses nothing: what came after the message counts (recipients show)',
    ],
    [
      { ...NOTHING, marketing: true },
      [],
      'SMS 46701740605 refuses marketing: what came after the message counts (recipients show)',
    ],
    [
      { ...NOTHING, marketing: true },
      ['--scope', 'marketing'],
      'no more marketing to SMS 46701740605',
    ],
    [null, [], 'what SMS 46701740605 refuses now could not be read (recipients show)'],
  ])('a decision that a later START outweighs says what is refused now: %j %j', async (now, more, words) => {
    const people = [{ ...side, ...(now && { now }) }];
    const { run, out } = await listen({ ...decided('suppressed'), people });
    expect(await run('reviews', 'R1', '--decide', 'suppress', ...more, '--reason', 'x')).toBe(0);
    expect(out).toEqual([`${words}; on record as decided by ines (ops)`]);
  });

  test('a decision about several says of each what counts', async () => {
    const people = [
      { ...side, contact: 'C1', now: EVERYTHING },
      { ...side, contact: 'C2', now: NOTHING },
    ];
    const { run, out } = await listen({ ...decided('suppressed'), people });
    expect(await run('reviews', 'R1', '--decide', 'suppress', '--reason', 'x')).toBe(0);
    expect(out).toEqual([
      'no more messages to SMS 46701740605 (contact C1); SMS 46701740605 (contact C2) refuses nothing: what came after the message counts (recipients show); on record as decided by ines (ops)',
    ]);
  });

  test.each([
    ['an id without a decision', ['R1'], 'reviews <id> --decide suppress|dismiss'],
    [
      'a decision without an id',
      ['--decide', 'dismiss', '--reason', 'x'],
      'reviews <id> --decide suppress|dismiss',
    ],
    ['a decision that is none', ['R1', '--decide', 'maybe'], 'expected suppress or dismiss'],
    ['no reason', ['R1', '--decide', 'dismiss'], 'say why'],
  ])('%s is bad usage, and nothing is asked', async (_, words, said) => {
    const { run, err, asked } = await listen(review);
    expect(await run('reviews', ...words)).toBe(2);
    expect(err.join('\n')).toContain(said);
    expect(asked).toEqual([]);
  });

  test('what somebody else decided meanwhile is told', async () => {
    const { run, err } = await listen(
      { code: 'conflict', detail: 'this review was dismissed by bo' },
      409,
    );
    expect(await run('reviews', 'R1', '--decide', 'suppress', '--reason', 'x')).toBe(1);
    expect(err).toEqual(['this review was dismissed by bo']);
  });
});

const NAME = '2026-11-20T03:00:00Z';
const backup = { name: NAME, at: AT, rows: 1234, files: 16, fullest: { name: NAME, rows: 1234 } };
const older = { ...backup, name: '2026-11-19T03:00:00Z', rows: 1200 };
/** The record was lost before it was made. */
const hollow = { ...backup, name: '2026-11-20T09:00:00Z', rows: 7 };

describe('consent', () => {
  test('backups lists them, each with what it holds, and marks what tells of a loss', async () => {
    const { run, out } = await listen({ backups: [hollow, backup] });
    expect(await run('consent', 'backups')).toBe(0);
    expect(out.join('\n').split('\n')).toEqual([
      '2026-11-20T09:00:00Z  7 changes     1227 fewer than 2026-11-20T03:00:00Z',
      '2026-11-20T03:00:00Z  1234 changes',
    ]);
  });

  test('backups says when the first one comes', async () => {
    const { run, out } = await listen({ backups: [] });
    expect(await run('consent', 'backups')).toBe(0);
    expect(out).toEqual(['there is no backup yet: one is made each night']);
  });

  test.each<[object, string, string[]]>([
    [backup, 'backed up 1234 changes of consent as 2026-11-20T03:00:00Z', []],
    [
      hollow,
      'backed up 7 changes of consent as 2026-11-20T09:00:00Z',
      [
        '1227 fewer than 2026-11-20T03:00:00Z: part of the record is gone. consent restore 2026-11-20T03:00:00Z puts it back',
      ],
    ],
  ])('backup makes one now, and says when part of the record is gone', async (made, words, warned) => {
    const { run, out, err, asked } = await listen(made);
    expect(await run('consent', 'backup')).toBe(0);
    expect(asked[0]?.what).toBe('POST /v1/consent/backups');
    expect(out).toEqual([words]);
    expect(err).toEqual(warned);
  });

  /** What restoring asks first, and each shard's answer. */
  const restoring = (backups: object[], part: object) => (what: string) =>
    what.startsWith('GET') ? { backups } : part;

  test.each([
    [
      2,
      'the backup 2026-11-20T03:00:00Z holds 160 changes of consent; 32 of them were missing and are back',
    ],
    [0, 'the backup 2026-11-20T03:00:00Z holds 160 changes of consent; none was missing'],
  ])('restore goes through every shard, and says what was missing (%i a shard)', async (missing, words) => {
    const { run, out, err, asked } = await listen(
      restoring([backup, older], { rows: 10, missing, lost: [] }),
    );
    expect(await run('consent', 'restore', '2026-11-20')).toBe(0);
    expect(asked.slice(1).map(({ body }) => body)).toEqual(
      Array.from({ length: 16 }, (_, shard) => ({ backup: NAME, shard })),
    );
    expect(out).toEqual([words]);
    expect(err).toEqual([]);
  });

  test.each([
    [
      '2026-11-20',
      NAME,
      ['2026-11-20 has 2 backups: 2026-11-20T03:00:00Z holds most, 1234 changes'],
    ],
    [
      hollow.name,
      hollow.name,
      [
        'careful: 2026-11-20T03:00:00Z holds 1227 changes more than this backup, and nothing ever leaves the record: consent restore 2026-11-20T03:00:00Z puts back what is still missing',
      ],
    ],
  ])('restore %s takes %s, and warns of one that holds more', async (wanted, taken, warned) => {
    const { run, err, asked } = await listen(
      restoring([hollow, backup, older], { rows: 10, missing: 0, lost: [] }),
    );
    expect(await run('consent', 'restore', wanted)).toBe(0);
    expect(asked[1]?.body).toEqual({ backup: taken, shard: 0 });
    expect(err).toEqual(warned);
  });

  test.each([
    [],
    ['--json'],
  ])('restore names what of the backup was lost, and is not done (%s)', async (...more) => {
    const lost = [{ file: `consent/${NAME}/3-0`, message: 'it is not there any more' }];
    const { run, out, err } = await listen(restoring([backup], { rows: 10, missing: 1, lost }));
    expect(await run('consent', 'restore', '2026-11-20', ...more)).toBe(1);
    expect(err[0]).toBe(`consent/${NAME}/3-0: it is not there any more`);
    expect(out.join()).toContain(
      more.length > 0
        ? '"missing":16,"lost":[{"file"'
        : 'still holds 160 changes of consent; 16 of them were missing',
    );
  });

  test.each([
    [
      12,
      14,
      AT,
      `14 changes of consent of 12 people by stop since ${AT} no longer count; the history keeps what was done`,
    ],
    [
      1,
      1,
      '2h',
      '1 change of consent of 1 person by stop in the last 2h no longer counts; the history keeps what was done',
    ],
    [0, 0, AT, `no consent was changed by stop since ${AT}: nothing to take back`],
  ])('undo takes back what a rule did (to %i people)', async (people, changes, since, words) => {
    const { run, out, asked } = await listen({ people, changes });
    expect(
      await run('consent', 'undo', '--rule', 'stop', '--since', since, '--reason', 'a wrong word'),
    ).toBe(0);
    expect(asked[0]?.body).toEqual({ rule: 'stop', since, actor: 'ines', reason: 'a wrong word' });
    expect(out).toEqual([words]);
  });

  test('undo says first what it would take back, when asked', async () => {
    const { run, out, asked } = await listen({ people: 3, changes: 4 });
    expect(
      await run(
        'consent',
        'undo',
        '--rule',
        'stop',
        '--since',
        '2h',
        '--reason',
        'a wrong word',
        '--dry-run',
      ),
    ).toBe(0);
    expect(asked[0]?.body).toMatchObject({ rule: 'stop', dry_run: true });
    expect(out).toEqual([
      '4 changes of consent of 3 people by stop in the last 2h would no longer count. Nothing was changed: without --dry-run it is',
    ]);
  });

  test.each([
    ['restore of no day', ['restore'], 'say which backup: signalbox consent restore 2026-11-20'],
    [
      'undo of nobody’s work',
      ['undo', '--since', AT, '--reason', 'x'],
      '--rule <name> --since <time>',
    ],
    [
      'undo without a time',
      ['undo', '--rule', 'stop', '--reason', 'x'],
      '--rule <name> --since <time>',
    ],
    ['undo without a reason', ['undo', '--rule', 'stop', '--since', AT], 'say why'],
    ['an unknown verb', ['burn'], 'expected backups, backup, restore or undo'],
  ])('%s is bad usage, and nothing is asked', async (_, words, said) => {
    const { run, err, asked } = await listen(backup);
    expect(await run('consent', ...words)).toBe(2);
    expect(err.join('\n')).toContain(said);
    expect(asked).toEqual([]);
  });

  test.each([
    '2026-01-01',
    'today',
    '2026-11',
  ])('there is no backup of %s, and nothing is restored', async (wanted) => {
    const { run, err, asked } = await listen({ backups: [backup] });
    expect(await run('consent', 'restore', wanted)).toBe(1);
    expect(err).toEqual([`there is no whole backup of ${wanted}: consent backups lists them`]);
    expect(asked).toHaveLength(1);
  });
});

test.each<[string, unknown]>([
  ['reviews', { reviews: [review] }],
  ['reviews R1 --decide dismiss --reason x', decided('dismissed')],
  ['consent backups', { backups: [backup] }],
  ['consent backup', backup],
  [`consent undo --rule stop --since ${AT} --reason x`, { people: 3, changes: 4, affected: [] }],
])('%s prints JSON for machines', async (command, answer) => {
  const { run, out } = await listen(answer);
  expect(await run(...command.split(' '), '--json')).toBe(0);
  expect(out.map((line) => JSON.parse(line))).toEqual([answer]);
});
