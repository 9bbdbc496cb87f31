import { describe, expect, test } from 'vitest';
import { AT, backup, hollow, listen, NAME, older } from './reviewing-worker.ts';

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

  const one = {
    ...{ person: 'hash-1', channel: 'SMS', identity: '46701740605' },
    ...{ at: '2026-11-20T03:00:00.000Z', scope: 'all', to: 'out' },
  };
  const affected = [
    one,
    { ...one, person: 'hash-2', channel: 'WHATSAPP' },
    { ...one, person: 'hash-3', channel: null, identity: null, scope: 'marketing', to: 'in' },
  ];
  const undoing = ['consent', 'undo', '--rule', 'stop', '--since', '2h', '--reason', 'a word'];

  test('undo lists the people and the changes first, when asked', async () => {
    const { run, out } = await listen({ people: 3, changes: 5, affected });
    expect(await run(...undoing, '--dry-run')).toBe(0);
    expect(out).toEqual([
      '2026-11-20 03:00:00  SMS       46701740605  stopped all        hash-1',
      '2026-11-20 03:00:00  WHATSAPP  46701740605  stopped all        hash-2',
      '2026-11-20 03:00:00  erased                 allowed marketing  hash-3',
      '… and 2 earlier changes',
      expect.stringMatching(/^5 changes of consent of 3 people .*would no longer count/),
    ]);
  });

  test.each([
    ['a hash', ['hash-3'], ['hash-3']],
    ['an address', ['+46701740605'], ['hash-1']],
    ['a channel and an address', ['whatsapp 46701740605'], ['hash-2']],
    ['several', ['hash-1', 'WHATSAPP/46701740605'], ['hash-1', 'hash-2']],
  ])('undo takes back of the people named by %s only', async (_, named, people) => {
    const { run, asked } = await listen({ people: 1, changes: 1, affected });
    const chosen = named.flatMap((person) => ['--person', person]);
    expect(await run(...undoing, '--until', '2026-11-20 11:30', ...chosen)).toBe(0);
    const words = { rule: 'stop', since: '2h', until: '2026-11-20T11:30:00.000Z' };
    expect(asked.map(({ body }) => body)).toEqual([
      { ...words, actor: 'ines', reason: 'a word', dry_run: true },
      { ...words, actor: 'ines', reason: 'a word', people },
    ]);
  });

  test('undo changes nothing when a person is named of whom the rule changed nothing', async () => {
    const { run, err, asked } = await listen({ people: 1, changes: 1, affected });
    expect(await run(...undoing, '--person', '46700000000')).toBe(1);
    expect(err).toEqual([
      '--person 46700000000: this rule changed nothing of this person then. --dry-run lists the people',
    ]);
    expect(asked).toHaveLength(1);
  });

  test('undo counts what it would take back, when asked', async () => {
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
