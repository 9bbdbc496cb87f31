import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Callback, readCallback } from '../callbacks/callback.ts';

const FOLDER = join(import.meta.dirname, './callbacks');

/** A time after every sample's own. */
export const NOW = Date.parse('2026-11-21T00:00:00Z');

/** The failure lists as far as the samples need them. */
export const LISTS = {
  'failure-transient': ['RATE_LIMITED'],
  'failure-permanent': ['RECIPIENT_INVALID_CHANNEL_IDENTITY'],
  'failure-content': ['131047', 'TEMPLATE_NOT_FOUND'],
};

/** The sample callbacks by their names. */
export const samples: readonly string[] = readdirSync(FOLDER).map((file) =>
  file.replace(/\.json$/, ''),
);

export const sampleText = (name: string): string =>
  readFileSync(join(FOLDER, `${name}.json`), 'utf8');

export const sampleBody = (name: string): Record<string, unknown> => JSON.parse(sampleText(name));

export const read = (body: unknown, now = NOW): Promise<Callback> =>
  readCallback(
    new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body)),
    now,
  );

export const readSample = (name: string): Promise<Callback> => read(sampleText(name));

/** Some facts of a callback, missing ones left out. */
export const factsOf = (callback: Callback, names: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(
    names
      .map((name) => [name, callback.fact(name, LISTS)])
      .filter(([, value]) => value !== undefined),
  );
