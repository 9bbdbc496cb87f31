import * as v from 'valibot';
import { AppError } from '../../errors.ts';
import { readRunning } from '../local/running.ts';
import type { Shell } from '../shell.ts';
import { readLocalSettings } from './settings-file.ts';

const URL_DEFAULT = 'http://127.0.0.1:8787';

/** Options of every command that calls a running Worker. */
export const WORKER_OPTIONS = [
  {
    flags: '--url <url>',
    description: `the Worker’s address (default: SIGNALBOX_URL, else that of npm start, ${URL_DEFAULT})`,
  },
  {
    flags: '--token <token>',
    description:
      'the API token (default: SIGNALBOX_TOKEN; for a local Worker, API_TOKEN of .dev.vars)',
  },
] as const;

/** Address and token of a Worker. */
export interface WorkerAddress {
  readonly url?: string | undefined;
  readonly token?: string | undefined;
}

const Problem = v.looseObject({ code: v.string(), detail: v.string() });

/**
 * Requests JSON from a Worker and parses it by the schema.
 * @throws AppError `not_configured`, `unavailable`, `bad_request`, or `not_found` with the Worker's
 * message
 */
export async function askWorker<T>(
  path: string,
  schema: v.GenericSchema<unknown, T>,
  address: WorkerAddress,
  shell: Shell,
  init: RequestInit = {},
): Promise<T> {
  const response = await callWorker(path, address, shell, init);
  const read = v.safeParse(schema, await response.json().catch(() => undefined));
  if (read.success) return read.output;
  const { origin } = new URL(response.url || URL_DEFAULT);
  throw new AppError(
    'unavailable',
    `what ${origin} answers is not Signalbox’s, or that of another version`,
  );
}

/**
 * Sends a request to a Worker and returns its response.
 * @throws AppError as `askWorker`, if the status is not 2xx
 */
export async function callWorker(
  path: string,
  address: WorkerAddress,
  shell: Shell,
  init: RequestInit = {},
): Promise<Response> {
  const base = webAddress(address.url ?? (await defaultUrl(shell)));
  const token = address.token ?? shell.env.SIGNALBOX_TOKEN ?? (await localToken(base, shell));
  const response = await call(new URL(path, base), token, init);
  if (!response.ok)
    throw refusal(response.status, await response.json().catch(() => undefined), base);
  return response;
}

/** The Worker that is meant where none is named: `SIGNALBOX_URL`, else the `npm start` of this folder, whatever its port. */
export const defaultUrl = async (shell: Pick<Shell, 'env' | 'home'>): Promise<string> =>
  shell.env.SIGNALBOX_URL ?? (await readRunning(shell))?.url ?? URL_DEFAULT;

/** Returns a query string of the parameters that are given. */
export function queryOf(params: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(params).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value]],
  );
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
}

/** Returns whether a Worker runs on this machine. */
export const isLocal = (address: WorkerAddress, { env }: Pick<Shell, 'env'>): boolean =>
  isLocalHost(webAddress(address.url ?? env.SIGNALBOX_URL ?? URL_DEFAULT).hostname);

const isLocalHost = (hostname: string): boolean =>
  ['127.0.0.1', 'localhost', '[::1]'].includes(hostname);

/** Returns the local token, for a Worker on this machine only: it must not reach another host. */
async function localToken({ hostname }: URL, shell: Shell): Promise<string> {
  if (!isLocalHost(hostname))
    throw new AppError(
      'not_configured',
      `SIGNALBOX_TOKEN is not set: ${hostname} wants to know who asks`,
    );
  const { file, values } = await readLocalSettings(shell);
  if (!values.API_TOKEN)
    throw new AppError(
      'not_configured',
      `${file} holds no API_TOKEN: set it there, or use --token`,
    );
  return values.API_TOKEN;
}

async function call(url: URL, token: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, {
      ...init,
      headers: { authorization: `Bearer ${token}`, ...init.headers },
    });
  } catch (cause) {
    throw new AppError('unavailable', `Nothing answers at ${url.origin}: is npm start running?`, {
      cause,
    });
  }
}

function refusal(status: number, body: unknown, { origin }: URL): AppError {
  const problem = v.safeParse(Problem, body);
  const said = problem.success ? problem.output.detail : `${origin} answered ${status}`;
  const code =
    status === 400
      ? 'bad_request'
      : status === 404
        ? 'not_found'
        : status === 401
          ? 'unauthorized'
          : 'unavailable';
  return new AppError(code, said, { details: problem.success ? problem.output : {} });
}

/**
 * Parses an address as it was typed. `localhost:8787` is refused: URL reads it as scheme
 * "localhost".
 * @throws AppError `bad_request`
 */
export function webAddress(written: string): URL {
  if (!/^https?:\/\//i.test(written) || !URL.canParse(written))
    throw new AppError(
      'bad_request',
      `"${written}" is not an address: expected http://host or https://host`,
    );
  return new URL(written);
}
