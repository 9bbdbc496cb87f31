import { describe, expect, test } from 'vitest';
import { runProgram } from './run-program.ts';

/** A process of its own loads the whole product: on a busy machine that takes a while. */
const PATIENCE = 120_000;

/** Runs the simulator as `npm run simulate` does. */
const simulate = (...options: readonly string[]) =>
  runProgram('simulation/simulate.ts', ...options);

describe('the fault simulator', () => {
  test(
    'gives the same run for the same seed, byte for byte',
    async () => {
      const [one, two] = await Promise.all([simulate('--seed', '5'), simulate('--seed', '5')]);
      expect(one?.text).toBe(two?.text);
      expect(one?.text.split('\n').length).toBeGreaterThan(100);
      const other = await simulate('--seed', '6');
      expect(other.text).not.toBe(one?.text);
    },
    PATIENCE,
  );

  test(
    'gives the same run whatever was run before it',
    async () => {
      const stepsOf = async (...options: readonly string[]): Promise<number> => {
        const report: unknown = JSON.parse((await simulate(...options, '--json')).text);
        return Number(Reflect.get(Object(report), 'steps'));
      };
      const both = await stepsOf('--seeds', '2', '--from', '4');
      const one = await stepsOf('--seeds', '1', '--from', '4');
      expect(both).toBe(one + (await stepsOf('--seeds', '1', '--from', '5')));
    },
    PATIENCE,
  );

  test(
    'finds nothing wrong, and says how much it has tried',
    async () => {
      const { code, text } = await simulate('--seeds', '4', '--from', '1001', '--json');
      const report: unknown = JSON.parse(text);
      expect(report).toMatchObject({ seeds: 4, violations: [] });
      expect(report).toHaveProperty('steps', expect.any(Number));
      expect(report).toHaveProperty('faults', expect.any(Number));
      expect(report).toHaveProperty('seconds', expect.any(Number));
      expect(code).toBe(0);
    },
    PATIENCE,
  );

  test(
    'notices that messages of one effect multiply',
    async () => {
      const sabotage = ['--sabotage', 'work-put-twice', '--from', '105', '--seeds', '1'];
      const { code, text } = await simulate(...sabotage, '--json');
      // Its documented form.
      const { violations } = JSON.parse(text) as { violations: { invariant: string }[] };
      expect(violations.map(({ invariant }) => invariant)).toContain('crowds');
      expect(code).toBe(1);
    },
    PATIENCE,
  );

  test(
    'notices that an acknowledgement came before its consent was stored once for all',
    async () => {
      const { code, text } = await simulate('--sabotage', 'consent-not-deduplicated', '--json');
      // Its documented form.
      const { violations } = JSON.parse(text) as { violations: { invariant: string }[] };
      expect(violations.map(({ invariant }) => invariant)).toContain('consent');
      expect(code).toBe(1);
    },
    PATIENCE,
  );

  test(
    'lists at least twenty protections that it can switch off',
    async () => {
      const list: unknown = JSON.parse((await simulate('--list-sabotages')).text);
      expect(list).toEqual(
        expect.arrayContaining([{ name: 'no-claim', what: expect.stringMatching(/^Effects/) }]),
      );
      expect(list).toHaveProperty(
        'length',
        expect.toSatisfy((length) => Number(length) >= 20),
      );
    },
    PATIENCE,
  );

  test(
    'refuses a sabotage that there is not',
    async () => {
      expect(await simulate('--sabotage', 'nothing')).toMatchObject({ code: 2 });
    },
    PATIENCE,
  );
});
