import { env, exports } from 'cloudflare:workers';
import { vi } from 'vitest';
import { actions } from '../../src/actions/index.ts';
import { app } from '../../src/app.ts';
import { signCallback } from '../../src/callbacks/signature.ts';
import { consumeJournal } from '../../src/journal/consume.ts';
import { alertsOf, rulebookCacheOf } from '../../src/pipeline/active-rulebooks.ts';
import { consumeCallbacks, consumeEffects, consumeForwards } from '../../src/pipeline/consume.ts';
import type { Answer } from '../../src/pipeline/ingest.ts';
import { bundle } from '../../src/rulebooks/bundled.ts';
import { type LoadedRulebook, loadRulebook } from '../../src/rulebooks/load-rulebook.ts';
import { open } from '../../src/services.ts';
import type { FileAsked } from '../../src/simulator/large-files.ts';
import { createSinch, type SinchOptions } from '../../src/simulator/sinch.ts';
import { openBells } from './bells.ts';
import { checkDocumented } from './documented.ts';
import { createLine, type Line } from './line.ts';
import { noteUnfinished } from './storage.ts';

/** The secret and the token of the tests' settings (vitest.config.ts). */
export const SECRET = 'test-webhook-secret';
export const TOKEN = 'test-api-token';

const SINCH = 'https://sinch.test';

/** Settings of a box, and where the destinations of the shipped `alerts.json` lead to. */
const SETTINGS = {
  // On a virtual clock nobody waits: retries come as late as in production.
  MAX_RETRY_DELAY: '12h',
  // What is about alerts' own times asks for them.
  ALERT_MAX_WAIT: '0s',
  // Each answer is new: on a virtual clock no time passes between two.
  HEALTH_CACHE: '0s',
  DEST_OPS: `${SINCH}/inbox/alerts`,
  DEST_FORWARD: `${SINCH}/inbox/forwards`,
  DEST_FORWARD_KEY: 'whsec_dGVzdC1mb3J3YXJkLWtleS10ZXN0LWZvcndhcmQta2V5',
};

const UNLIMITED = { limit: async () => ({ success: true }) };

let compiled: Promise<LoadedRulebook> | undefined;

/** Returns the bundled rulebook, compiled once: it is the same for every box. */
function bundled(): Promise<LoadedRulebook> {
  compiled ??= loadRulebook(bundle, { actions, checkAlerts: alertsOf }, Date.now());
  return compiled;
}

/** One thing that reached the local Sinch. */
interface Arrival {
  readonly kind: string;
  // What arrives is whatever was sent; tests know the shape they look for.
  readonly body: Record<string, unknown>;
  readonly answer: number | 'none';
  readonly message_id?: string;
  readonly headers?: Record<string, string>;
}

/** A whole Signalbox in workerd with real bindings, a local Sinch in place of the network, and queues on a virtual clock. */
export interface Box {
  /** Signs a callback the way Sinch does and posts it. `at`: the address at which it arrives, `https://…`. */
  readonly post: (
    callback: object | string,
    options?: { secret?: string; headers?: Record<string, string>; at?: string },
  ) => Promise<Response>;
  /** Posts, and expects 200. */
  readonly take: (callback: object) => Promise<Answer & Record<string, unknown>>;
  readonly ask: (path: string, init?: RequestInit) => Promise<Response>;
  readonly arrivals: (kind?: string) => Promise<readonly Arrival[]>;
  readonly faults: (order: object) => Promise<void>;
  /** Says what the file `https://storage.sinch.com/files/<name>` is from now on; see test/simulator/large-files.ts. */
  readonly file: (name: string, order: object) => Promise<void>;
  /** Who asked for such files, and how. */
  readonly filesAsked: () => Promise<readonly FileAsked[]>;
  /** Works off the queues until nothing is due, letting virtual time pass up to `seconds`. */
  readonly drain: (seconds?: number) => Promise<void>;
  readonly line: Line;
  readonly bindings: Env;
  /** Whether the network is up; down, every request fails as a dead host does. */
  readonly network: { up: boolean };
}

/**
 * Opens a box. `vi.useFakeTimers({ toFake: ['Date'] })` is on until `vi.useRealTimers()`.
 * @param change what works off the queues gets its services by way of this
 */
export function openBox(
  options: Partial<SinchOptions> = {},
  settings: Readonly<Record<string, string>> = {},
  change: (services: ReturnType<typeof open>) => ReturnType<typeof open> = (services) => services,
): Box {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-20T12:00:00Z') });
  const now = () => Date.now();
  const sinch = createSinch({
    now,
    projectId: 'test-project',
    keyId: 'test-key-id',
    keySecret: 'test-key-secret',
    ...options,
  });
  const network = { up: true };
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    if (!network.up) throw new TypeError('connection refused');
    return sinch.fetch(new Request(input, init));
  });
  const line = createLine(now, (time) => vi.setSystemTime(time));
  const bound: Env = {
    ...env,
    ...SETTINGS,
    // The runtime counts by its own clock, over all tests of a file.
    LOOKUPS_PER_ADDRESS: UNLIMITED,
    LOOKUPS_PER_CREDENTIAL: UNLIMITED,
    EFFECTS: line.queue('effects'),
    FORWARDS: line.queue('forwards'),
    CALLBACKS: line.queue('callbacks'),
    JOURNAL_QUEUE: line.queue('journal'),
    ...settings,
  };
  // As if a request before had begun to compile it: which rulebook is in force is read all the same.
  rulebookCacheOf(bound).opened = { version: bundle.version, book: bundled() };

  const under: Promise<unknown>[] = [];
  const later = (work: Promise<unknown>): void => {
    under.push(work);
    noteUnfinished(work);
  };
  const context = { waitUntil: later, passThroughOnException: () => {}, props: {} };
  /** Lets what was put into `waitUntil` end. */
  const settled = async (): Promise<void> => void (await Promise.all(under.splice(0)));
  const consuming =
    (consume: (batch: MessageBatch<unknown>, services: ReturnType<typeof open>) => Promise<void>) =>
    async (batch: MessageBatch<unknown>): Promise<void> => {
      await consume(batch, change(open(bound, later, now)));
      await settled();
    };

  const post: Box['post'] = async (callback, { secret = SECRET, headers = {}, at = '' } = {}) => {
    const body = new TextEncoder().encode(
      typeof callback === 'string' ? callback : JSON.stringify(callback),
    );
    const signed = await signCallback(body, secret, {
      nonce: crypto.randomUUID(),
      timestamp: Math.floor(now() / 1000),
    });
    const response = await app.request(
      `${at}/callbacks`,
      { method: 'POST', body, headers: { ...signed, ...headers } },
      bound,
      context,
    );
    return checkDocumented('POST', '/callbacks', response);
  };
  const sim = (path: string, init?: RequestInit) =>
    sinch.fetch(new Request(`${SINCH}${path}`, init));
  return {
    post,
    async take(callback) {
      const response = await post(callback);
      if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
      return response.json();
    },
    ask: async (path, init) => {
      const response = await app.request(
        path,
        { ...init, headers: { authorization: `Bearer ${TOKEN}`, ...init?.headers } },
        bound,
        context,
      );
      return checkDocumented(init?.method ?? 'GET', path, response);
    },
    async arrivals(kind) {
      const { arrivals } = await (await sim('/arrivals')).json<{ arrivals: Arrival[] }>();
      return arrivals.filter((arrival) => kind === undefined || arrival.kind === kind);
    },
    async faults(order) {
      await sim('/faults', { method: 'POST', body: JSON.stringify(order) });
    },
    async file(name, order) {
      const { status } = await sim(`/files/${name}`, {
        method: 'PUT',
        body: JSON.stringify(order),
      });
      if (status !== 204) throw new Error(`the simulator takes no such file: ${status}`);
    },
    filesAsked: async () => (await (await sim('/files')).json<{ asked: FileAsked[] }>()).asked,
    async drain(seconds = 0) {
      await settled();
      await line.run(
        now() + seconds * 1000,
        {
          effects: consuming(consumeEffects),
          forwards: consuming(consumeForwards),
          callbacks: consuming(consumeCallbacks),
          journal: consuming((batch, services) => consumeJournal(batch, services, bound)),
        },
        openBells(bound.EFFECTS),
      );
    },
    line,
    bindings: bound,
    network,
  };
}

export { env, exports };
