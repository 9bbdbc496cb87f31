import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import type { Cost } from '../../bench/cost/measured.ts';
import { costSection } from '../../bench/cost/section.ts';

const home = new URL('../../', import.meta.url);
const file = (path: string): Promise<string> => readFile(new URL(path, home).pathname, 'utf8');

test('the cost section of the operators’ page is the one that the last measurement wrote', async () => {
  // `bench:cost` wrote it.
  const { cost } = JSON.parse(await file('bench/results/cost.json')) as { readonly cost: Cost };
  expect(await file('docs/operators.md')).toContain(costSection(cost));
});
