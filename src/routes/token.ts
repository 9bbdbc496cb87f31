import { createMiddleware } from 'hono/factory';
import * as v from 'valibot';
import { ROLES, type Role } from '../api/operation.ts';
import { AppError } from '../errors.ts';
import { readSettings, type Settings } from '../settings/settings.ts';

/** The caller: the name of the token is recorded as the actor. */
export interface Caller {
  readonly name: string;
  readonly roles: readonly Role[];
}

/** Returns the recorded actor: the given name and the name of the token. */
export const onRecord = (actor: string, { name }: Pick<Caller, 'name'>): string =>
  actor === name ? name : `${actor} (${name})`;

/** The environment of every route behind a token. */
export interface Secured {
  Bindings: Env;
  Variables: { readonly caller: Caller };
}

/** The caller with `API_TOKEN`: it has all roles. */
const OWNER: Caller = { name: 'api-token', roles: ROLES };

const Tokens = v.pipe(
  v.string(),
  v.parseJson(),
  v.record(
    v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9._-]{0,63}$/)),
    v.strictObject({
      token: v.pipe(v.string(), v.minLength(16)),
      roles: v.pipe(v.array(v.picklist(ROLES)), v.minLength(1)),
    }),
  ),
);

interface Known {
  readonly caller: Caller;
  readonly digest: Promise<ArrayBuffer>;
}

const known = new WeakMap<Settings, readonly Known[]>();

/** Returns the tokens of a deployment, read once. @throws AppError `not_configured` naming the setting */
export function readTokens(settings: Settings): readonly Known[] {
  const held = known.get(settings);
  if (held) return held;
  const read = [
    ...(settings.apiToken ? [{ caller: OWNER, digest: digest(settings.apiToken) }] : []),
    ...Object.entries(namedTokens(settings.apiTokens)).map(([name, { token, roles }]) => ({
      caller: { name, roles },
      digest: digest(token),
    })),
  ];
  if (read.length === 0)
    throw new AppError('not_configured', 'setting API_TOKEN: is not set, nor is API_TOKENS');
  known.set(settings, read);
  return read;
}

function namedTokens(text: string | undefined): v.InferOutput<typeof Tokens> {
  if (text === undefined) return {};
  const parsed = v.safeParse(Tokens, text);
  if (parsed.success) return parsed.output;
  // The place of the mistake is not named: a token may stand where its name belongs.
  throw new AppError(
    'not_configured',
    `setting API_TOKENS: expected {"<name>": {"token": "...", "roles": ["read"]}}: lower-case names, roles of ${ROLES.join(', ')}, tokens of at least 16 characters`,
  );
}

/** Checks the bearer token. Both sides are hashed and all tokens are compared, so that every guess takes the same time. @throws AppError `unauthorized` */
export const withToken = createMiddleware<Secured>(async (c, next) => {
  const tokens = readTokens(readSettings(c.env));
  const got = await digest(/^Bearer (.+)$/i.exec(c.req.header('authorization') ?? '')?.[1] ?? '');
  let caller: Caller | undefined;
  for (const { digest: wanted, caller: bearer } of tokens) {
    if (crypto.subtle.timingSafeEqual(await wanted, got)) caller ??= bearer;
  }
  if (!caller) throw new AppError('unauthorized', 'Authorization: Bearer <API_TOKEN> is needed');
  c.set('caller', caller);
  await next();
});

/** Returns the middleware that refuses a token without this role. @throws AppError `forbidden` */
export const checkRole = (role: Role) =>
  createMiddleware<Secured>(async function checkRole(c, next) {
    const { name, roles } = c.var.caller;
    if (!roles.includes(role)) {
      throw new AppError(
        'forbidden',
        `the token "${name}" may not do this: it needs the role "${role}"`,
      );
    }
    await next();
  });

const digest = (text: string): Promise<ArrayBuffer> =>
  crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
