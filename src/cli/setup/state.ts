import { createHash, randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { AppError } from '../../errors.ts';
import type { Shell } from '../shell.ts';

const State = v.strictObject({
  /** Settings of the Worker by name. Generated secrets are stored before they are sent. */
  settings: v.optional(v.record(v.string(), v.string()), {}),
  /** The Conversation API app. */
  app: v.optional(v.string()),
  /** The address of the Worker. */
  url: v.optional(v.string()),
  /** Hash of the settings that the Worker has. */
  sent: v.optional(v.string()),
  /** Hash of the code and rules that were deployed last. */
  deployed: v.optional(v.string()),
  /** Hash of the webhook that was registered last. */
  connected: v.optional(v.string()),
});

/** What `setup` has made of one environment. */
export type SetupState = v.InferOutput<typeof State>;

/** The folder of all files of `setup`. It is in `.gitignore`. */
export const FOLDER = '.signalbox';

const fileOf = (environment: string): string => join(FOLDER, `${environment}.json`);

/** The state of an environment, which is written after each change. */
export interface StateFile {
  /** As the user would name it: `.signalbox/production.json`. */
  readonly name: string;
  readonly current: SetupState;
  readonly save: (change: Partial<SetupState>) => Promise<void>;
}

/** Opens the state of an environment. @throws AppError `bad_request` if its file cannot be read */
export async function openState(
  environment: string,
  { home }: Pick<Shell, 'home'>,
): Promise<StateFile> {
  const name = fileOf(environment);
  const text = await readFile(join(home, name), 'utf8').catch(() => '{}');
  const read = v.safeParse(v.pipe(v.string(), v.parseJson(), State), text);
  if (!read.success)
    throw new AppError(
      'bad_request',
      `${name} is not a file of "signalbox setup": restore it from your password store; without its DATA_KEY no stored STOP is found`,
    );
  let current = read.output;
  return {
    name,
    get current() {
      return current;
    },
    async save(change) {
      current = { ...current, ...change };
      await mkdir(join(home, FOLDER), { recursive: true, mode: 0o700 });
      await writeSecret(join(home, name), `${JSON.stringify(current, null, 2)}\n`);
    },
  };
}

/** Writes a file that only its owner may read, wholly or not at all: the secrets in it exist nowhere else. */
export async function writeSecret(file: string, text: string): Promise<void> {
  const handle = await open(`${file}.new`, 'w', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(`${file}.new`, file);
}

/** Writes the settings to a file for wrangler, and removes it after `use`. */
export async function withSecretsFile<T>(
  settings: Readonly<Record<string, string>>,
  { home }: Pick<Shell, 'home'>,
  use: (file: string) => Promise<T>,
): Promise<T> {
  const file = join(home, FOLDER, 'to-send.json');
  await mkdir(join(home, FOLDER), { recursive: true, mode: 0o700 });
  await writeSecret(file, JSON.stringify(settings));
  try {
    return await use(file);
  } finally {
    await rm(file, { force: true });
  }
}

/** 32 random bytes. */
export const newSecret = (): string => randomBytes(32).toString('base64url');

/** A signing key of Standard Webhooks. */
export const newSigningKey = (): string => `whsec_${randomBytes(32).toString('base64')}`;

/** A short hash of JSON values, to notice a change. */
export const hashOf = (...values: readonly unknown[]): string =>
  createHash('sha256').update(JSON.stringify(values)).digest('base64url').slice(0, 22);
