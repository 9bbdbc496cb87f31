import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { runProgram } from './run-program.ts';

/** A process of its own loads the whole product: on a busy machine that takes a while. */
const PATIENCE = 240_000;

const fuzz = (...options: readonly string[]) => runProgram('fuzz/fuzz.ts', ...options);

const Report = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    runs: v.number(),
    statuses: v.record(v.string(), v.number()),
    faults: v.array(v.unknown()),
  }),
);

describe('npm run fuzz', () => {
  test(
    'finds nothing wrong, does the same again for the same seed, and reaches what inputs are for',
    async () => {
      const [one, two] = await Promise.all([
        fuzz('--runs', '200', '--seed', '7', '--json'),
        fuzz('--runs', '200', '--seed', '7', '--json'),
      ]);
      const report = v.parse(Report, one?.text);
      expect(report).toMatchObject({ runs: 200, faults: [] });
      expect(v.parse(Report, two?.text).statuses).toEqual(report.statuses);
      expect(report.statuses['200']).toBeGreaterThan(40);
      expect(one?.code).toBe(0);
    },
    PATIENCE,
  );

  test(
    'refuses options that it does not know',
    async () => {
      expect((await fuzz('--rums', '1')).code).toBe(2);
      expect((await fuzz('--runs', 'many')).code).toBe(2);
    },
    PATIENCE,
  );
});
