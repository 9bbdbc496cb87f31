import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { measureStartup } from '../../bench/startup/measure.ts';
import { PROJECT } from '../setup/home.ts';

const read = (file: string): string => readFileSync(join(PROJECT, file), 'utf8');

test('the Worker starts as fast as recorded and is as large as docs/operators.md says', async () => {
  const recorded: number = JSON.parse(read('bench/results/startup.json')).startup.ratio;
  const [own, bare] = await measureStartup();
  const ratio = own.ms / bare.ms;
  expect(
    ratio,
    `${own.ms} ms, bare Hono ${bare.ms} ms; see npm run bench:startup`,
  ).toBeLessThanOrEqual(1.5 * recorded);
  const said = Number(/The Worker's bundle is (\d+) KB/.exec(read('docs/operators.md'))?.[1]);
  expect(
    Math.abs(said - own.kilobytes),
    `docs/operators.md says ${said} KB, it is ${own.kilobytes.toFixed(1)}`,
  ).toBeLessThanOrEqual(0.1 * own.kilobytes);
}, 600_000);
