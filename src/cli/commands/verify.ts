import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { defineCommand, type ExitCode, Flag, JSON_OPTION } from '../command.ts';
import { startWrangler } from '../local/wrangler.ts';
import { checkRules } from '../rules/checked-rules.ts';
import { writeRulesPage } from '../rules/rules-page.ts';
import type { Shell } from '../shell.ts';
import { writeBundle } from './bundle.ts';
import { checkFolder } from './check.ts';
import { testOnce } from './test.ts';

/** The result of one step of `verify`. */
interface StepResult {
  readonly step: string;
  readonly passed: boolean;
  /** The last line that the step printed, or the size of the upload. */
  readonly summary: string;
}

type Step = (shell: Shell) => Promise<ExitCode>;

/** The steps before a deployment, in order. A failed step ends the run: later steps build on it. */
const STEPS: readonly (readonly [name: string, step: Step])[] = [
  ['check', (shell) => checkFolder({}, shell)],
  ['test', (shell) => testOnce({ onlyFailures: true }, shell)],
  ['bundle', (shell) => writeBundle(undefined, shell)],
  ['dry run', dryRun],
];

/**
 * `verify`: checks the customer's rules before a deployment. It runs no test of the product.
 * Warnings
 * are printed and fail nothing. `RULES.md` is brought up to date on the way.
 */
export const verify = defineCommand({
  usage: 'verify',
  description:
    'Check the rules before a deployment: check, test, bundle and a dry run of the deployment. Writes RULES.md.',
  examples: ['verify'],
  failsIf: 'a step fails; the last line names it',
  options: [JSON_OPTION],
  input: v.object({ json: Flag }),
  async run({ json }, shell) {
    const results: StepResult[] = [];
    for (const [step, run] of STEPS) {
      const result = await runStep(step, run, json, shell);
      results.push(result);
      if (!result.passed) break;
    }
    const passed = results.every((result) => result.passed);
    if (passed) await writeRulesPage(await checkRules(undefined, shell), shell);
    if (json) shell.out(JSON.stringify({ passed, steps: results }));
    else shell.out(summaryOf(results, passed));
    return passed ? 0 : 1;
  },
});

async function runStep(step: string, run: Step, json: boolean, shell: Shell): Promise<StepResult> {
  const lines: string[] = [];
  const code = await run({ ...shell, out: (line) => void lines.push(line) });
  const summary = lines.at(-1) ?? 'nothing changed';
  if (!json) for (const line of lines.slice(0, -1)) shell.out(line);
  return { step, passed: code === 0, summary };
}

function summaryOf(results: readonly StepResult[], passed: boolean): string {
  const failed = results.find((result) => !result.passed);
  const verdict = passed ? 'Ready to deploy' : `Not ready: ${failed?.step} failed`;
  return `${verdict}. ${results.map(({ step, summary }) => `${step}: ${summary}`).join('; ')}`;
}

/** Builds the Worker as a deployment does, and uploads nothing. Prints the size of the upload. */
async function dryRun(shell: Shell): Promise<ExitCode> {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-'));
  try {
    const lines: string[] = [];
    const args = ['deploy', '--dry-run', '--outdir', folder];
    const code = await startWrangler(args, shell.home, (line) => lines.push(line)).ended;
    const size = lines.find((line) => line.startsWith('Total Upload:'));
    if (code === 0 && size !== undefined) {
      shell.out(size.replace('Total Upload: ', 'upload of '));
      return 0;
    }
    for (const line of lines) shell.err(line);
    shell.out('wrangler could not build the Worker');
    return 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
