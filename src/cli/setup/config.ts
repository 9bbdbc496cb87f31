import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { AppError } from '../../errors.ts';
import type { Shell } from '../shell.ts';

/** What `setup` takes from wrangler.toml. */
export interface WorkerConfig {
  /** The name of the Worker in this environment. */
  readonly name: string;
  /** All queues, dead-letter queues included. */
  readonly queues: readonly string[];
  readonly databases: readonly string[];
  readonly bucket: { readonly name: string; readonly jurisdiction: string | undefined };
  readonly namespace: { readonly binding: string; readonly id: string | undefined };
  /** The custom domain, if one is configured. */
  readonly domain: string | undefined;
}

const FILE = 'wrangler.toml';

/** The parts of wrangler's normalised configuration that `setup` uses. */
const Config = v.looseObject({
  name: v.string(),
  queues: v.looseObject({
    producers: v.optional(v.array(v.looseObject({ queue: v.string() })), []),
    consumers: v.optional(
      v.array(v.looseObject({ queue: v.string(), dead_letter_queue: v.optional(v.string()) })),
      [],
    ),
  }),
  d1_databases: v.array(v.looseObject({ database_name: v.string() })),
  r2_buckets: v.tupleWithRest(
    [v.looseObject({ bucket_name: v.string(), jurisdiction: v.optional(v.string()) })],
    v.unknown(),
  ),
  kv_namespaces: v.tupleWithRest(
    [v.looseObject({ binding: v.string(), id: v.optional(v.string()) })],
    v.unknown(),
  ),
  routes: v.optional(
    v.array(
      v.union([
        v.string(),
        v.looseObject({ pattern: v.string(), custom_domain: v.optional(v.boolean()) }),
      ]),
    ),
    [],
  ),
});

/** Reads wrangler.toml for an environment. @throws AppError `bad_request` if it has no such environment */
export async function readConfig(
  environment: string | undefined,
  { home }: Pick<Shell, 'home'>,
): Promise<WorkerConfig> {
  const file = join(home, FILE);
  const written = await readFile(file, 'utf8');
  if (environment !== undefined && !written.includes(`[env.${environment}]`))
    throw new AppError(
      'bad_request',
      `${FILE} has no [env.${environment}]: copy [env.staging] and change its names`,
    );
  // Loaded here only: it is the largest module of the command line.
  const { unstable_readConfig } = await import('wrangler');
  const read = v.safeParse(
    Config,
    unstable_readConfig(
      environment === undefined ? { config: file } : { config: file, env: environment },
    ),
  );
  if (!read.success)
    throw new AppError(
      'bad_request',
      `${FILE}: ${v.getDotPath(read.issues[0])}: ${read.issues[0].message}`,
    );
  const config = read.output;
  const [bucket] = config.r2_buckets;
  const [namespace] = config.kv_namespaces;
  const { producers, consumers } = config.queues;
  return {
    name: config.name,
    queues: [
      ...new Set([
        ...producers.map(({ queue }) => queue),
        ...consumers.flatMap(({ queue, dead_letter_queue: dead }) => [queue, dead]),
      ]),
    ]
      .filter((queue) => queue !== undefined)
      .toSorted(),
    databases: config.d1_databases.map(({ database_name }) => database_name),
    bucket: { name: bucket.bucket_name, jurisdiction: bucket.jurisdiction },
    namespace: { binding: namespace.binding, id: namespace.id },
    domain: config.routes
      .flatMap((route) => (typeof route === 'object' && route.custom_domain ? [route.pattern] : []))
      .at(0),
  };
}

/** The lines that `setup` adds to wrangler.toml, so that later deployments have them too. */
export interface ConfigChange {
  readonly domain?: string;
  /** Restricts the bucket to the EU. */
  readonly euBucket?: string;
  /** The id of the KV namespace that was created in the EU. */
  readonly namespace?: string;
}

/** Returns wrangler.toml with the lines added to the part of an environment. */
export function changeConfig(
  text: string,
  environment: string | undefined,
  { domain, euBucket, namespace }: ConfigChange,
): string {
  const prefix = environment === undefined ? '' : `env.${environment}.`;
  let changed = text;
  const after = (line: string, added: string) => {
    const at = changed.indexOf(`${line}\n`);
    if (at < 0)
      throw new AppError('bad_request', `${FILE} has no line ${line}: add ${added} by hand`);
    const end = at + line.length + 1;
    changed = `${changed.slice(0, end)}${added}\n${changed.slice(end)}`;
  };
  const route = `routes = [{ pattern = "${domain}", custom_domain = true }]`;
  if (domain !== undefined && environment === undefined) {
    // Keys of the top level stand before the first table.
    const first = changed.search(/^\[/m);
    changed = `${changed.slice(0, first)}${route}\n\n${changed.slice(first)}`;
  } else if (domain !== undefined) after(`[env.${environment}]`, route);
  if (euBucket !== undefined) after(`bucket_name = "${euBucket}"`, 'jurisdiction = "eu"');
  if (namespace !== undefined)
    after(`[[${prefix}kv_namespaces]]\nbinding = "KV"`, `id = "${namespace}"`);
  return changed;
}

/** Adds lines to wrangler.toml. */
export async function writeConfig(
  environment: string | undefined,
  change: ConfigChange,
  { home }: Pick<Shell, 'home'>,
): Promise<void> {
  const file = join(home, FILE);
  await writeFile(file, changeConfig(await readFile(file, 'utf8'), environment, change));
}
