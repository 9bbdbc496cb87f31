import { describe, expect, test } from 'vitest';
import { everything, item, listen, pause, sender } from './pausing-worker.ts';

describe('pause', () => {
  test('says what waits, what does not, and how to end it', async () => {
    const { run, out, asked } = await listen([pause]);
    expect(await run('pause', 'rule', 'stop-near-miss', '--reason', 'it floods support')).toBe(0);
    expect(asked).toEqual([
      {
        what: 'POST /v1/pauses',
        body: { kind: 'rule', name: 'stop-near-miss', actor: 'ines', reason: 'it floods support' },
      },
    ]);
    expect(out).toEqual([
      'rule stop-near-miss is paused, everywhere within five seconds. Callbacks are still taken, a STOP still counts; all else waits and is kept.',
      'See what waits: signalbox held. Go on: signalbox resume rule stop-near-miss',
    ]);
  });

  test('tells of an app that nobody ever heard of', async () => {
    const warning = 'no callback of app NOPE is on record: did you mean "01JAPP"?';
    const { run, out } = await listen([{ ...pause, kind: 'app', name: 'NOPE', warning }]);
    expect(await run('pause', 'app', 'NOPE', '--reason', 'x')).toBe(0);
    expect(out[1]).toBe(`But ${warning}. Is it a typing mistake? signalbox resume app NOPE`);
  });

  test('of everything needs no name', async () => {
    const { run, out, asked } = await listen([everything]);
    expect(await run('pause', 'everything', '--reason', 'fire')).toBe(0);
    expect(asked[0]?.body).toMatchObject({ kind: 'everything', name: '' });
    expect(out.join('\n')).toContain('Go on: signalbox resume everything');
  });

  test('alone lists what is paused, since when and by whom', async () => {
    const { run, out } = await listen([{ pauses: [pause, everything], past: [] }]);
    expect(await run('pause')).toBe(0);
    expect(out).toEqual([
      'rule stop-near-miss  2026-11-20 03:00:00  ines (ops)  it floods support',
      'everything           2026-11-20 03:00:00  ines (ops)  it floods support',
    ]);
  });

  test('alone lists what was paused, too, and who ended it and why', async () => {
    const over = {
      ...pause,
      ended_at: '2026-11-20T04:00:00.000Z',
      ended_by: 'ada (ops)',
      ended_reason: 'fixed',
    };
    const { run, out } = await listen([{ pauses: [], past: [over] }]);
    expect(await run('pause')).toBe(0);
    expect(out).toEqual([
      'nothing is paused',
      'Over:',
      'rule stop-near-miss  2026-11-20 03:00:00 to 2026-11-20 04:00:00  ines (ops): it floods support  ended by ada (ops): fixed',
    ]);
  });

  test('says so when nothing is paused', async () => {
    const { run, out } = await listen([{ pauses: [], past: [] }]);
    expect(await run('pause')).toBe(0);
    expect(out).toEqual(['nothing is paused']);
  });

  test.each([
    ['no reason', ['pause', 'rule', 'stop'], 'say why: --reason "…" stays on record'],
    ['no name', ['pause', 'rule', '--reason', 'x'], 'say which rule: pause rule <name>'],
    [
      'a name for everything',
      ['pause', 'everything', 'x', '--reason', 'x'],
      'everything has no name: pause everything',
    ],
    [
      'what is none',
      ['pause', 'planet', '--reason', 'x'],
      'expected rule, action, app, destination or everything',
    ],
  ])('%s is bad usage, and nothing is asked', async (_, command, words) => {
    const { run, err, asked } = await listen([pause]);
    expect(await run(...command)).toBe(2);
    expect(err.join('\n')).toContain(words);
    expect(asked).toEqual([]);
  });
});

describe('resume', () => {
  test('lets all go on that waited, however many calls it takes', async () => {
    const { run, out, asked } = await listen([
      { pauses: [pause, everything], past: [] },
      { ended: pause, released: 500, more: true, still: [everything] },
      { ended: null, released: 7, more: false, still: [everything] },
    ]);
    expect(await run('resume', 'rule', 'stop-near-miss', '--reason', 'fixed')).toBe(0);
    expect(asked.slice(1).map(({ what }) => what)).toEqual(
      [1, 2].map(() => `DELETE /v1/pauses/${pause.id}?actor=ines&reason=fixed`),
    );
    expect(out).toEqual([
      'rule stop-near-miss goes on; 507 waiting actions let go',
      'Still paused: everything. What that is about goes on waiting: signalbox held',
    ]);
  });

  test('says so when nothing was paused', async () => {
    const { run, out } = await listen([{ pauses: [], past: [] }]);
    expect(await run('resume', 'everything', '--reason', 'x')).toBe(0);
    expect(out).toEqual(['everything was not paused']);
  });

  test('needs to be told what', async () => {
    const { run, err } = await listen([]);
    expect(await run('resume')).toBe(2);
    expect(err.join('\n')).toContain("missing required argument 'kind'");
    expect(await run('resume', 'app')).toBe(2);
    expect(err.join('\n')).toContain('say which app: resume app <name>');
  });
});

describe('each of them', () => {
  const commands: [string, object, object?][] = [
    ['pause', { pauses: [pause], past: [] }],
    ['pause rule stop --reason x', pause],
    [
      'resume rule stop --reason x',
      [
        { pauses: [{ ...pause, name: 'stop' }], past: [] },
        { ended: pause, released: 3, more: false, still: [] },
      ],
      { ended: pause, released: 3, still: [] },
    ],
    ['held', { held: [item], total: 1 }],
    ['held drop --all --reason x', { settled: 2, more: false }, { settled: 2 }],
    ['throttle app-1 SMS --lift --reason x', sender(null)],
  ];

  test.each(commands)('%s prints JSON for machines', async (command, answer, printed) => {
    const { run, out } = await listen([answer].flat());
    expect(await run(...command.split(' '), '--json')).toBe(0);
    expect(out.map((line) => JSON.parse(line))).toEqual([printed ?? answer]);
  });

  test.each(commands)('%s tells a refusal in the Worker’s own words', async (command) => {
    const { run, err } = await listen(
      [{ code: 'forbidden', detail: 'this token may read, not admin' }],
      {
        status: 403,
      },
    );
    expect(await run(...command.split(' '))).toBe(1);
    expect(err).toEqual(['this token may read, not admin']);
  });
});
