import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { actions } from '../src/actions/index.ts';
import { compile } from '../src/rules/compile/compile.ts';
import { factEntry, isCarried } from '../src/rules/model/facts.ts';
import { readSample } from '../src/samples/samples.ts';
import { POINTS } from './founding-pages/points.ts';
import type { Row } from './founding-pages/row.ts';
import { USES } from './founding-pages/uses.ts';
import { TRIGGERS } from './founding-pages/vocabulary.ts';

const text = (file: string): string => readFileSync(join(import.meta.dirname, file), 'utf8');

/** Whether a file has a test of this name that is not skipped: a `test`, or a scenario. */
function hasTest(file: string, name: string): boolean {
  const quoted = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const opens = `(?:(?:^|\\s)test\\(|\\](?: as const)?\\)\\(|message:)\\s*['"\`]`;
  return new RegExp(`${opens}${quoted}['"\`]`, 'm').test(text(file));
}

describe.each([
  ['use cases', USES],
  ['points to mind', POINTS],
])('the founding pages, %s', (_, rows) => {
  test.each(rows)('$id: $row', ({ file, proof, reason }) => {
    if (file === undefined || proof === undefined) expect(reason).toBeTruthy();
    else expect(hasTest(file, proof), `test/${file} has no test "${proof}"`).toBe(true);
  });

  test('have an id of their own each', () =>
    expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length));
});

describe('the triggers of the founding pages', () => {
  test.each(
    TRIGGERS.flatMap(({ trigger, samples }) => samples.map((sample) => [trigger, sample] as const)),
  )('%s is read from %s', async (trigger, sample) =>
    expect((await readSample(sample)).trigger).toBe(trigger));

  test.each(
    TRIGGERS.flatMap(({ trigger, facts }) => facts.map((fact) => [trigger, fact] as const)),
  )('%s carries %s', (trigger, name) => {
    const fact = factEntry(name);
    expect(fact && isCarried(fact, [trigger])).toBe(true);
  });

  test.each(
    TRIGGERS.flatMap(({ trigger, values }) =>
      Object.entries(values).flatMap(([fact, all]) =>
        all.map((value) => [trigger, fact, value] as const),
      ),
    ),
  )('on %s a rule compares %s with %s', (trigger, fact, value) => {
    const operator = factEntry(fact)?.type === 'list' ? 'contains' : 'equal';
    const rule = {
      ...{ name: 'row', why: 'A row of the pages.', owner: 'tests', on: [trigger] },
      when: { fact, operator, value },
      then: [{ action: 'ignore', params: { because: 'it is only compared' } }],
    };
    const source = { rules: { 'row.json': rule }, lists: {}, conditions: {}, alerts: {} };
    expect(compile(source, actions, 'rows').findings).toEqual([]);
  });
});

/** The page of the documentation: every row with its proof. */
function page(): string {
  const line = ({ id, row, file, proof, reason }: Row): string =>
    proof === undefined || file === undefined
      ? `| ${id} | ${row} | does not apply: ${reason} |`
      : `| ${id} | ${row} | \`test/${file}\`: ${proof.replaceAll('|', '\\|')} |`;
  const table = (rows: readonly Row[]): readonly string[] =>
    [...Map.groupBy(rows, ({ page }) => page)].flatMap(([name, some]) => [
      `### ${name[0]?.toUpperCase()}${name.slice(1)}`,
      '',
      '| row | what | proof |',
      '|---|---|---|',
      ...some.map(line),
      '',
    ]);
  return [
    '# What Sinch’s pages on callbacks suggest, and what proves it',
    '',
    'Sinch’s pages on 13 triggers name what people use each callback for, and what they have to mind. This page lists those rows in our own words, each with the test that proves it, or why it does not apply. `test/founding-pages.test.ts` has a case for each row and keeps this page current: `npx vitest run --project node -u test/founding-pages.test.ts`.',
    '',
    '## Triggers, fields and values',
    '',
    'Every trigger is read in the shape of the pages and in that of the specification, and every field and value below is compared by a rule.',
    '',
    '| trigger | facts | values |',
    '|---|---|---|',
    ...TRIGGERS.map(({ trigger, facts, values }) => {
      const all = Object.values(values).flat();
      return `| \`${trigger}\` | ${facts.map((fact) => `\`${fact}\``).join(', ')} | ${all.join(', ')} |`;
    }),
    '',
    '## Use cases',
    '',
    ...table(USES),
    '## Points to mind',
    '',
    ...table(POINTS),
  ]
    .join('\n')
    .trimEnd()
    .concat('\n');
}

test('the page of the documentation lists every row', () =>
  expect(page()).toMatchFileSnapshot('../docs/founding-pages.md'));
