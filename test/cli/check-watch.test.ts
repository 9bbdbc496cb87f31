import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { eventually } from '../setup/eventually.ts';
import { pretty, rules, stopRule } from './check-rules.ts';
import { folder, openShell } from './shell.ts';

describe('check --watch', () => {
  test('checks again when a file changes, and ends with Ctrl-C', async () => {
    const enough = Promise.withResolvers<void>();
    const home = folder(rules(pretty(stopRule)));
    const { run, out } = openShell({ home, interrupted: () => enough.promise });
    const ending = run('check', '--watch');
    const settled = () =>
      eventually(() => expect(out.at(-1)).toBe('Watching for changes. Ctrl-C ends.'));
    await settled();
    expect(out.at(-2)).toMatch(/: 0 errors, 0 warnings$/);
    out.length = 0;
    writeFileSync(
      join(home, 'rules', 'stop.json'),
      pretty(stopRule).replace('"keyword"', '"keywrd"'),
    );
    await settled();
    expect(out[1]).toMatch(/ unknown-fact /);
    enough.resolve();
    expect(await ending).toBe(0);
  });

  test('is not for machines', async () => {
    const { run, err } = openShell({ home: folder(rules(pretty(stopRule))) });
    expect(await run('check', '--watch', '--json')).toBe(2);
    expect(err).toEqual(['--watch is for people: leave --json out']);
  });
});
