import * as v from 'valibot';
import { AppError } from '../../errors.ts';
import { defineCommand, type ExitCode, Flag } from '../command.ts';
import { checkRules, findingLine } from '../rules/checked-rules.ts';
import { readConfig } from '../setup/config.ts';
import { openState } from '../setup/state.ts';
import type { Setup } from '../setup/step.ts';
import { stepsOf } from '../setup/steps.ts';
import { openWrangler } from '../setup/wrangler.ts';

/** What the setting `--eu` cannot restrict. */
const NOT_IN_EU =
  'Not restricted to the EU: the Worker receives a request in the location nearest to the caller (Cloudflare’s Regional Services are a separate product), counters of [[ratelimits]] are kept there, and Workers Logs have no jurisdiction.';

/** `setup`: from `wrangler login` to the first verified callback. It can be repeated and continues where it failed. */
export const setup = defineCommand({
  usage: 'setup',
  description:
    'Deploy Signalbox: stores, queues, secrets, migrations, the Worker, the webhook at Sinch, and a first verified callback. Run it again after a failure: it continues. Takes SINCH_PROJECT_ID, SINCH_KEY_ID, SINCH_KEY_SECRET and DEST_* from the environment, or asks.',
  examples: [
    'setup --app 01JB1JEWE77B1WMNG5RADAGJ9R',
    'setup --app 01JB1JEWE77B1WMNG5RADAGJ9R --env staging --yes',
    'setup --app 01JB1JEWE77B1WMNG5RADAGJ9R --eu --custom-domain signalbox.example.com --dry-run',
  ],
  failsIf: 'a step fails or is refused',
  options: [
    { flags: '--app <id>', description: 'the Conversation API app' },
    {
      flags: '--env <name>',
      description: 'the environment in wrangler.toml (default: production)',
    },
    { flags: '--eu', description: 'store everything in the EU; only at the first deployment' },
    {
      flags: '--custom-domain <host>',
      description: 'the Worker’s domain, in a zone of your account',
    },
    { flags: '--dry-run', description: 'print every command and run none' },
    { flags: '--yes', description: 'do not ask' },
  ],
  input: v.object({
    app: v.optional(v.string()),
    env: v.optional(
      v.pipe(v.string(), v.regex(/^[a-z][a-z0-9-]{0,30}$/, 'expected a name like "staging"')),
    ),
    eu: Flag,
    customDomain: v.optional(
      v.pipe(
        v.string(),
        v.regex(/^([a-z0-9-]+\.)+[a-z]{2,}$/, 'expected a host like "signalbox.example.com"'),
      ),
    ),
    dryRun: Flag,
    yes: Flag,
  }),
  async run({ app: named, env, eu, customDomain, dryRun, yes }, shell) {
    const rules = await checkRules(undefined, shell);
    if (rules.broken) {
      for (const finding of rules.findings)
        if (finding.severity === 'error') shell.err(findingLine(finding));
      shell.err('A rule has an error: nothing was set up.');
      return 1;
    }
    const state = await openState(env ?? 'production', shell);
    const config = await readConfig(env, shell);
    const app =
      named ??
      state.current.app ??
      (await shell.ask('The id of your Conversation API app: '))?.trim();
    if (!app) throw new AppError('bad_request', 'say which app: --app <id>');
    if (state.current.app !== undefined && state.current.app !== app)
      shell.out(
        `The app changes from ${state.current.app} to ${app}; the webhook of the old one stays.`,
      );
    const remaining: string[] = [];
    const all: Setup = {
      environment: env,
      eu: eu || config.bucket.jurisdiction === 'eu',
      domain: customDomain ?? config.domain,
      app,
      config,
      rules,
      state,
      wrangler: openWrangler(shell),
      shell,
      remains: (words) => remaining.push(words),
    };
    if (dryRun) return showCommands(all);
    if (!(await agreed(all, yes))) return 1;
    await state.save({ app });
    return runAll(all, remaining);
  },
});

function showCommands(all: Setup): ExitCode {
  for (const step of stepsOf(all)) {
    all.shell.out(`# ${step.title}`);
    for (const command of step.commands(all)) all.shell.out(command);
  }
  if (all.eu) all.shell.out(`# ${NOT_IN_EU}`);
  return 0;
}

/** Shows the plan and asks once. @throws AppError `bad_request` without a terminal */
async function agreed(all: Setup, yes: boolean): Promise<boolean> {
  const { shell, config, environment } = all;
  shell.out(
    `Signalbox is set up as ${config.name} (${environment ?? 'production'}) for app ${all.app}:`,
  );
  stepsOf(all).forEach(({ title }, index) => void shell.out(`  ${index + 1}. ${title}`));
  shell.out('What exists stays as it is.');
  if (all.eu) shell.out(NOT_IN_EU);
  if (yes) return true;
  const answer = await shell.ask('Go on? [y/N] ');
  if (answer === undefined)
    throw new AppError('bad_request', 'there is no terminal to ask at: add --yes');
  if (/^y(es)?$/i.test(answer.trim())) return true;
  shell.out('Nothing was changed.');
  return false;
}

async function runAll(all: Setup, remaining: readonly string[]): Promise<ExitCode> {
  const { shell, environment } = all;
  const steps = stepsOf(all);
  let changes = 0;
  for (const [index, step] of steps.entries()) {
    const place = `[${index + 1}/${steps.length}]`;
    shell.progress(`${place} ${step.title} …`);
    try {
      const changed = await step.run(all);
      shell.out(`${place} ${step.title}: ${changed ?? 'unchanged'}`);
      // The last step changes nothing: it verifies.
      if (changed !== undefined && step !== steps.at(-1)) changes += 1;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      shell.err(`${place} ${step.title}: failed`);
      shell.err(error.message);
      shell.err('Repair the cause and run the same command again: it continues with this step.');
      return 1;
    }
  }
  shell.out('');
  shell.out(
    changes === 0 ? 'Everything was set up before; nothing was changed.' : 'Signalbox is set up.',
  );
  shell.out(`Worker   ${all.state.current.url}`);
  shell.out(`Console  ${all.state.current.url}/console/   (API_TOKEN is in ${all.state.name})`);
  for (const words of remaining) shell.out(`Still to do: ${words}`);
  const again = environment === undefined ? 'setup' : `setup --env ${environment}`;
  if (remaining.length > 0) shell.out(`Then run "npx --no -- signalbox ${again}" again.`);
  return 0;
}
