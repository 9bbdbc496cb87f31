import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { unstable_readConfig } from 'wrangler';
import { backoff } from '../src/pipeline/queue-retries.ts';

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
});
