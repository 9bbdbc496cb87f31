import { AppError } from '../../errors.ts';
import { missingSettingNames, readSettings } from '../../settings/settings.ts';
import type { LocalSettings } from '../worker/settings-file.ts';

/** How `start` starts the Worker and the local Sinch. */
export interface StartOptions {
  readonly workerUrl: string;
  readonly sinchUrl: string;
  /** Settings that `.dev.vars` does not contain. */
  readonly vars: Readonly<Record<string, string>>;
  /** Wrangler's arguments for the folder of the local databases; empty for its default. */
  readonly kept: readonly string[];
  /** The arguments of `wrangler dev`. */
  readonly args: readonly string[];
}

const HOST = '127.0.0.1';

/** Signs forwards of a local Worker only. */
const LOCAL_FORWARD_KEY = `whsec_${btoa('local-forward-key-of-this-machine')}`;

/**
 * Returns the options of a local start: the Worker on `port`, the local Sinch on `port + 1`,
 * databases in `state`. `.dev.vars` overrides every setting.
 * @throws AppError `not_configured`, naming the setting that is missing or wrong
 */
export function startOptions(
  port: number,
  { file, values }: LocalSettings,
  { state, signInUrl }: { readonly state?: string; readonly signInUrl?: string } = {},
): StartOptions {
  const missing = missingSettingNames(values);
  if (missing.length > 0)
    throw new AppError('not_configured', `${file} lacks ${missing.join(', ')}`);
  readSettings({ EXAMPLE_SECRETS: 'allow', ...values });
  const sinchUrl = `http://${HOST}:${port + 1}`;
  const local = {
    EXAMPLE_SECRETS: 'allow',
    HEALTH_CACHE: '0s',
    METRICS_INTERVAL: '1s',
    JOURNAL_INTERVAL: 'off',
    SINCH_API_URL: sinchUrl,
    SINCH_AUTH_URL: sinchUrl,
    SINCH_BATCH_URL: `${sinchUrl}/batch`,
    SINCH_TEMPLATE_URL: `${sinchUrl}/template`,
    DEST_OPS: `${sinchUrl}/inbox/alerts`,
    DEST_FORWARD: `${sinchUrl}/inbox/forwards`,
    DEST_FORWARD_KEY: LOCAL_FORWARD_KEY,
    ARCHIVE_HOSTS: HOST,
    ...(signInUrl === undefined ? {} : { LOCAL_SIGN_IN_URL: signInUrl }),
    MAX_RETRY_DELAY: '2s',
    ALERT_MAX_WAIT: '1s',
  };
  const vars = Object.fromEntries(Object.entries(local).filter(([name]) => !values[name]));
  const kept = state === undefined ? [] : ['--persist-to', state];
  return {
    kept,
    workerUrl: `http://${HOST}:${port}`,
    sinchUrl,
    vars,
    args: [
      'dev',
      ...['--ip', HOST, '--port', String(port), '--inspector-port', '0'],
      ...['--env-file', file, '--show-interactive-dev-session=false', ...kept],
      ...Object.entries(vars).flatMap(([name, value]) => ['--var', `${name}:${value}`]),
    ],
  };
}
