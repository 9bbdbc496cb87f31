import { AppError } from '../../errors.ts';
import { readSettings } from '../../settings/settings.ts';
import type { LocalSettings } from '../worker/settings-file.ts';

/** How the Worker and the local Sinch are started. */
export interface Plan {
  readonly workerUrl: string;
  readonly sinchUrl: string;
  /** What `.dev.vars` does not say. */
  readonly vars: Readonly<Record<string, string>>;
  /** Where wrangler keeps the local databases, as its arguments; none is its own default. */
  readonly kept: readonly string[];
  /** The arguments of `wrangler dev`. */
  readonly args: readonly string[];
}

const HOST = '127.0.0.1';

/** Signs forwards on this machine, and nowhere else. */
const LOCAL_FORWARD_KEY = `whsec_${btoa('local-forward-key-of-this-machine')}`;

/**
 * Plans a local start: the Worker on `port`, the local Sinch one above, its databases in `state`. `.dev.vars` has the last word on every setting.
 * @throws AppError `not_configured`, naming the setting that is missing or wrong
 */
export function planStart(
  port: number,
  { file, values }: LocalSettings,
  { state, signInUrl }: { readonly state?: string; readonly signInUrl?: string } = {},
): Plan {
  const { missing } = readSettings({ ...values });
  if (missing.length > 0)
    throw new AppError('not_configured', `${file} lacks ${missing.join(', ')}`);
  const sinchUrl = `http://${HOST}:${port + 1}`;
  const local = {
    SINCH_API_URL: sinchUrl,
    SINCH_AUTH_URL: sinchUrl,
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
