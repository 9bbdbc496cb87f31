import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startOptions } from '../../src/cli/local/start-options.ts';
import { startWrangler } from '../../src/cli/local/wrangler.ts';
import { filterOutput } from '../../src/cli/local/wrangler-output.ts';
import { serveSinch } from '../../src/simulator/serve.ts';
import { freePorts } from '../setup/running.ts';

const HOME = new URL('../..', import.meta.url).pathname;

/** The settings of the Worker under test. */
const SETTINGS = {
  WEBHOOK_SECRETS: 'clients-webhook-secret',
  API_TOKEN: 'clients-api-token-0123456789',
  DATA_KEY: 'clients-data-key-clients-data-key-clients',
  SINCH_PROJECT_ID: 'local-project',
  SINCH_KEY_ID: 'local-key-id',
  SINCH_KEY_SECRET: 'local-key-secret',
};

/** A Worker that runs as `npm start` runs it, and the local Sinch behind it. */
export interface RunningWorker {
  readonly url: string;
  readonly sinchUrl: string;
  readonly apiToken: string;
  /** Signs callbacks. */
  readonly webhookSecret: string;
  /** Lets time pass at Sinch only, in milliseconds: its tokens expire. */
  readonly passTime: (milliseconds: number) => void;
  readonly stop: () => Promise<void>;
}

/** Starts a Worker with empty databases on a free port, and the local Sinch on the next one. */
export async function startWorker(): Promise<RunningWorker> {
  const state = await mkdtemp(join(tmpdir(), 'signalbox-clients-'));
  const port = await freePorts();
  const plan = startOptions(port, { file: '.dev.vars.example', values: SETTINGS }, { state });
  const extra = Object.entries(SETTINGS).flatMap(([name, value]) => ['--var', `${name}:${value}`]);
  for (const database of ['signalbox', 'signalbox-journal']) {
    const words = ['d1', 'migrations', 'apply', database, '--local', ...plan.kept];
    if ((await startWrangler(words, HOME, () => {}).ended) !== 0)
      throw new Error(`${database} could not be made`);
  }
  let passed = 0;
  const sinch = await serveSinch(port + 1, { now: () => Date.now() + passed });
  const lines: string[] = [];
  let wrangler: ReturnType<typeof startWrangler> | undefined;
  // The guard of product tests keeps programs from rules/, which the build bundles. No test here depends on a rule.
  const { NODE_OPTIONS } = process.env;
  delete process.env.NODE_OPTIONS;
  await new Promise<void>((ready, failed) => {
    const hear = filterOutput({ line: (line) => lines.push(line), ready });
    wrangler = startWrangler([...plan.args, ...extra], HOME, hear);
    if (NODE_OPTIONS !== undefined) process.env.NODE_OPTIONS = NODE_OPTIONS;
    void wrangler.ended.then(() => failed(new Error(`the Worker ended:\n${lines.join('\n')}`)));
  });
  return {
    url: plan.workerUrl,
    sinchUrl: plan.sinchUrl,
    apiToken: SETTINGS.API_TOKEN,
    webhookSecret: SETTINGS.WEBHOOK_SECRETS,
    passTime: (milliseconds) => {
      passed += milliseconds;
    },
    async stop() {
      await wrangler?.stop();
      await sinch.close();
      await rm(state, { recursive: true, force: true });
    },
  };
}
