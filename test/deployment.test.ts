import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { unstable_readConfig } from 'wrangler';
import { backoff } from '../src/pipeline/queue-retries.ts';

/** What an environment binds and sets. */
const KEYS = [
  'name',
  'queues',
  'd1_databases',
  'r2_buckets',
  'kv_namespaces',
  'durable_objects',
  'ratelimits',
  'migrations',
  'triggers',
  'vars',
  'send_email',
  'services',
  'analytics_engine_datasets',
  'observability',
  'assets',
  'alias',
  'define',
  'build',
  'compatibility_date',
  'compatibility_flags',
  'minify',
  'keep_names',
  'keep_vars',
  'main',
] as const;

/** The bindings and settings of an environment. */
const configured = (environment?: string) => {
  const config = unstable_readConfig({
    config: 'wrangler.toml',
    ...(environment ? { env: environment } : {}),
  });
  return Object.fromEntries(KEYS.map((key) => [key, config[key]])) as Pick<
    typeof config,
    (typeof KEYS)[number]
  >; // of these keys
};

/** Staging's names by production's: `signalbox-effects` is `signalbox-staging-effects`, namespace 1001 is 2001. */
const asStaging = (config: object): unknown =>
  JSON.parse(
    JSON.stringify(config)
      .replace(/"signalbox((-[a-z-]+)?)"/g, '"signalbox-staging$1"')
      .replace(/"namespace_id":"1/g, '"namespace_id":"2'),
  );

describe('staging', () => {
  test('equals production, except for names', () => {
    expect(JSON.parse(JSON.stringify(configured('staging')))).toEqual(asStaging(configured()));
  });

  test('shares no queue, database, bucket and rate limit with production', () => {
    const namesOf = (config: object) =>
      new Set(JSON.stringify(config).match(/"(signalbox[a-z-]*|[12]00\d)"/g));
    const { queues, d1_databases, r2_buckets, ratelimits, name } = configured();
    const staging = configured('staging');
    const theirs = namesOf([
      staging.queues,
      staging.d1_databases,
      staging.r2_buckets,
      staging.ratelimits,
      staging.name,
    ]);
    const ours = namesOf([queues, d1_databases, r2_buckets, ratelimits, name]);
    expect([...ours].filter((one) => theirs.has(one))).toEqual([]);
    expect(ours.size).toBe(theirs.size);
  });
});

describe('a deployment', () => {
  test('logs what the code says, and no address of a request: some name a person', () => {
    const { observability } = unstable_readConfig({ config: 'wrangler.toml' });
    expect(observability).toMatchObject({
      enabled: true,
      logs: { enabled: true, invocation_logs: false },
    });
    expect(observability?.traces?.enabled ?? false).toBe(false);
  });

  test.each([
    ['signalbox-callbacks', 11],
    ['signalbox-journal', 24],
  ])('lets %s wait for a database that is away %i hours, before all that waits is a dead letter', (queue, hours) => {
    const [, retries] =
      new RegExp(`consumers\\]\\]\\nqueue = "${queue}"\\n[^[]*max_retries = (\\d+)`).exec(
        readFileSync('wrangler.toml', 'utf8'),
      ) ?? [];
    const waited = Array.from({ length: Number(retries) }, (_, tries) => backoff(tries + 1)).reduce(
      (sum, one) => sum + one,
      0,
    );
    expect(waited / 3600).toBeGreaterThan(hours);
  });

  test.each([
    '/openapi.json',
    '/catalogue.json',
    '/docs/*',
  ])('serves %s with a type that no browser guesses', (path) => {
    const [, rules = ''] = readFileSync('public/_headers', 'utf8').split(`${path}\n`);
    expect(rules.split('\n\n')[0]).toContain('  X-Content-Type-Options: nosniff');
  });

  test('describes each secret that a deploy button asks for', () => {
    const { cloudflare } = JSON.parse(readFileSync('package.json', 'utf8'));
    const asked = readFileSync('.dev.vars.example', 'utf8').matchAll(/^([A-Z_]+)=/gm);
    expect(Object.keys(cloudflare.bindings).toSorted()).toEqual(
      [...asked].map(([, name]) => name).toSorted(),
    );
  });

  test('applies the migrations of each database first, by the names of bindings, which a button keeps', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));
    const { d1_databases } = configured();
    expect(scripts.deploy.split(' && ')).toEqual([
      ...d1_databases.map(
        ({ binding }: { binding: string }) => `wrangler d1 migrations apply ${binding} --remote`,
      ),
      'wrangler deploy',
    ]);
  });
});
