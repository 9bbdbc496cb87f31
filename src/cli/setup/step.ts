import { AppError } from '../../errors.ts';
import type { CheckedRules } from '../rules/checked-rules.ts';
import type { Shell } from '../shell.ts';
import type { WorkerConfig } from './config.ts';
import type { StateFile } from './state.ts';
import type { Wrangler, WranglerResult } from './wrangler.ts';

/** What all steps of a setup share. */
export interface Setup {
  readonly environment: string | undefined;
  readonly eu: boolean;
  readonly domain: string | undefined;
  readonly app: string;
  readonly config: WorkerConfig;
  readonly rules: CheckedRules;
  readonly state: StateFile;
  readonly wrangler: Wrangler;
  readonly shell: Shell;
  /** Reports what the user still has to do. */
  readonly remains: (words: string) => void;
}

/** One step. Each finds out by itself what is done, so that a setup continues where it failed. */
export interface Step {
  readonly title: string;
  /** The commands of the step, as `--dry-run` prints them. */
  readonly commands: (setup: Setup) => readonly string[];
  /** Returns what it changed; undefined if all was as it should be. @throws AppError */
  readonly run: (setup: Setup) => Promise<string | undefined>;
}

export const UNCHANGED = undefined;

/** `--env staging`; nothing for production. */
export const envOf = ({ environment }: Pick<Setup, 'environment'>): readonly string[] =>
  environment === undefined ? [] : ['--env', environment];

export const inEu = (setup: Pick<Setup, 'eu'>): readonly string[] =>
  setup.eu ? ['--jurisdiction', 'eu'] : [];

export const line = (...args: readonly string[]): string => `wrangler ${args.join(' ')}`;

/** Runs wrangler. @throws AppError `unavailable` with its output, if it fails */
export async function must(
  { wrangler }: Setup,
  ...args: readonly string[]
): Promise<WranglerResult> {
  const result = await wrangler.run(args);
  if (result.code === 0) return result;
  throw new AppError('unavailable', `${line(...args)} ended with ${result.code}\n${result.output}`);
}

/** Creates what does not exist yet and returns its names. */
export async function createMissing(
  setup: Setup,
  wanted: readonly { readonly name: string; readonly look: string[]; readonly make: string[] }[],
): Promise<readonly string[]> {
  const created: string[] = [];
  for (const { name, look, make } of wanted) {
    if ((await setup.wrangler.run(look)).code === 0) continue;
    await must(setup, ...make);
    created.push(name);
  }
  return created;
}

/** @throws AppError `not_configured` */
export function urlOf({ state, shell }: Setup): string {
  const url = state.current.url ?? shell.env.SIGNALBOX_URL;
  if (url) return url;
  throw new AppError(
    'not_configured',
    'wrangler did not name the address of the Worker: set SIGNALBOX_URL to it',
  );
}

/** What `--dry-run` shows for the address. */
export const shownUrl = ({ state, domain }: Setup): string =>
  state.current.url ?? (domain ? `https://${domain}` : 'https://<the address of the Worker>');
