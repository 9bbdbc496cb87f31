import { type Alerts, kindOf } from '../../alerts/config.ts';
import { AppError, messageOf } from '../../errors.ts';
import { settings as definitions } from '../../settings/index.ts';
import { readSettings } from '../../settings/settings.ts';
import type { Shell } from '../shell.ts';
import { newSecret, newSigningKey } from './state.ts';

/** The settings for a Worker, and what the user must still set. */
export interface CollectedSettings {
  readonly values: Readonly<Record<string, string>>;
  /** Destinations of alerts.json without a secret. */
  readonly open: readonly string[];
}

/** Where settings come from. */
interface Sources {
  /** Those of an earlier run. */
  readonly known: Readonly<Record<string, string>>;
  /** Names of the secrets that the Worker has already. Their values cannot be read back. */
  readonly deployed: readonly string[];
  readonly alerts: Alerts;
  readonly eu: boolean;
  /** Asks the user; undefined without a terminal. */
  readonly ask: Shell['ask'];
  readonly env: Shell['env'];
}

/** Signing keys are generated; other destination secrets are addresses and tokens that only the user knows. */
function destinationsOf(alerts: Alerts): ReadonlyMap<string, 'generated' | 'asked'> {
  const found = new Map<string, 'generated' | 'asked'>();
  for (const config of Object.values(alerts.destinations)) {
    const kind = kindOf(config);
    const key = kind.forwardTo(config)?.key.secret;
    for (const { secret } of kind.secrets(config))
      found.set(secret, secret === key ? 'generated' : 'asked');
  }
  return found;
}

/** Returns the names of the secrets that `setup` generates. */
export const generatedNames = (alerts: Alerts): readonly string[] => [
  ...definitions.filter((one) => 'generated' in one).map(({ name }) => name),
  ...[...destinationsOf(alerts)].flatMap(([name, from]) => (from === 'generated' ? [name] : [])),
];

/**
 * Collects the settings: from the environment, an earlier run or the user; secrets that only Signalbox uses are generated,
 * unless the Worker has them already.
 * @throws AppError `bad_request` naming the settings that are missing or wrong
 */
export async function collectSettings(sources: Sources): Promise<CollectedSettings> {
  const { known, deployed, alerts, eu, ask, env } = sources;
  const values: Record<string, string> = eu ? { ...known, JURISDICTION: 'eu' } : { ...known };
  const missing: string[] = [];
  const open: string[] = [];
  if (env.DATA_KEY && known.DATA_KEY && env.DATA_KEY !== known.DATA_KEY)
    throw new AppError(
      'conflict',
      'DATA_KEY of the environment differs from that of the earlier setup: it must never change, or no stored STOP is found',
    );
  const given = (name: string): boolean => {
    const value = env[name];
    if (value) values[name] = value;
    return values[name] !== undefined;
  };
  for (const setting of definitions) {
    if ('localOnly' in setting || given(setting.name) || deployed.includes(setting.name)) continue;
    if ('generated' in setting) values[setting.name] = newSecret();
    else if ('required' in setting) {
      const answer = (await ask(`${setting.name} (${setting.summary}): `))?.trim();
      if (answer) values[setting.name] = answer;
      else missing.push(setting.name);
    }
  }
  for (const [name, from] of destinationsOf(alerts)) {
    if (given(name) || deployed.includes(name)) continue;
    if (from === 'generated') values[name] = newSigningKey();
    else {
      const answer = (await ask(`${name} (a destination of alerts.json; empty: later): `))?.trim();
      if (answer) values[name] = answer;
      else open.push(name);
    }
  }
  if (missing.length > 0)
    throw new AppError(
      'bad_request',
      `set ${missing.join(', ')} in the environment, or use a terminal`,
    );
  refuseWrong(values);
  return { values, open };
}

/** @throws AppError `bad_request`, naming the setting that is wrong, never its value */
function refuseWrong(values: Readonly<Record<string, string>>): void {
  try {
    readSettings(values);
  } catch (error) {
    throw new AppError('bad_request', messageOf(error));
  }
}
