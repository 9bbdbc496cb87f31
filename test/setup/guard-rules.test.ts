import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as promises from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { takeAttempts } from './guard-rules.ts';
import { PROJECT, RULEBOOK } from './home.ts';

const rules = join(PROJECT, 'rules');
const file = join(rules, 'stop.json');

describe('a product test that opens rules/', () => {
  test.each<readonly [string, () => unknown]>([
    ['readFileSync', () => fs.readFileSync('rules/stop.json')],
    ['readFileSync of a URL', () => fs.readFileSync(pathToFileURL(file))],
    ['readdirSync', () => fs.readdirSync('rules')],
    ['globSync', () => fs.globSync('rules/*.json')],
    ['globSync below a folder', () => fs.globSync('*.json', { cwd: rules })],
    ['cpSync', () => fs.cpSync(rules, '/nowhere', { recursive: true })],
    ['createReadStream', () => fs.createReadStream(file)],
    ['readFile', () => promises.readFile(file)],
    ['readdir', () => promises.readdir(rules)],
    ['open', () => promises.open(file)],
  ])('is refused and on record: %s', async (_, open) => {
    await expect((async () => open())()).rejects.toThrow('product tests must not open');
    expect(takeAttempts()).toHaveLength(1);
  });

  test('is refused in a program that it starts', () => {
    const program = `require('node:fs').readFileSync(${JSON.stringify(file)})`;
    expect(() => execFileSync(process.execPath, ['-e', program], { stdio: 'pipe' })).toThrow(
      'product tests must not open',
    );
  });

  test('has the frozen rulebook instead', () =>
    expect(fs.existsSync(join(RULEBOOK, 'stop.json'))).toBe(true));
});
