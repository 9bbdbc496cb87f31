import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSignIn } from '../../src/cli/local/sign-in.ts';
import { startOptions } from '../../src/cli/local/start-options.ts';
import { startWrangler } from '../../src/cli/local/wrangler.ts';
import { filterOutput } from '../../src/cli/local/wrangler-output.ts';
import { serveSinch } from '../../src/simulator/serve.ts';
import { freePorts } from '../setup/running.ts';
import { SETTINGS, TOKENS } from './tokens.ts';

const home = new URL('../..', import.meta.url).pathname;

/** A Worker with empty databases and a local Sinch, as `npm start` runs them. */
export interface LocalWorker {
  readonly url: string;
  /** The one-time code of the sign-in link. */
  readonly code: string;
  /** Ends both and deletes the databases. */
  readonly stop: () => Promise<void>;
}

/** Starts a Worker on free ports with tokens of every role. The bundled rules are in force. */
export async function startWorker(): Promise<LocalWorker> {
  const state = await mkdtemp(join(tmpdir(), 'signalbox-console-'));
  const port = await freePorts();
  // The clock of the link stands still, so that its code does not expire while other files run.
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
  return {
    url: plan.workerUrl,
    code: signIn.code,
    stop: async () => {
      await wrangler?.stop();
      await sinch.close();
      await signIn.close();
      await rm(state, { recursive: true, force: true });
    },
  };
}
