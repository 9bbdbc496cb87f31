import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { RuleInput } from '../../src/rules/model/rule.ts';

const home = resolve(import.meta.dirname, '..', '..');

/** A Worker as wrangler would deploy it. */
export interface Built {
  /** The bundled module. */
  readonly script: string;
  /** The wrangler.toml it was built by. */
  readonly config: string;
  readonly remove: () => Promise<void>;
}

/**
 * Builds Signalbox in a copy of the project, so that `rules/` is left alone: with other rules than the shipped ones, or with
 * these.
 */
export async function buildSignalbox(
  rules: readonly RuleInput[] | 'shipped',
  main = 'src/worker.ts',
): Promise<Built> {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-bench-'));
  const own = ['bench/state', 'bench/cost', 'bench/queries'];
  const copied = ['src', 'test', ...own, 'public', 'package.json'];
  for (const name of copied) await cp(join(home, name), join(folder, name), { recursive: true });
  // Only what the Worker itself holds: the documents and the console are files beside it.
  const config = await readFile(join(home, 'wrangler.toml'), 'utf8');
  const command = 'command = "node src/cli/main.ts bundle"';
  await writeFile(join(folder, 'wrangler.toml'), config.replace(/^command = .*$/m, command));
  await symlink(join(home, 'node_modules'), join(folder, 'node_modules'));
  if (rules === 'shipped') {
    await cp(join(home, 'rules'), join(folder, 'rules'), { recursive: true });
    return build(folder, [main, '--config', 'wrangler.toml'], 'worker.js');
  }
  await mkdir(join(folder, 'rules'));
  await cp(join(home, 'rules', 'alerts.json'), join(folder, 'rules', 'alerts.json'));
  for (const rule of rules)
    await writeFile(join(folder, 'rules', `${rule.name}.json`), JSON.stringify(rule));
  return build(folder, [main, '--config', 'wrangler.toml'], 'worker.js');
}

/** Builds the bare Worker. */
export const buildBare = (): Promise<Built> => buildOther('bare', '');

/** Builds the Worker that makes the promises of Signalbox and nothing else. */
export const buildPromising = (): Promise<Built> =>
  buildOther(
    'promising',
    `
[[durable_objects.bindings]]
name = "ROWS"
class_name = "Rows"

[[migrations]]
tag = "v1"
new_sqlite_classes = ["Rows"]

[[queues.producers]]
binding = "WORK"
queue = "work"

[[queues.consumers]]
queue = "work"
max_batch_size = 20
max_batch_timeout = 1
`,
  );

async function buildOther(name: string, bindings: string): Promise<Built> {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-bench-'));
  for (const file of [`${name}.ts`, 'signed.ts'])
    await cp(join(import.meta.dirname, file), join(folder, file));
  await symlink(join(home, 'node_modules'), join(folder, 'node_modules'));
  const config = [
    `name = "${name}"`,
    `main = "${name}.ts"`,
    'compatibility_date = "2026-10-20"',
    'minify = true',
    bindings,
  ];
  await writeFile(join(folder, 'wrangler.toml'), config.join('\n'));
  return build(folder, [], `${name}.js`);
}

async function build(folder: string, options: readonly string[], script: string): Promise<Built> {
  const wrangler = join(home, 'node_modules', '.bin', 'wrangler');
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    await run(wrangler, ['deploy', '--dry-run', '--outdir', 'out', ...options], folder);
  } catch (error) {
    await remove();
    throw error;
  }
  return { script: join(folder, 'out', script), config: join(folder, 'wrangler.toml'), remove };
}

/** Runs a program and gives what it prints. Rejects with what it complained of. */
export function run(program: string, words: readonly string[], cwd: string): Promise<string> {
  return new Promise((done, failed) => {
    const child = spawn(program, [...words], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk) => {
      out += chunk;
    });
    child.stderr.on('data', (chunk) => {
      err += chunk;
    });
    child.on('error', failed);
    child.on('exit', (code) =>
      code === 0 ? done(out) : failed(new Error(`${program}: ${code}\n${err}${out}`)),
    );
  });
}
