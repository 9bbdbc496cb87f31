import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A queue as its consumer takes it. Times in milliseconds. */
export interface QueueConfig {
  readonly name: string;
  readonly maxBatchSize: number;
  readonly maxBatchTimeout: number;
  readonly maxRetries: number;
  readonly deadLetterQueue: string | undefined;
}

/** What wrangler.toml says about a deployment. */
export interface Deployment {
  readonly kv: readonly string[];
  readonly buckets: readonly string[];
  readonly databases: readonly {
    readonly binding: string;
    readonly migrations: readonly string[];
  }[];
  readonly objects: readonly { readonly binding: string; readonly className: string }[];
  readonly producers: readonly { readonly binding: string; readonly queue: string }[];
  readonly consumers: readonly QueueConfig[];
  readonly crons: readonly string[];
  readonly rateLimits: readonly string[];
}

type Value = string | number | boolean | readonly string[];
type Table = Readonly<Record<string, Value>>;

/**
 * Reads the deployment that the simulator models: a binding that is added there is there at once.
 */
export function readDeployment(path: string): Deployment {
  const tables = readTables(readFileSync(path, 'utf8'));
  const all = (name: string): readonly Table[] => tables.get(name) ?? [];
  const text = (table: Table, key: string): string => String(table[key] ?? '');
  const root = dirname(path);
  const crons = all('triggers')[0]?.crons;
  return {
    kv: all('kv_namespaces').map((table) => text(table, 'binding')),
    buckets: all('r2_buckets').map((table) => text(table, 'binding')),
    databases: all('d1_databases').map((table) => ({
      binding: text(table, 'binding'),
      migrations: readMigrations(join(root, text(table, 'migrations_dir') || 'migrations')),
    })),
    objects: all('durable_objects.bindings').map((table) => ({
      binding: text(table, 'name'),
      className: text(table, 'class_name'),
    })),
    producers: all('queues.producers').map((table) => ({
      binding: text(table, 'binding'),
      queue: text(table, 'queue'),
    })),
    consumers: all('queues.consumers').map((table) => ({
      name: text(table, 'queue'),
      maxBatchSize: Number(table.max_batch_size ?? 10),
      maxBatchTimeout: Number(table.max_batch_timeout ?? 5) * 1_000,
      maxRetries: Number(table.max_retries ?? 3),
      deadLetterQueue:
        table.dead_letter_queue === undefined ? undefined : text(table, 'dead_letter_queue'),
    })),
    crons: Array.isArray(crons) ? crons : [],
    rateLimits: all('ratelimits').map((table) => text(table, 'name')),
  };
}

const readMigrations = (folder: string): string[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .sort()
    .map((file) => readFileSync(join(folder, file), 'utf8'));

/**
 * The tables of a TOML file, as far as wrangler.toml uses TOML: texts, numbers, flags and lists of
 * texts, one a line.
 */
function readTables(toml: string): ReadonlyMap<string, readonly Table[]> {
  const tables = new Map<string, Record<string, Value>[]>();
  let open: Record<string, Value> = {};
  tables.set('', [open]);
  for (const line of toml.split('\n')) {
    const header = /^\s*\[{1,2}([^\]]+)\]{1,2}\s*$/.exec(line)?.[1]?.trim();
    if (header !== undefined) {
      open = {};
      tables.set(header, [...(tables.get(header) ?? []), open]);
      continue;
    }
    const pair = /^\s*"?([\w-]+)"?\s*=\s*(.+?)\s*(?:#.*)?$/.exec(line);
    if (pair?.[1] && pair[2]) open[pair[1]] = readValue(pair[2]);
  }
  return tables;
}

function readValue(text: string): Value {
  if (text.startsWith('[')) return [...text.matchAll(/"([^"]*)"/g)].map(([, word]) => word ?? '');
  if (text.startsWith('"')) return text.slice(1, text.lastIndexOf('"'));
  return text === 'true' || text === 'false' ? text === 'true' : Number(text);
}
