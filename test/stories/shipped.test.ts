import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { folder, HOME, openShell } from '../cli/shell.ts';

/** The rules that ship, with changes to some files. */
function changed(changes: Readonly<Record<string, (text: string) => string>>): string {
  const root = folder({
    'rules/alerts.json': readFileSync(join(HOME, 'rules/alerts.json'), 'utf8'),
  });
  for (const under of ['', 'lists', 'conditions', 'tests'])
    mkdirSync(join(root, 'rules', under), { recursive: true });
  for (const [name, change] of Object.entries(changes))
    writeFileSync(
      join(root, 'rules', name),
      change(readFileSync(join(HOME, 'rules', name), 'utf8')),
    );
  return root;
}

describe('the stories that ship', () => {
  test.each([
    [
      'red-then-green',
      [
        'whatsapp-quality-yellow',
        'whatsapp-quality-red',
        'whatsapp-quality-green',
        'whatsapp-quality-recovered',
      ],
      'RED"',
      'REDDISH"',
    ],
    ['red-ends-by-itself', ['whatsapp-quality-red'], '"for": "7d"', '"for": "30d"'],
    ['failures-pile-up-is-told-once', ['failures-pile-up'], '"at_least": 200', '"at_least": 5000'],
  ])('%s fails when its rule does otherwise', async (story, rules, from, to) => {
    const same = (text: string) => text;
    const files = [...rules.map((name) => `${name}.json`), `tests/${story}.json`];
    const plain = Object.fromEntries(files.map((file) => [file, same]));
    const broken = {
      ...plain,
      [`${rules.length > 1 ? rules[1] : rules[0]}.json`]: (text: string) =>
        text.replaceAll(from, to),
    };
    const [well, ill] = [changed(plain), changed(broken)].map((here) => openShell({ here }));
    expect([await well?.run('test', story, '--rules', 'rules'), well?.out.at(-1)]).toEqual([
      0,
      expect.stringMatching(/1 passed, 0 failed/),
    ]);
    expect(await ill?.run('test', story, '--rules', 'rules')).toBe(1);
    expect(ill?.out.join('\n')).toMatch(/✗ story .*\n {4}step /);
  });

  test('the rules that ship show nine of ten conditions, and fire on no other’s examples unsaid', async () => {
    const { run, err } = openShell();
    expect(await run('test', '--threshold', '90', '--cross-fire')).toBe(0);
    expect(err).toEqual([]);
  });
});
