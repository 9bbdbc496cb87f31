import { createServer } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openShell } from './shell.ts';

interface Asked {
  readonly what: string;
  readonly body: unknown;
}

/** A Worker that gives these answers, one after the other (the last one again and again), and keeps what it was asked. */
async function listen(answers: readonly unknown[], { status = 200, env = {} } = {}) {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    asked.push({
      what: `${request.method} ${request.url}`,
      body: text === '' ? undefined : JSON.parse(text),
    });
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answers[Math.min(asked.length, answers.length) - 1]));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  onTestFinished(() => void server.close());
  const { port } = Object(server.address());
  const where = {
    SIGNALBOX_URL: `http://127.0.0.1:${port}`,
    SIGNALBOX_TOKEN: 'token-1',
    SIGNALBOX_AUTHOR: 'ines',
  };
  return { asked, ...openShell({ env: { ...where, ...env } }) };
}

const AT = '2026-11-20T03:00:00.000Z';
const pause = {
  id: 'p1',
  kind: 'rule',
  name: 'stop-near-miss',
  actor: 'ines (ops)',
  reason: 'it floods support',
  since: AT,
};
const everything = { ...pause, kind: 'everything', name: '' };

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
      'expected rule, action, app or everything',
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
      [1, 2].map(() => `DELETE /v1/pauses/${pause.id}?reason=fixed&actor=ines`),
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

const item = {
  id: 'H1',
  at: AT,
  cause: 'budget',
  reason: 'rule start may unsuppress 500 within 60 minutes',
  rule: 'start',
  action: 'unsuppress',
  app_id: 'app-1',
  decision: 'D1',
  state: 'held',
  decided_at: null,
  decided_by: null,
  decision_reason: null,
};

describe('held', () => {
  test('lists what waits and why, and how to decide', async () => {
    const { run, out, asked } = await listen([{ held: [item], total: 1 }]);
    expect(await run('held', '--id', 'H1', '--rule', 'start')).toBe(0);
    expect(asked[0]?.what).toBe('GET /v1/held?id=H1&rule=start');
    expect(out).toEqual([
      '2026-11-20 03:00:00  unsuppress  start  rule start may unsuppress 500 within 60 minutes  H1',
      '1 action waits. Do it: signalbox held release; never do it: signalbox held drop; each with --rule, --action, --id or --all',
    ]);
  });

  test('says how much more there is', async () => {
    const { run, out } = await listen([{ held: [item], total: 900 }]);
    expect(await run('held')).toBe(0);
    expect(out.at(-1)).toContain('900 actions wait, the oldest 1 are shown.');
  });

  test('says so when nothing waits', async () => {
    const { run, out } = await listen([{ held: [], total: 0 }]);
    expect(await run('held')).toBe(0);
    expect(out).toEqual(['nothing waits']);
  });

  test.each([
    ['release', '507 actions go on now'],
    ['drop', '507 actions will never be done'],
  ])('%s settles all that is meant, and says what became of it', async (verb, words) => {
    const { run, out, asked } = await listen([
      { settled: 500, more: true },
      { settled: 7, more: false },
    ]);
    expect(await run('held', verb, '--rule', 'start', '--reason', 'checked')).toBe(0);
    expect(asked.map(({ what, body }) => [what, body])).toEqual(
      [1, 2].map(() => [
        `POST /v1/held/${verb}`,
        { actor: 'ines', reason: 'checked', rule: 'start' },
      ]),
    );
    expect(out).toEqual([words]);
  });

  test('nothing to settle is said', async () => {
    const { run, out } = await listen([{ settled: 0, more: false }]);
    expect(await run('held', 'release', '--all', '--reason', 'x')).toBe(0);
    expect(out).toEqual(['nothing of that waits']);
  });

  test('--settled lists what was decided about it, by whom and why', async () => {
    const dropped = {
      ...item,
      state: 'dropped',
      decided_at: AT,
      decided_by: 'ada (ops)',
      decision_reason: 'the rule was wrong',
    };
    const { run, out, asked } = await listen([{ held: [dropped], total: 0 }]);
    expect(await run('held', '--settled')).toBe(0);
    expect(asked[0]?.what).toBe('GET /v1/held?state=settled');
    expect(out).toEqual([
      '2026-11-20 03:00:00  dropped  unsuppress  start  by ada (ops): the rule was wrong  H1',
    ]);
  });

  test.each([
    ['held', 'release', '--all'],
    ['held', 'drop', '--all'],
    ['resume', 'everything'],
  ])('%s %s does nothing without a reason', async (...command) => {
    const { run, err, asked } = await listen([]);
    expect(await run(...command)).toBe(2);
    expect(err.join('\n')).toContain('say why: --reason "…" stays on record');
    expect(asked).toEqual([]);
  });

  test('which is not guessed', async () => {
    const { run, err, asked } = await listen([]);
    expect(await run('held', 'drop')).toBe(2);
    expect(err.join('\n')).toContain('say what to drop: --rule, --action, --id or --all');
    expect(asked).toEqual([]);
  });
});

const limited = { to: '10/minute', content: 'marketing', until: AT, reason: 'by hand' };
const sender = (throttle: object | null) => ({
  quality: 'RED',
  since: AT,
  throttle,
  limits: throttle ? [{ ...limited, since: AT }] : [],
  history: [],
});

describe('throttle', () => {
  test('limits a sender, and says until when', async () => {
    const { run, out, asked } = await listen([sender(limited)]);
    const command = [
      'throttle',
      'app-1',
      'whatsapp',
      '--to',
      '10/minute',
      '--for',
      '7d',
      '--reason',
      'complaints',
    ];
    expect(await run(...command)).toBe(0);
    expect(asked).toEqual([
      {
        what: 'PUT /v1/senders/app-1/whatsapp/throttle',
        body: { to: '10/minute', for: '7d', actor: 'ines', reason: 'complaints' },
      },
    ]);
    expect(out).toEqual([
      'WHATSAPP of app-1: marketing at most 10/minute until 2026-11-20 03:00:00 UTC (by hand)',
    ]);
  });

  test('to nothing says that it is stopped', async () => {
    const { run, out } = await listen([sender({ ...limited, to: '0' })]);
    expect(await run('throttle', 'app-1', 'SMS', '--to', '0', '--for', '1h', '--reason', 'x')).toBe(
      0,
    );
    expect(out).toEqual([
      'SMS of app-1: marketing stopped until 2026-11-20 03:00:00 UTC (by hand)',
    ]);
  });

  test('tells of an app that nobody ever heard of', async () => {
    const { run, out } = await listen([
      { ...sender(limited), warning: 'no callback of app app-2 is on record' },
    ]);
    expect(await run('throttle', 'app-2', 'SMS', '--to', '0', '--for', '1h', '--reason', 'x')).toBe(
      0,
    );
    expect(out[1]).toBe(
      'But no callback of app app-2 is on record. Is it a typing mistake? --lift takes it back.',
    );
  });

  test('--lift ends every limit, with who and why', async () => {
    const { run, out, asked } = await listen([sender(null)]);
    expect(await run('throttle', 'app-1', 'SMS', '--lift', '--reason', 'Meta was wrong')).toBe(0);
    expect(asked[0]?.what).toBe(
      'DELETE /v1/senders/app-1/SMS/throttle?actor=ines&reason=Meta+was+wrong',
    );
    expect(out).toEqual(['SMS of app-1 is not limited; a rule that fires again limits it again']);
  });

  test.each([
    ['neither a rate nor --lift', ['--reason', 'x'], 'say how fast and for how long'],
    [
      'both',
      ['--lift', '--to', '0', '--for', '1h', '--reason', 'x'],
      '--lift ends limits; leave --to and --for out',
    ],
    ['no reason', ['--lift'], 'say why'],
  ])('%s is bad usage', async (_, words, said) => {
    const { run, err, asked } = await listen([sender(null)]);
    expect(await run('throttle', 'app-1', 'SMS', ...words)).toBe(2);
    expect(err.join('\n')).toContain(said);
    expect(asked).toEqual([]);
  });
});

describe('each of them', () => {
  const commands: [string, object, object?][] = [
    ['pause', { pauses: [pause], past: [] }],
    ['pause rule stop --reason x', pause],
    [
      'resume rule stop --reason x',
      { ended: pause, released: 3, more: false, still: [] },
      { ended: pause, released: 3, still: [] },
    ],
    ['held', { held: [item], total: 1 }],
    ['held drop --all --reason x', { settled: 2, more: false }, { settled: 2 }],
    ['throttle app-1 SMS --lift --reason x', sender(null)],
  ];

  test.each(commands)('%s prints JSON for machines', async (command, answer, printed) => {
    const { run, out } = await listen([answer]);
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
