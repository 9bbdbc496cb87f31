import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { unstable_readConfig } from 'wrangler';

describe('a deployment', () => {
  test('logs what the code says, and no address of a request: some name a person', () => {
    const { observability } = unstable_readConfig({ config: 'wrangler.toml' });
    expect(observability).toMatchObject({ enabled: true, logs: { enabled: true, invocation_logs: false } });
    expect(observability?.traces?.enabled ?? false).toBe(false);
  });

  test.each(['/openapi.json', '/catalogue.json', '/docs/*'])('serves %s with a type that no browser guesses', (path) => {
    const [, rules = ''] = readFileSync('public/_headers', 'utf8').split(`${path}\n`);
    expect(rules.split('\n\n')[0]).toContain('  X-Content-Type-Options: nosniff');
  });
});
