import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { chromium } from 'playwright-core';
import type { TestProject } from 'vitest/node';
import { publish } from '../../src/cli/commands/publish.ts';
import { openSignIn } from '../../src/cli/local/sign-in.ts';
import { startOptions } from '../../src/cli/local/start-options.ts';
import { startWrangler } from '../../src/cli/local/wrangler.ts';
import { filterOutput } from '../../src/cli/local/wrangler-output.ts';
import { serveSinch } from '../../src/simulator/serve.ts';
import { freePorts } from '../setup/running.ts';
import { findChromium } from './chromium.ts';
import { shellTo } from './shell.ts';
import { SETTINGS, TOKENS } from './tokens.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the Worker listens. */
    url: string;
    /** Where the browser listens. */
    browser: string;
    /** The one-time code of the sign-in link. */
    code: string;
  }
}

const home = new URL('../..', import.meta.url).pathname;

/** Starts a Worker as `npm start` does, with tokens of every role, and the browser of the system. */
export default async function serve(project: TestProject) {
  const state = await mkdtemp(join(tmpdir(), 'signalbox-console-'));
  const port = await freePorts();
  // The code of the link must not expire while the files before it run.
  const started = Date.now();
  const signIn = await openSignIn(TOKENS.admin.token, () => started);
  const plan = startOptions(
    port,
    { file: '.dev.vars.example', values: SETTINGS },
    { state, signInUrl: signIn.url },
  );
  const extra = Object.entries(SETTINGS).flatMap(([name, value]) => ['--var', `${name}:${value}`]);
  for (const database of ['signalbox', 'signalbox-journal']) {
    const migrated = startWrangler(
      ['d1', 'migrations', 'apply', database, '--local', ...plan.kept],
      home,
      () => {},
    );
    if ((await migrated.ended) !== 0) throw new Error(`${database} could not be made`);
  }
  const sinch = await serveSinch(port + 1, { now: () => Date.now() });
  const lines: string[] = [];
  let wrangler: ReturnType<typeof startWrangler> | undefined;
  await new Promise<void>((ready, failed) => {
    const hear = filterOutput({ line: (line) => lines.push(line), ready });
    wrangler = startWrangler([...plan.args, ...extra], home, hear);
    void wrangler.ended.then(() => failed(new Error(`the Worker ended:\n${lines.join('\n')}`)));
  });
  await publishRulebook(plan.workerUrl);
  const browser = await chromium.launchServer({
    executablePath: await findChromium(),
    args: ['--no-sandbox'],
  });
  project.provide('url', plan.workerUrl);
  project.provide('browser', browser.wsEndpoint());
  project.provide('code', signIn.code);
  return async () => {
    await browser.close();
    await wrangler?.stop();
    await sinch.close();
    await signIn.close();
    await rm(state, { recursive: true, force: true });
  };
}

/** Puts the rules of the tests in force: the shipped ones are the customer's. */
async function publishRulebook(url: string): Promise<void> {
  const printed: string[] = [];
  const input = { rules: 'test/rulebook', yes: true, message: 'the rules of the tests' };
  const modes = { dropGuardrails: true, shadow: false, store: false, json: false };
  const skipped = { since: '1d', backtest: false, author: undefined };
  const address = { url, token: TOKENS.admin.token };
  const status = await publish.run(
    { ...input, ...modes, ...skipped, ...address },
    shellTo((line) => printed.push(line)),
    new Command(),
  );
  if (status !== 0) throw new Error(`the rules are not published:\n${printed.join('\n')}`);
}
