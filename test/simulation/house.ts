import type { openWith } from '../../src/services.ts';
import { type Deployed, deploy } from '../../src/simulator/models/deployment.ts';
import type { Outgoing, WorkerModule } from '../../src/simulator/models/isolates.ts';
import { type Arriving, openNetwork } from '../../src/simulator/models/network.ts';
import { openWebhooks, type Webhooks } from '../../src/simulator/models/webhooks.ts';
import { createSinch } from '../../src/simulator/sinch.ts';
import { drawPlan, type FaultPlan, openFaults } from '../../src/simulator/world/faults.ts';
import { enter } from '../../src/simulator/world/globals.ts';
import { openRandom, type Random } from '../../src/simulator/world/random.ts';
import { openWorld, type World } from '../../src/simulator/world/scheduler.ts';
import type { Deployment } from '../../src/simulator/world/wrangler.ts';
import { serveFile } from './files.ts';
import { LENGTH } from './load/operations.ts';
import { APPS, PROJECT } from './load/people.ts';
import { TERMS } from './rulebook.ts';

/** When every run begins: a Tuesday in the middle of a day. */
export const START = Date.parse('2026-11-24T11:00:00Z');

export const TOKEN = 'simulation-api-token';
export const SECRET = 'simulation-webhook-secret';
export const WORKER = 'https://signalbox.sim';

export const SETTINGS = {
  WEBHOOK_SECRETS: SECRET,
  API_TOKEN: TOKEN,
  DATA_KEY: 'simulation-data-key-simulation-data-key',
  SINCH_PROJECT_ID: PROJECT,
  SINCH_KEY_ID: 'local-key-id',
  SINCH_KEY_SECRET: 'local-key-secret',
  EXAMPLE_SECRETS: 'allow',
  METRICS_INTERVAL: 'off',
  JOURNAL_INTERVAL: 'off',
  SINCH_API_URL: 'https://sinch.sim',
  SINCH_AUTH_URL: 'https://sinch.sim',
  MAX_RETRY_DELAY: '10m',
  ARCHIVE_HOSTS: 'files.sim',
  CAPABILITY_CHECK_RATE: `${TERMS.checks.count}/minute`,
  DEST_OPS: 'https://ops.sim/ops',
  DEST_SPARE: 'https://ops.sim/spare',
  DEST_FORWARD: 'https://forward.sim/forward',
  DEST_MOVING: 'https://moving.sim/forward',
  // Nothing may be posted to an address: what goes there is a dead letter at once.
  DEST_CLOSED: 'https://10.0.0.1/forward',
  DEST_FORWARD_KEY: `whsec_${btoa('simulation-signing-key-simulation')}`,
};

/** Something that reached a receiver or Sinch; `gone`: a receiver that answered 410, `files`: a file that was fetched. */
export interface Reached extends Arriving {
  readonly host: 'alerts' | 'forwards' | 'sinch' | 'gone' | 'files';
  /** The body, if it is JSON. */
  readonly body: unknown;
  /** The id that Sinch gave the message. */
  readonly messageId: string | undefined;
}

/** A run before anything has happened. */
export interface House {
  readonly world: World;
  readonly deployed: Deployed;
  readonly webhooks: Webhooks;
  readonly reached: Reached[];
  /** Requests that arrived nowhere, and of which the product cannot know that. */
  readonly lost: Arriving[];
  /** What the product logged as an error. */
  readonly errors: unknown[];
  /** Calls the Worker's API; `undefined`: no answer came. A text is a list as CSV. */
  readonly api: (
    method: string,
    path: string,
    body?: object | string,
  ) => Promise<ApiAnswer | undefined>;
  /** Sends the Worker a request whose address begins at its root. */
  readonly request: (request: Outgoing, patience: number) => Promise<ApiAnswer | undefined>;
  /** Lets a receiver answer 410 until then, in milliseconds since 1970. */
  readonly endReceiver: (until: number) => void;
  readonly random: Random;
}

export interface ApiAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** The product, loaded once, and how it is deployed. */
export interface Product {
  readonly config: Deployment;
  readonly worker: WorkerModule;
  /** Opens an environment's services with other protections. */
  readonly openWith: typeof openWith;
  readonly exports: Readonly<Record<string, unknown>>;
}

/** What makes a run this run. */
export interface HouseOptions {
  readonly seed: number;
  readonly traced: boolean;
  /** Changes the services of every environment: a protection that is off. */
  readonly onEnv?: ((env: object) => void) | undefined;
  readonly plan?: FaultPlan | undefined;
  /** Settings beside those of every run. */
  readonly settings?: Readonly<Record<string, string>> | undefined;
  /** Called with each message that Sinch takes. */
  readonly onSent: (reached: Reached) => void;
}

/**
 * Opens a run: the Worker over its models, Sinch, and receivers. From here on the globals are the
 * run's.
 */
export function openHouse(
  product: Product,
  { seed, traced, onEnv, plan, settings, onSent }: HouseOptions,
): House {
  const random = openRandom(`signalbox/${seed}`);
  const faults = plan ?? drawPlan(random.fork('plan'), START, LENGTH);
  const world = openWorld({
    random: random.fork('order'),
    faults: (now) => openFaults(faults, random.fork('faults'), now),
    start: START,
    traced,
  });
  const reached: Reached[] = [];
  const lost: Arriving[] = [];
  const errors: unknown[] = [];
  const sinch = createSinch({
    now: () => Math.floor(world.now()),
    projectId: PROJECT,
    dispatchApps: APPS.filter(({ mode }) => mode === 'DISPATCH').map(({ id }) => id),
    apps: Object.fromEntries(APPS.map(({ id }) => [id, ['WHATSAPP', 'RCS', 'SMS']])),
  });
  let goneUntil = 0;
  const note = (host: Reached['host'], arriving: Arriving, messageId?: string): Reached => {
    const one = Object.assign(arriving, { host, body: parsed(arriving.text), messageId });
    reached.push(one);
    world.log(`arrives at ${host}`, { url: arriving.url, text: arriving.text.slice(0, 200) });
    return one;
  };
  const inbox = (host: 'alerts' | 'forwards') => (arriving: Arriving) => {
    note(host, arriving);
    return Response.json({ ok: true });
  };
  const hosts: Parameters<typeof openNetwork>[1] = {
    'ops.sim': { kind: 'receiver', serve: inbox('alerts') },
    'forward.sim': {
      kind: 'receiver',
      // A receiver that is deployed wrongly answers with any status; a forward is retried after each.
      refusals: [0, 302, 400, 404, 429, 500, 503],
      serve: inbox('forwards'),
    },
    'moving.sim': {
      kind: 'receiver',
      serve(arriving) {
        const isGone = world.now() < goneUntil;
        note(isGone ? 'gone' : 'forwards', arriving);
        return isGone ? new Response(null, { status: 410 }) : Response.json({ ok: true });
      },
    },
    'files.sim': {
      kind: 'receiver',
      serve(arriving) {
        note('files', arriving);
        return serveFile(arriving.url);
      },
    },
    'sinch.sim': {
      kind: 'sinch.api',
      async serve(arriving) {
        const { url, method, headers, text } = arriving;
        const body = method === 'GET' ? {} : { body: text };
        const response = await sinch.fetch(new Request(url, { method, headers, ...body }));
        const answered = await response.text();
        if (response.ok && /messages:send|capability:query/.test(url)) {
          const id: unknown = Reflect.get(Object(parsed(answered)), 'message_id');
          onSent(note('sinch', arriving, typeof id === 'string' ? id : undefined));
        }
        return new Response(answered, { status: response.status, headers: response.headers });
      },
    },
  };
  const fetch = openNetwork(world, hosts, (one) => void lost.push(one));
  enter({
    ...{ world, random: random.fork('product'), fetch },
    onError: (logged) => void errors.push(logged),
  });
  const { worker, exports, config } = product;
  const deployed = deploy(world, {
    ...{ config, worker, exports, settings: { ...SETTINGS, ...settings } },
    ...(onEnv ? { onEnv } : {}),
  });
  const { isolates } = deployed;
  const request: House['request'] = async ({ url, ...outgoing }, patience) => {
    const answer = await isolates.request({ ...outgoing, url: `${WORKER}${url}` }, patience);
    return answer && { status: answer.status, body: parsed(answer.text) };
  };
  return {
    world,
    deployed,
    random,
    reached,
    lost,
    errors,
    webhooks: openWebhooks(world, isolates, { url: WORKER, secret: SECRET }),
    request,
    endReceiver(until) {
      goneUntil = until;
    },
    api(method, path, body) {
      const isList = typeof body === 'string';
      return request(
        {
          url: path,
          method,
          headers: {
            authorization: `Bearer ${TOKEN}`,
            'content-type': isList ? 'text/csv' : 'application/json',
          },
          body: isList ? body : body && JSON.stringify(body),
        },
        30_000,
      );
    },
  };
}

/** JSON as a value; `undefined` where the text is none. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
