import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { readSecrets } from '../../callbacks/signature.ts';
import { AppError } from '../../errors.ts';
import type { Shell } from '../shell.ts';

/** The local settings: those of `.dev.vars`, or of the example if it is missing. */
export interface LocalSettings {
  /** `.dev.vars` or `.dev.vars.example`. */
  readonly file: string;
  readonly values: Readonly<Record<string, string | undefined>>;
}

/** Used if there is no `.dev.vars`. */
export const EXAMPLE = '.dev.vars.example';

const FILES = ['.dev.vars', EXAMPLE];

/** Reads the local settings. @throws AppError `not_configured` if neither file exists */
export async function readLocalSettings({ home }: Pick<Shell, 'home'>): Promise<LocalSettings> {
  for (const file of FILES) {
    const text = await readFile(join(home, file), 'utf8').catch(() => undefined);
    if (text !== undefined) return { file, values: parseEnv(text) };
  }
  throw new AppError('not_configured', `neither ${FILES.join(' nor ')} is there`);
}

/** Returns the newest local secret that signs the callbacks of an app; any other one where the app has none. */
export function secretOf(appId: string, { values }: LocalSettings): string | undefined {
  const secrets = readSecrets(values.WEBHOOK_SECRETS);
  return (secrets.get(appId) ?? secrets.get('*') ?? [...secrets.values()][0])?.[0];
}
