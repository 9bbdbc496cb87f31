import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { actions } from '../src/actions/index.ts';
import { compile } from '../src/rules/compile/compile.ts';
import { factEntry, isCarried } from '../src/rules/model/facts.ts';
import { readSample } from '../src/samples/samples.ts';
import { OUT_OF_SCOPE } from './founding-pages/out-of-scope.ts';
import { POINT_ROWS, ROWS, type Row, USE_ROWS } from './founding-pages/row.ts';
import { TRIGGERS } from './founding-pages/vocabulary.ts';
import type { Scenario } from './worker/scenarios/scenario.ts';
import { SUITES } from './worker/scenarios/suites.ts';

const scenarios = Object.entries(SUITES).flatMap(([suite, all]) =>
  all.map((scenario: Scenario) => ({ suite, ...scenario })),
);
const proofsOf = (id: string) =>
  scenarios.filter(({ rows = [] }) => rows.some((row) => row === id));

describe('the rows of the founding pages', () => {
  test.each(ROWS)('$id is proven or does not apply: $row', ({ id, reason }) => {
    // The proofs run in workerd: test/worker/scenarios has a case for each row, which runs its scenarios.
    if (reason === undefined) expect(proofsOf(id)).not.toEqual([]);
    else expect(proofsOf(id)).toEqual([]);
  });

  test('are all there, and each has an id of its own', () => {
    expect([USE_ROWS.length, POINT_ROWS.length]).toEqual([57, 64]);
    expect(new Set(ROWS.map(({ id }) => id)).size).toBe(57 + 64);
    expect(Object.keys(OUT_OF_SCOPE).filter((id) => !ROWS.some((row) => row.id === id))).toEqual(
      [],
    );
  });

  test.each(
    Object.keys(SUITES),
  )('of the suite %s are played by its test file, all of them', (suite) => {
    const file = join(import.meta.dirname, `worker/scenarios/${suite}.test.ts`);
    expect(readFileSync(file, 'utf8')).toBe(
      `import { play } from './play.ts';\n\nplay('${suite}');\n`,
    );
  });

  test('have scenarios with a message of their own each', () =>
    expect(new Set(scenarios.map(({ message }) => message)).size).toBe(scenarios.length));
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
  const line = ({ id, row, reason }: Row): string => {
    const proofs = proofsOf(id).map(
      ({ suite, message }) => `${message.replaceAll('|', '\\|')} (\`${suite}\`)`,
    );
    return `| ${id} | ${row} | ${reason ? `does not apply: ${reason}` : proofs.join('; ')} |`;
  };
  const table = (rows: readonly Row[]): readonly string[] =>
    [...Map.groupBy(rows, ({ page }) => page)].flatMap(([name, some]) => [
      `### ${name[0]?.toUpperCase()}${name.slice(1)}`,
      '',
      '| row | what | shown by |',
      '|---|---|---|',
      ...some.map(line),
      '',
    ]);
  return [
    '# What Sinch’s pages on callbacks suggest, and what proves it',
    '',
    'Sinch’s pages on 13 triggers name what people use each callback for, and what they have to mind. This page lists those rows in our own words, each with what the tests show, or why it does not apply. The tests play callbacks through a whole Worker and look at what can be seen then: `test/worker/scenarios` has a case for each row, which runs the scenarios named here. `test/founding-pages.test.ts` checks that no row is without one, and keeps this page current: `npx vitest run --project node -u test/founding-pages.test.ts`.',
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
    ...table(USE_ROWS),
    '## Points to mind',
    '',
    ...table(POINT_ROWS),
  ]
    .join('\n')
    .trimEnd()
    .concat('\n');
}

test('the page of the documentation lists every row', () =>
  expect(page()).toMatchFileSnapshot('../docs/founding-pages.md'));
