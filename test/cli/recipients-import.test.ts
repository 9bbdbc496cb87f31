import { describe, expect, test } from 'vitest';
import { FILES, listen, report } from './importing-worker.ts';

describe('recipients import', () => {
  test('is a dry run: it names bad lines and changes nothing', async () => {
    const { run, out, err, asked } = await listen([report()], 200, FILES);
    expect(await run('recipients', 'import', 'old list.csv', '--reason', 'moved')).toBe(1);
    expect(err).toEqual(['line 4: identity: is no phone number']);
    expect(out).toEqual([
      '3 lines: 1 out, 1 in, 0 unchanged (1 opt-in cannot lift a refusal that is newer, wider or set by hand), 1 cannot be read (33 %)',
      'Nothing was changed: --apply takes the list over.',
    ]);
    expect(asked).toMatchObject([
      {
        method: 'POST',
        path: '/v1/recipients/import?name=old-list.csv&actor=ada&reason=moved&dry_run=true&allow_invalid=false&from_line=1',
        type: 'text/csv',
        body: FILES['old list.csv'],
      },
    ]);
  });

  test('stops when more than 5 % of the lines are bad, unless --allow-invalid is given', async () => {
    const command = ['recipients', 'import', 'old list.csv', '--reason', 'moved', '--apply'];
    const strict = await listen([report()], 200, FILES);
    expect(await strict.run(...command)).toBe(1);
    expect(strict.asked).toHaveLength(1);
    expect(strict.err.at(-1)).toBe(
      'Nothing was changed: 33 % of the lines cannot be read. Correct the list, or take over the others with --allow-invalid.',
    );
    const lax = await listen([report(), report({ dry_run: false })], 200, FILES);
    expect(await lax.run(...command, '--allow-invalid')).toBe(1);
    expect(lax.asked).toHaveLength(2);
  });

  test('tells of opt-outs that stop nobody', async () => {
    const { run, out } = await listen([report({ outweighed: 0, came_back: 2 })], 200, FILES);
    await run('recipients', 'import', 'old list.csv', '--reason', 'moved');
    expect(out[0]).toContain(
      '(2 opt-outs without effect: an opt-in is newer, or came since the line counted',
    );
  });

  test('with --apply looks first, then takes over, going on where the Worker stopped', async () => {
    const good = { bad: 0, bad_share: 0, bad_lines: [] };
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
      'dry_run=true&allow_invalid=false&from_line=1',
      'dry_run=false&allow_invalid=true&from_line=1',
      'dry_run=false&allow_invalid=true&from_line=100001',
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
