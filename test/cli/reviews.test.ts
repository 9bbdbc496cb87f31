import { describe, expect, test } from 'vitest';
import {
  AT,
  backup,
  decided,
  differ,
  EVERYTHING,
  listen,
  NOTHING,
  review,
  side,
} from './reviewing-worker.ts';

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
