import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Alerts, kindOf, mailing } from '../../alerts/config.ts';
import { messageOf } from '../../errors.ts';
import { missingSettingNames, readSettings } from '../../settings/settings.ts';
import type { Shell } from '../shell.ts';
import { EXAMPLE, readLocalSettings } from '../worker/settings-file.ts';

/**
 * Returns the settings that a Worker would lack here: `.dev.vars`, overridden by the environment,
 * which is how a pipeline
 * passes secrets. The example does not count. Messages contain names, never values.
 */
export async function missingSettings(alerts: Alerts, shell: Shell): Promise<readonly string[]> {
  const file = await readLocalSettings(shell)
    .then(({ file, values }) => (file === EXAMPLE ? {} : values))
    .catch(() => ({}));
  const given = Object.fromEntries(
    Object.entries({ ...file, ...shell.env }).filter(([, value]) => value !== undefined),
  );
  try {
    const settings = readSettings(given);
    const secrets = Object.entries(alerts.destinations).flatMap(([name, config]) =>
      kindOf(config)
        .secrets(config)
        .filter(({ secret }) => settings.destination(secret) === undefined)
        .map(
          ({ secret }) =>
            `setting ${secret} is not set: destination ${name} of alerts.json needs it`,
        ),
    );
    return [
      ...settings.missing.map((name) => `setting ${name} is not set`),
      ...secrets,
      ...(await mail(alerts, shell)),
    ];
  } catch (error) {
    return [
      messageOf(error),
      ...missingSettingNames(given).map((name) => `setting ${name} is not set`),
    ];
  }
}

async function mail(alerts: Alerts, { home }: Shell): Promise<readonly string[]> {
  const written = await readFile(join(home, 'wrangler.toml'), 'utf8').catch(() => '');
  if (/^\[\[send_email\]\]\s*\nname = "EMAIL"/m.test(written)) return [];
  return mailing(alerts).map(
    (name) =>
      `the binding EMAIL is missing in wrangler.toml: destination ${name} of alerts.json needs it`,
  );
}
