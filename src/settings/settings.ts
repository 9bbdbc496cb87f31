import * as v from 'valibot';
import { AppError } from '../errors.ts';
import type { Setting } from './define-setting.ts';
import { destinationSecrets } from './destination-secrets.ts';
import { settings } from './index.ts';

type Definition = (typeof settings)[number];

/** `SINCH_API_URL` as `sinchApiUrl`. */
type CamelCase<S extends string> = S extends `${infer Head}_${infer Tail}`
  ? `${Lowercase<Head>}${Capitalize<CamelCase<Tail>>}`
  : Lowercase<S>;

/** The value of a setting: what its schema reads, or undefined if it has no default. */
type ValueOf<D extends Definition> =
  | v.InferOutput<D['schema']>
  | (D extends { readonly default: string } ? never : undefined);

/** Each setting under its name in camel case. */
type Values = { readonly [D in Definition as CamelCase<D['name']>]: ValueOf<D> };

/** The settings of a deployment. Durations are milliseconds. */
export interface Settings extends Values {
  /** Access to the Conversation API; undefined unless project, key and secret are all set. */
  readonly sinch:
    | {
        readonly projectId: string;
        readonly keyId: string;
        readonly keySecret: string;
        readonly apiUrl: string;
        readonly batchUrl: string;
        readonly templateUrl: string;
        readonly authUrl: string;
      }
    | undefined;
  /** Names of the required settings that are not set, for `/healthz`. */
  readonly missing: readonly string[];
  /** Returns a `DEST_*` secret. Any other name is undefined, so that no rule file can send another secret out. */
  readonly destination: (name: string) => string | undefined;
}

const read = new WeakMap<object, Settings>();

/** Reads the settings of an environment, once. @throws AppError `not_configured`, naming every setting that is wrong, never a value */
export function readSettings(env: object): Settings {
  const known = read.get(env);
  if (known) return known;
  const parsed = parseSettings(new Map(Object.entries(env)));
  read.set(env, parsed);
  return parsed;
}

function parseSettings(env: ReadonlyMap<string, unknown>): Settings {
  const wrong: string[] = [];
  const values = Object.fromEntries(
    settings.map((setting) => [
      camelCase(setting.name),
      readSetting(setting, env, (problem) => wrong.push(problem)),
    ]),
  ) as Values; // the same mapping as the type's
  if (wrong.length > 0) throw new AppError('not_configured', wrong.join('; '));
  if (values.exampleSecrets === undefined) refuseExamples(env);
  const { sinchProjectId: projectId, sinchKeyId: keyId, sinchKeySecret: keySecret } = values;
  return {
    ...values,
    sinch:
      projectId && keyId && keySecret
        ? {
            projectId,
            keyId,
            keySecret,
            apiUrl:
              values.sinchApiUrl ?? `https://${values.sinchRegion}.conversation.api.sinch.com`,
            batchUrl:
              values.sinchBatchUrl ??
              `https://${values.sinchRegion}.conversationbatch.api.sinch.com`,
            templateUrl:
              values.sinchTemplateUrl ?? `https://${values.sinchRegion}.template.api.sinch.com`,
            authUrl: values.sinchAuthUrl ?? 'https://auth.sinch.com',
          }
        : undefined,
    missing: missingIn(env),
    destination: (name) => {
      const value = name.startsWith(destinationSecrets.prefix) ? env.get(name) : undefined;
      return typeof value === 'string' && value !== '' ? value : undefined;
    },
  };
}

const missingIn = (env: ReadonlyMap<string, unknown>): readonly string[] =>
  settings.filter((setting) => isMissing(setting, env)).map(({ name }) => name);

/** The names of the required settings that are not set: also where another one is wrong and `readSettings` throws. */
export const missingSettingNames = (env: object): readonly string[] =>
  missingIn(new Map(Object.entries(env)));

/** Refuses the secrets of `.dev.vars.example`: they are public. @throws AppError `not_configured` */
function refuseExamples(env: ReadonlyMap<string, unknown>): void {
  const examples = settings.flatMap((setting) => ('example' in setting ? [setting.example] : []));
  for (const { name, secret } of settings) {
    const value = env.get(name);
    if (secret && typeof value === 'string' && examples.some((text) => value.includes(text)))
      throw new AppError(
        'not_configured',
        `setting ${name}: is a secret of .dev.vars.example, which is public: set your own`,
      );
  }
}

/** A setting that is empty or blank counts as not set. */
const isSet = (value: unknown): boolean =>
  value !== undefined && !(typeof value === 'string' && value.trim() === '');

function isMissing(
  { name, required = false }: Setting,
  env: ReadonlyMap<string, unknown>,
): boolean {
  if (isSet(env.get(name)) || required === false) return false;
  return required === true || !isSet(env.get(required.unless));
}

function readSetting(
  setting: Setting,
  env: ReadonlyMap<string, unknown>,
  wrong: (problem: string) => void,
): unknown {
  const value = env.get(setting.name);
  const text = isSet(value) ? value : blankOr(setting, value);
  if (text === undefined) return undefined;
  const parsed = v.safeParse(setting.schema, text, { abortEarly: true });
  if (parsed.success) return parsed.output;
  const [{ expected, message }] = parsed.issues;
  // The schema's message may end with the value, which may be a secret.
  const expectation = expected ? message.replace(/ but received .*/s, '') : 'is not valid';
  wrong(`setting ${setting.name}: ${expectation}`);
  return undefined;
}

/** An empty text is a value where there is a default: an empty list, or an error that names the setting. */
const blankOr = ({ default: standard }: Setting, value: unknown): string | undefined =>
  value === '' && standard !== undefined ? '' : standard;

const camelCase = (name: string): string =>
  name.toLowerCase().replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
