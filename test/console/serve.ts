import { Command } from 'commander';
import { chromium } from 'playwright-core';
import type { TestProject } from 'vitest/node';
import { publish } from '../../src/cli/commands/publish.ts';
import { findChromium } from './chromium.ts';
import { shellTo } from './shell.ts';
import { TOKENS } from './tokens.ts';
import { startWorker } from './worker.ts';

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

/** Starts a Worker as `npm start` does, with tokens of every role, and the browser of the system. */
export default async function serve(project: TestProject) {
  const worker = await startWorker();
  await publishRulebook(worker.url);
  const browser = await chromium.launchServer({
    executablePath: await findChromium(),
    args: ['--no-sandbox'],
  });
  project.provide('url', worker.url);
  project.provide('browser', browser.wsEndpoint());
  project.provide('code', worker.code);
  return async () => {
    await browser.close();
    await worker.stop();
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
