import { describe, expect, test } from 'vitest';
import { bar, columns } from '../../src/cli/output/columns.ts';
import { decision, drift, explained, ID, listen, page, stats } from './deciding-worker.ts';
import { folder, openShell } from './shell.ts';

describe('decisions', () => {
  test.each([
    [['--shadow', '--rule', 'help'], '/v1/decisions?rule=help&shadow=true'],
    [['--outcome', 'shadow'], '/v1/decisions?outcome=shadow&shadow=true'],
    [['--rule', 'help'], '/v1/decisions?rule=help'],
  ])('%j asks for %s', async (words, path) => {
    const tried = { ...decision, shadow: true, rules: [{ rule: 'help', outcome: 'shadow' }] };
    const { run, out, asked } = await listen({ decisions: [tried], next: null });
    expect(await run('decisions', ...words)).toBe(0);
    expect(asked[0]?.path).toBe(path);
    expect(out[0]).toMatch(/MESSAGE_INBOUND \(shadow\) .*help \(shadow\)$/);
  });

  test('names --shadow where a rule has nothing on record', async () => {
    const { run, out } = await listen({ decisions: [], next: null });
    expect(await run('decisions', '--rule', 'help')).toBe(0);
    expect(out[1]).toBe('What a rulebook in shadow did is listed with --shadow.');
  });

  test('lists what was decided, with the filters as they were given', async () => {
    const { run, out, asked } = await listen(page);
    expect(
      await run('decisions', '--since', '7d', '--identity', '+46701740605', '--app-id', 'app-1'),
    ).toBe(0);
    expect(asked).toEqual([
      {
        path: '/v1/decisions?since=7d&identity=%2B46701740605&app_id=app-1',
        authorization: 'Bearer token-1',
      },
    ]);
    expect(out).toEqual([
      `2026-11-20 12:00:00  ${ID}  MESSAGE_INBOUND   SMS               stop: suppress done; broken could not be decided: no such fact; tried (shadow)`,
      `2026-11-20 12:00:00  ${ID}  MESSAGE_DELIVERY  SMS RATE_LIMITED  no rule fired`,
      '2 decisions, and there are more: --cursor 17.X.V1',
    ]);
  });

  test('passes over empty pages of a long search', async () => {
    const pages = [
      { decisions: [], next: '17' },
      { decisions: [], next: '16' },
      { decisions: [], next: null },
    ];
    const { run, out, asked } = await listen(() => pages.shift());
    expect(await run('decisions', '--rule', 'never')).toBe(0);
    expect(asked.map(({ path }) => path)).toEqual([
      '/v1/decisions?rule=never',
      '/v1/decisions?rule=never&cursor=17',
      '/v1/decisions?rule=never&cursor=16',
    ]);
    expect(out[0]).toBe('nothing on record fits (the journal is a few seconds behind)');
  });

  test('says so when nothing fits', async () => {
    const { run, out } = await listen({ decisions: [], next: null });
    expect(await run('decisions')).toBe(0);
    expect(out).toEqual(['nothing on record fits (the journal is a few seconds behind)']);
    expect(await run('decisions', '--identity', '7410', '--app-id', 'app-1')).toBe(0);
    expect(out).toHaveLength(2);
    expect(await run('decisions', '--identity', '7410')).toBe(0);
    expect(out.at(-1)).toContain('needs --app-id');
  });
});

describe('explain with the id of a decision', () => {
  test('tells why each rule fired or not, what became of the actions, and what is not known', async () => {
    const { run, out, asked } = await listen(explained);
    expect(await run('explain', ID)).toBe(0);
    expect(asked[0]?.path).toBe(`/v1/decisions/${ID}`);
    expect(out).toEqual([
      `MESSAGE_INBOUND SMS ${ID}`,
      '  received 2026-11-20 12:00:00, explained under rulebook V1',
      '  ✓ stop fired: keyword was STOP',
      '  ✗ help did not fire: keyword was STOP',
      '  ? words may have fired',
      '  → stop: suppress done',
      '  Note: texts were not kept.',
      '  Rulebook V0 decided it too: --rulebook V0',
    ]);
  });

  test('tells of one rule alone', async () => {
    const { run, out } = await listen(explained);
    expect(await run('explain', ID, '--rule', 'help', '--rulebook', 'V1')).toBe(0);
    expect(out.filter((line) => /[✓✗→]/.test(line))).toEqual([
      '  ✗ help did not fire: keyword was STOP',
    ]);
  });

  test('names the rule that was probably meant', async () => {
    const { run, err } = await listen(explained);
    expect(await run('explain', ID, '--rule', 'hepl')).toBe(1);
    expect(err.join('\n')).toContain('help');
  });
});

describe('stats', () => {
  test('draws counts as bars and names what never fired', async () => {
    const { run, out } = await listen(stats);
    expect(await run('stats', '--since', '30d')).toBe(0);
    expect(out).toEqual([
      '42 callbacks since 2026-10-21 12:00:00 (the journal begins 2026-11-10 12:00:00)',
      '',
      'rule  fired                        last fired',
      'stop     40  ████████████████████  2026-11-20 12:00:00',
      'old      10  █████                                      2 in shadow, 1 could not be decided, not in force',
      '',
      'not fired in 30 days (1): never',
      '',
      'trigger          callbacks',
      'MESSAGE_INBOUND         42  ████████████████████',
      '',
      'channel  callbacks',
      'SMS             40  ████████████████████',
      'RCS              2  █',
    ]);
  });

  test('gives a bar to whatever is there at all, and none to nothing', () => {
    expect([bar(0, 10), bar(1, 10_000), bar(5, 10, 4), bar(10, 10, 4), bar(3, 0)]).toEqual([
      '',
      '▏',
      '██',
      '████',
      '',
    ]);
    expect(
      columns([
        ['a', 10],
        ['bcd', 1],
      ]),
    ).toEqual(['a    10', 'bcd   1']);
  });
});

describe('drift', () => {
  test('prints what was new, and a fixture to keep', async () => {
    const { run, out } = await listen(drift);
    expect(await run('drift')).toBe(0);
    expect(out).toEqual([
      `2026-11-20 12:00:00  new value: MESSAGE_DELIVERY status = PAUSED  (callback ${ID})`,
      `  src/samples/callbacks/new-${ID.toLowerCase()}.json:`,
      ...JSON.stringify(drift.drift[0]?.fixture, null, 2)
        .split('\n')
        .map((line) => `    ${line}`),
      '1 thing that Signalbox did not know',
    ]);
  });
});

describe('every command that asks a Worker', () => {
  const commands: [string, unknown][] = [
    ['decisions', page],
    ['stats', stats],
    ['drift', drift],
    [`explain ${ID}`, explained],
  ];

  test.each(commands)('%s prints what the Worker said as JSON', async (command, body) => {
    const { run, out } = await listen(body);
    expect(await run(...command.split(' '), '--json')).toBe(0);
    expect(JSON.parse(out.join(''))).toEqual(body);
  });

  test.each(commands)('%s tells a refusal in the Worker’s own words', async (command) => {
    const { run, err } = await listen(
      { code: 'unauthorized', detail: 'Authorization: Bearer <API_TOKEN> is needed' },
      401,
    );
    expect(await run(...command.split(' '))).toBe(1);
    expect(err).toEqual(['Authorization: Bearer <API_TOKEN> is needed']);
  });

  test.each(commands)('%s says so when something else answers', async (command) => {
    const { run, err } = await listen('<html>');
    expect(await run(...command.split(' '))).toBe(1);
    expect(err.join('')).toMatch(/is not Signalbox’s/);
  });

  test('takes the local token for this machine, and asks for one for any other', async () => {
    const home = folder({ '.dev.vars': 'API_TOKEN=local-token\n' });
    const { url, asked } = await listen(drift);
    const here = openShell({ home, here: home, env: { SIGNALBOX_URL: url } });
    expect(await here.run('drift')).toBe(0);
    expect(asked[0]?.authorization).toBe('Bearer local-token');
    const away = openShell({
      home,
      here: home,
      env: { SIGNALBOX_URL: 'https://signalbox.example.com' },
    });
    expect(await away.run('drift')).toBe(1);
    expect(away.err).toEqual([
      'SIGNALBOX_TOKEN is not set: signalbox.example.com wants to know who asks',
    ]);
  });

  test('asks whether Signalbox runs when nobody answers, and refuses what is not an address', async () => {
    const shell = openShell({ env: { SIGNALBOX_TOKEN: 't' } });
    expect(await shell.run('stats', '--url', 'http://127.0.0.1:9')).toBe(1);
    expect(shell.err).toEqual(['Nothing answers at http://127.0.0.1:9: is npm start running?']);
    expect(await shell.run('stats', '--url', 'nowhere')).toBe(2);
    expect(await shell.run('stats', '--url', 'localhost:8787')).toBe(2);
    expect(shell.err.at(-1)).toBe(
      '"localhost:8787" is not an address: expected http://host or https://host',
    );
  });
});

test('explain tells of one rule alone for a file, too', async () => {
  const { run, out, err } = openShell();
  expect(await run('explain', 'whatsapp-quality-yellow', '--rule', 'whatsapp-quality-red')).toBe(0);
  expect(out.slice(1)).toEqual([
    '  ✗ whatsapp-quality-red did not fire: quality rating was YELLOW, the rule needs RED (1 of 2 conditions held)',
  ]);
  expect(await run('explain', 'whatsapp-quality-yellow', '--rule', 'whatsapp-quality-rde')).toBe(1);
  expect(err.join('')).toContain('whatsapp-quality-red');
});
