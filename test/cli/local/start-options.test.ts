import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { describe, expect, test } from 'vitest';
import { startOptions } from '../../../src/cli/local/start-options.ts';
import { readSettings } from '../../../src/settings/settings.ts';

const example = {
  file: '.dev.vars.example',
  values: parseEnv(readFileSync('.dev.vars.example', 'utf8')),
};

describe('planStart', () => {
  test('sends whatever leaves the Worker to the local Sinch, one port above', () => {
    const { workerUrl, sinchUrl, vars } = startOptions(9000, example);
    expect([workerUrl, sinchUrl]).toEqual(['http://127.0.0.1:9000', 'http://127.0.0.1:9001']);
    expect(vars).toMatchObject({
      SINCH_API_URL: 'http://127.0.0.1:9001',
      SINCH_AUTH_URL: 'http://127.0.0.1:9001',
      DEST_OPS: 'http://127.0.0.1:9001/inbox/alerts',
      DEST_FORWARD: 'http://127.0.0.1:9001/inbox/forwards',
      ARCHIVE_HOSTS: '127.0.0.1',
      MAX_RETRY_DELAY: '2s',
    });
  });

  test('gives the Worker every setting that it needs', () => {
    const { vars } = startOptions(9000, example);
    expect(readSettings({ ...example.values, ...vars }).missing).toEqual([]);
  });

  test('leaves to .dev.vars what it says', () => {
    const file = '.dev.vars';
    const { vars, args } = startOptions(9000, {
      file,
      values: { ...example.values, DEST_OPS: 'https://hooks.example.com/1' },
    });
    expect(vars).not.toHaveProperty('DEST_OPS');
    expect(args.join(' ')).toContain('--env-file .dev.vars ');
    expect(args.join(' ')).not.toContain('hooks.example.com');
  });

  test('puts no secret on the command line', () => {
    const { args } = startOptions(9000, example);
    for (const name of ['WEBHOOK_SECRETS', 'API_TOKEN', 'DATA_KEY', 'SINCH_KEY_SECRET'] as const) {
      expect(args.join(' ')).not.toContain(example.values[name]);
    }
  });

  test.each([
    [
      'a setting that is missing',
      { WEBHOOK_SECRETS: undefined },
      '.dev.vars.example lacks WEBHOOK_SECRETS',
    ],
    [
      'a setting that is empty',
      { API_TOKEN: '', DATA_KEY: undefined },
      '.dev.vars.example lacks API_TOKEN, DATA_KEY',
    ],
    [
      'a key that is too short',
      { DATA_KEY: 'short' },
      'setting DATA_KEY: expected at least 32 characters',
    ],
  ])('names %s', (_, change, message) => {
    const values = { ...example.values, ...change };
    expect(() => startOptions(9000, { ...example, values })).toThrow(message);
  });
});
