import { createServer } from 'node:net';
import { resolve } from 'node:path';
import * as v from 'valibot';
import { AppError } from '../../errors.ts';
import { say } from '../../simulator/log.ts';
import { type ServedSinch, serveSinch } from '../../simulator/serve.ts';
import { defineCommand, type ExitCode, Flag, Text } from '../command.ts';
import { callBackTo } from '../local/call-back.ts';
import { readRunning, recordRunning } from '../local/running.ts';
import { seedMessages } from '../local/seed-messages.ts';
import { openSignIn } from '../local/sign-in.ts';
import { buildSiteBeside } from '../local/site-beside.ts';
import { type StartOptions, startOptions } from '../local/start-options.ts';
import { startWrangler } from '../local/wrangler.ts';
import { filterOutput } from '../local/wrangler-output.ts';
import { checkRules } from '../rules/checked-rules.ts';
import { writeRulesPage } from '../rules/rules-page.ts';
import type { Shell } from '../shell.ts';
import { type LocalSettings, readLocalSettings } from '../worker/settings-file.ts';
import { KEEP_BUNDLE, writeBundle } from './bundle.ts';
import { writeConsole } from './console.ts';

const PORT = 8787;

const Port = v.pipe(
  v.string(),
  v.regex(/^\d{1,5}$/, 'expected a port number'),
  v.transform(Number),
  v.minValue(1, 'expected a port number from 1 to 65534'),
  v.maxValue(65_534, 'expected a port number from 1 to 65534'),
);

/**
 * `npm start`: the Worker with all its parts embedded, and a local Sinch beside it, until Ctrl-C.
 */
export const start = defineCommand({
  usage: 'start',
  description: 'Run Signalbox and a local Sinch on this machine.',
  examples: ['start', 'start --port 9000', 'start --practice'],
  failsIf: 'the Worker cannot start',
  options: [
    {
      flags: '--port <port>',
      description: `the Worker’s port (default: ${PORT}); the local Sinch takes the next one`,
    },
    {
      flags: '--state <folder>',
      description: 'folder of the local databases (default: .wrangler/state)',
    },
    {
      flags: '--practice',
      description: 'changed rules take effect when they are published, as in production',
    },
  ],
  input: v.object({ port: v.optional(Port, String(PORT)), state: Text, practice: Flag }),
  async run({ port, state, practice }, shell) {
    const settings = await readLocalSettings(shell);
    const kept = state === undefined ? undefined : resolve(shell.here, state);
    startOptions(port, settings, kept === undefined ? {} : { state: kept });
    await refuseSecond(kept, shell);
    const quiet = { ...shell, out: () => {} };
    shell.progress('checking the rules …');
    if ((await writeBundle(undefined, quiet)) !== 0) return 1;
    await writeRulesPage(await checkRules(undefined, shell), shell);
    for (const wanted of [port, port + 1]) {
      if (await isTaken(wanted)) {
        throw new AppError(
          'conflict',
          `port ${wanted} is taken: end what listens there, or choose another: npm start -- --port ${port + 10}`,
        );
      }
    }
    shell.out('Signalbox is starting …');
    shell.progress('building the console …');
    await writeConsole(quiet);
    const signIn = await openSignIn(adminToken(settings), shell.now);
    const plan = startOptions(port, settings, {
      ...(kept === undefined ? {} : { state: kept }),
      signInUrl: signIn.url,
    });
    const interrupted = shell.interrupted().then(() => 'interrupted' as const);
    shell.progress('bringing the databases up to date …');
    const migrated = await migrate(plan, interrupted, shell);
    if (migrated !== 0) {
      await signIn.close();
      return migrated === 'interrupted' ? 0 : 1;
    }
    shell.progress('building the Worker …');
    const sinch = await openLocalSinch(plan, settings, shell);
    const running = { pid: process.pid, url: plan.workerUrl, state: kept ?? '' };
    const forget = await recordRunning(running, shell);
    try {
      return await serveWorker(plan, { code: signIn.code, practice }, interrupted, shell);
    } finally {
      await forget();
      await sinch.close();
      await signIn.close();
    }
  },
});

/** @throws AppError `conflict` if `npm start` runs in this folder with the same databases: two would lock each other out */
async function refuseSecond(state: string | undefined, shell: Shell): Promise<void> {
  const other = await readRunning(shell);
  if (other && other.state === (state ?? '') && (await isTaken(Number(new URL(other.url).port))))
    throw new AppError(
      'conflict',
      `npm start runs in this folder already, at ${other.url} (process ${other.pid}): end it first, or give this one its own databases: npm start -- --port ${Number(new URL(other.url).port) + 10} --state <folder>`,
    );
}

/** The token that the console of this machine is signed in with: `API_TOKEN`, else the first of `API_TOKENS`. */
function adminToken({ values }: LocalSettings): string {
  if (values.API_TOKEN) return values.API_TOKEN;
  const [first] = readTokensOf(values.API_TOKENS ?? '{}');
  return first ?? '';
}

function readTokensOf(text: string): readonly string[] {
  const Named = v.record(v.string(), v.looseObject({ token: v.string() }));
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), Named), text);
  return parsed.success ? Object.values(parsed.output).map(({ token }) => token) : [];
}

type Interrupted = Promise<'interrupted'>;

/** The D1 databases of wrangler.toml. */
const DATABASES = ['signalbox', 'signalbox-journal'];

/** Migrates the local databases; prints wrangler's output only if that fails. */
async function migrate(
  plan: StartOptions,
  interrupted: Interrupted,
  shell: Shell,
): Promise<number | 'interrupted'> {
  for (const database of DATABASES) {
    const migrated = await migrateOne(database, plan, interrupted, shell);
    if (migrated !== 0) return migrated;
  }
  return 0;
}

async function migrateOne(
  database: string,
  { kept }: StartOptions,
  interrupted: Interrupted,
  shell: Shell,
): Promise<number | 'interrupted'> {
  const lines: string[] = [];
  const args = ['d1', 'migrations', 'apply', database, '--local', ...kept];
  const wrangler = startWrangler(args, shell.home, (line) => lines.push(line));
  const first = await Promise.race([wrangler.ended, interrupted]);
  await wrangler.stop();
  if (first !== 0 && first !== 'interrupted') {
    for (const line of ['the local database could not be brought up to date:', ...lines])
      shell.err(line);
  }
  return first;
}

/** The app of the samples. */
const SAMPLE_APP = '01JB1JEWE77B1WMNG5RADAGJ9R';

async function openLocalSinch(
  { workerUrl, sinchUrl }: Pick<StartOptions, 'workerUrl' | 'sinchUrl'>,
  settings: LocalSettings,
  shell: Shell,
): Promise<ServedSinch> {
  const { values } = settings;
  return serveSinch(Number(new URL(sinchUrl).port), {
    now: shell.now,
    projectId: values.SINCH_PROJECT_ID ?? '',
    keyId: values.SINCH_KEY_ID ?? '',
    keySecret: values.SINCH_KEY_SECRET ?? '',
    messages: await seedMessages(shell),
    apps: { [SAMPLE_APP]: ['RCS', 'WHATSAPP', 'VIBERBM', 'SMS', 'MMS'] },
    onArrival: (arrival) => shell.out(say(arrival)),
    callBack: callBackTo(workerUrl, settings, shell),
  });
}

/** Runs `wrangler dev` until it ends or is interrupted. */
async function serveWorker(
  plan: StartOptions,
  { code, practice }: { readonly code: string; readonly practice: boolean },
  interrupted: Interrupted,
  shell: Shell,
): Promise<ExitCode> {
  let greeted = false;
  let endSite = () => {};
  const ready = () => {
    if (!greeted) for (const words of welcome(plan, code, practice)) shell.out(words);
    if (!greeted) endSite = buildSiteBeside(shell);
    greeted = true;
  };
  const wrangler = startWrangler(
    plan.args,
    shell.home,
    filterOutput({ line: shell.out, ready }),
    practice ? { [KEEP_BUNDLE]: 'true' } : {},
  );
  const first = await Promise.race([interrupted, wrangler.ended]);
  endSite();
  await wrangler.stop();
  if (first === 'interrupted') return 0;
  shell.err('the Worker ended by itself');
  return 1;
}

/** Returns the first lines that `start` prints when everything runs. */
export function welcome(
  { workerUrl, sinchUrl }: Pick<StartOptions, 'workerUrl' | 'sinchUrl'>,
  code: string,
  practice = false,
): readonly string[] {
  const send = (sample: string, does: string) =>
    `  npm run -s signalbox -- send ${sample.padEnd(27)}   # ${does}`;
  return [
    '',
    `Signalbox   ${workerUrl}`,
    `Console     ${workerUrl}/console/#sign-in=${code}   (once, within 10 minutes)`,
    `local Sinch ${sinchUrl}   (GET /arrivals lists what reached it)`,
    '',
    'In a second terminal:',
    send('whatsapp-quality-red', 'throttles a sender and raises an alert'),
    send('delivery-failed-transient', 'sends the message again'),
    send('stop', 'suppresses a person'),
    '',
    practice
      ? 'Changed rules take effect when you publish them: signalbox diff, publish, versions, rollback. Ctrl-C ends both.'
      : 'Code and rules reload when they change. Ctrl-C ends both.',
    '',
  ];
}

/** Returns whether a port of this machine is in use. */
export function isTaken(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(true);
      else reject(error);
    });
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(false)));
  });
}
