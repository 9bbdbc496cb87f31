import { createHmac } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type House, openHouse, type Product, SECRET, TOKEN, WORKER } from '../simulation/house.ts';
import { pump } from '../simulation/observe.ts';
import { PRIVATE_TEXT } from './from-schema.ts';

/** The tokens of the deployment under test, by role. */
const TOKENS = {
  read: 'fuzz-token-of-role-read',
  send: 'fuzz-token-of-role-send',
  author: 'fuzz-token-of-role-author',
  admin: 'fuzz-token-of-role-admin',
} as const;

/** Who calls an operation: the owner, a token of one role, a wrong token, or no token. */
export const CALLERS = ['owner', ...Object.keys(TOKENS), 'wrong', 'none'] as const;

export const authorizationOf = (caller: string): Record<string, string> => {
  if (caller === 'none') return {};
  if (caller === 'wrong') return { authorization: 'Bearer nobody' };
  return {
    authorization: `Bearer ${Object.entries(TOKENS).find(([role]) => role === caller)?.[1] ?? TOKEN}`,
  };
};

/** What must never be logged: values of private fields, and the secrets of the deployment. */
const SECRETS = [
  SECRET,
  TOKEN,
  ...Object.values(TOKENS),
  'simulation-data-key',
  'local-key-secret',
  'simulation-signing-key',
];

/** One request. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string | undefined;
}

/** A Worker to try inputs on, and what is wrong with its answers. */
export interface Bench {
  readonly house: House;
  /** Sends a request and returns what is wrong with the answer. @param statuses those that are documented */
  readonly ask: (asked: Asked, statuses: ReadonlySet<number>) => Promise<readonly string[]>;
  /** How often each status was answered. */
  readonly statuses: ReadonlyMap<number, number>;
  /** Lets the queues end, and returns what is wrong then. */
  readonly settle: () => Promise<readonly string[]>;
  /** Headers of Sinch’s signature of a body. */
  readonly sign: (body: Uint8Array) => Record<string, string>;
}

/** The files of `public/`, as the platform serves them. */
async function assets(request: Request | URL): Promise<Response> {
  const { pathname } = request instanceof Request ? new URL(request.url) : request;
  const file = resolve(import.meta.dirname, '..', '..', `public${pathname}`);
  return pathname.endsWith('.json') && existsSync(file)
    ? new Response(readFileSync(file), { headers: { 'content-type': 'application/json' } })
    : new Response('', { status: 404 });
}

/** The CPU time that an input may take, in milliseconds. */
const MAX_CPU = 1_000;

const logged: unknown[] = [];

/** Keeps what the product logs. Call it once, after the globals are the simulation’s. */
export function hearConsole(): void {
  for (const level of ['log', 'info', 'warn', 'error', 'debug'] as const) {
    const before = console[level];
    console[level] = (...words: unknown[]) => {
      logged.push(...words);
      before(...words);
    };
  }
}

export function openBench(product: Product, seed: number): Bench {
  const house = openHouse(product, {
    ...{ seed, traced: false, plan: { rates: {}, outages: [] }, onSent: () => {} },
    onEnv: (env) => Object.assign(env, { ASSETS: { fetch: assets } }),
    settings: {
      API_TOKENS: JSON.stringify(
        Object.fromEntries(
          Object.entries(TOKENS).map(([role, token]) => [role, { token, roles: [role] }]),
        ),
      ),
      JOURNAL_PAYLOAD: 'keep',
    },
  });
  let crashes = 0;
  const answered = new Map<number, number>();
  /** What the log and the Worker say went wrong since the last time. */
  function noticed(): readonly string[] {
    const lines = logged.splice(0);
    const more = house.deployed.isolates.crashes() - crashes;
    crashes += more;
    return [...wrongIn(lines), ...(more > 0 ? ['an error was not caught'] : [])];
  }
  return {
    house,
    statuses: answered,
    async ask({ method, path, headers, body }, statuses) {
      const started = process.cpuUsage();
      const request = {
        ...{ url: `${WORKER}${path}`, method },
        headers: Object.fromEntries(new Headers(headers)),
        body: body === undefined || typeof body === 'string' ? body : new Uint8Array(body),
      };
      const answer = await pump(house, house.deployed.isolates.request(request, 60_000));
      const status = answer?.status ?? 0;
      answered.set(status, (answered.get(status) ?? 0) + 1);
      const { user, system } = process.cpuUsage(started);
      const cpu = (user + system) / 1_000;
      return [
        ...wrongWith(answer?.status, statuses),
        ...(cpu > MAX_CPU ? [`took ${Math.round(cpu)} ms of CPU time`] : []),
        ...noticed(),
      ];
    },
    async settle() {
      const { world } = house;
      await world.run(world.now() + 10 * 60_000);
      return noticed();
    },
    sign(body) {
      const timestamp = String(Math.floor(house.world.now() / 1_000));
      const nonce = `nonce-${house.world.steps()}`;
      const mac = createHmac('sha256', SECRET).update(body).update(`.${nonce}.${timestamp}`);
      return {
        'x-sinch-webhook-signature': mac.digest('base64'),
        'x-sinch-webhook-signature-nonce': nonce,
        'x-sinch-webhook-signature-timestamp': timestamp,
        'x-sinch-webhook-signature-algorithm': 'HmacSHA256',
      };
    },
  };
}

/** What is wrong with a status. `undefined`: no answer came. */
export function wrongWith(
  status: number | undefined,
  statuses: ReadonlySet<number>,
): readonly string[] {
  if (status === undefined) return ['no answer came'];
  if (status >= 500 && status !== 503 && !statuses.has(status)) return [`answered ${status}`];
  return statuses.has(status) ? [] : [`answered ${status}, which is not documented`];
}

/** What is wrong in logged lines: a bug, a private value, a secret. */
export function wrongIn(lines: readonly unknown[]): readonly string[] {
  const found = new Set<string>();
  for (const line of lines) {
    const text = line instanceof Error ? `${line.stack}` : (JSON.stringify(line) ?? '');
    const event = String(Reflect.get(Object(line), 'event') ?? '');
    if (event.endsWith('.bug') || line instanceof Error) found.add(`logged ${text.slice(0, 400)}`);
    if (PRIVATE_TEXT.test(text))
      found.add(`logged what a person said or is: ${text.slice(0, 400)}`);
    if (SECRETS.some((secret) => text.includes(secret))) found.add(`logged a secret: ${event}`);
  }
  return [...found];
}
