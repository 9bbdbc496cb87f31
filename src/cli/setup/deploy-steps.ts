import { createHash } from 'node:crypto';
import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { readAlerts } from '../../alerts/config.ts';
import { AppError } from '../../errors.ts';
import { counted } from '../rules/checked-rules.ts';
import { readBuild } from '../worker/build-info.ts';
import { collectSettings } from './settings.ts';
import { hashOf, withSecretsFile } from './state.ts';
import { envOf, line, must, type Setup, type Step, UNCHANGED, urlOf } from './step.ts';

const Secrets = v.pipe(
  v.string(),
  v.transform((text) => text.slice(Math.max(0, text.indexOf('[')))),
  v.parseJson(),
  v.array(v.looseObject({ name: v.string() })),
);

/** What wrangler prints where no Worker of this name is deployed. Source: wrangler 4.155, `secret list`. */
const NO_WORKER = /Worker "[^"]*"( \(env: [^)]*\))? not found/;

/**
 * Returns the names of the Worker's secrets; undefined if there is no such Worker yet.
 * @throws AppError `unavailable` where wrangler does not say: a second DATA_KEY would make stored data unreadable
 */
async function deployedSecrets(setup: Setup): Promise<readonly string[] | undefined> {
  const args = ['secret', 'list', ...envOf(setup)];
  const { code, output } = await setup.wrangler.run(args);
  if (code !== 0 && NO_WORKER.test(output)) return undefined;
  const read = v.safeParse(Secrets, output);
  if (code === 0 && read.success) return read.output.map(({ name }) => name);
  throw new AppError(
    'unavailable',
    `${line(...args)} ended with ${code} and does not state which secrets the Worker has\n${output}`,
  );
}

export const makeSecrets: Step = {
  title: 'Collect the settings and generate the secrets',
  commands: ({ state }) => [`# written to ${state.name}, which only you can read`],
  async run(setup) {
    const { state, rules, eu, shell } = setup;
    const deployed = (await deployedSecrets(setup)) ?? [];
    const { values, open } = await collectSettings({
      known: state.current.settings,
      deployed,
      alerts: readAlerts(rules.source.alerts),
      eu,
      ask: shell.ask,
      env: shell.env,
    });
    for (const name of open)
      setup.remains(
        `set ${name}, a destination of rules/alerts.json: until then /healthz answers 503`,
      );
    const added = Object.keys(values).filter(
      (name) => values[name] !== state.current.settings[name],
    );
    if (added.length === 0) return UNCHANGED;
    await state.save({ settings: values });
    return `${counted(added.length, 'setting')} in ${state.name}: keep it in your password store`;
  },
};

/** Hash of everything that a deployment is made of, rules included. */
async function fingerprint({ shell, rules, config }: Setup): Promise<string> {
  const hash = createHash('sha256');
  const names: string[] = [];
  for await (const name of glob(['src/**/*.*', 'package-lock.json', 'wrangler.toml'], {
    cwd: shell.home,
  }))
    names.push(name);
  for (const name of names.toSorted())
    hash.update(`${name}\0`).update(await readFile(join(shell.home, name)));
  return hashOf(hash.digest('hex'), rules.texts, config.name, await readBuild(shell));
}

const migrations = ({ config, ...setup }: Setup) =>
  config.databases.map((name) => ['d1', 'migrations', 'apply', name, '--remote', ...envOf(setup)]);

async function migrate(setup: Setup): Promise<boolean> {
  let changed = false;
  for (const args of migrations(setup)) {
    const { output } = await must(setup, ...args);
    changed ||= !output.includes('No migrations to apply');
  }
  return changed;
}

export const deployWorker: Step = {
  title: 'Deploy the Worker with its secrets, and migrate the databases',
  commands: (setup) => [
    `${line('deploy', '--secrets-file', '.signalbox/to-send.json', ...envOf(setup))}${setup.eu ? '' : '   # creates KV, D1 and R2'}`,
    ...migrations(setup).map((args) => line(...args)),
  ],
  async run(setup) {
    const { state, shell } = setup;
    const secrets = await deployedSecrets(setup);
    const { settings } = state.current;
    const [sent, code] = [hashOf(settings), await fingerprint(setup)];
    const complete =
      secrets !== undefined && Object.keys(settings).every((name) => secrets.includes(name));
    // Migrations only add: the old code runs on the new tables, the new code not on the old ones.
    const migratedBefore = secrets !== undefined && (await migrate(setup));
    if (complete && state.current.sent === sent && state.current.deployed === code)
      return migratedBefore ? 'migrated' : UNCHANGED;
    const { targets } = await withSecretsFile(settings, shell, (file) =>
      must(setup, 'deploy', '--secrets-file', file, ...envOf(setup)),
    );
    const url =
      setup.domain === undefined ? (targets[0] ?? state.current.url) : `https://${setup.domain}`;
    await state.save({ sent, deployed: code, ...(url ? { url: new URL(url).origin } : {}) });
    if (secrets === undefined) await migrate(setup);
    return state.current.url ?? 'deployed';
  },
};

export const tellAddress: Step = {
  title: 'Set PUBLIC_URL, so that alerts link to the console',
  commands: (setup) => [line('secret', 'bulk', '.signalbox/to-send.json', ...envOf(setup))],
  async run(setup) {
    const { state, shell } = setup;
    const url = urlOf(setup);
    const { settings } = state.current;
    if (settings.PUBLIC_URL !== undefined) return UNCHANGED;
    await withSecretsFile({ PUBLIC_URL: url }, shell, (file) =>
      must(setup, 'secret', 'bulk', file, ...envOf(setup)),
    );
    const known = { ...settings, PUBLIC_URL: url };
    await state.save({ settings: known, sent: hashOf(known) });
    return url;
  },
};
