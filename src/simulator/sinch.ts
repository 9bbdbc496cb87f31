import { type Context, type Handler, Hono, type MiddlewareHandler } from 'hono';
import * as v from 'valibot';
import { type Arrival, openArrivals, signingHeaders } from './arrivals.ts';
import { CapabilityOrder, openCapabilities } from './capabilities.ts';
import { Dropped, FaultOrder, openFaults } from './faults.ts';
import { fileAnswer } from './files.ts';
import { FileOrder, openLargeFiles } from './large-files.ts';
import { openMessages, type StoredMessage } from './messages.ts';
import { providers } from './providers.ts';
import { badRequest, refusal, violationsOf } from './refusal.ts';
import {
  BATCH_CALLS,
  CONVERSATION,
  CONVERSATION_CALLS,
  openResources,
  type Resources,
  TEMPLATE_CALLS,
  TEMPLATES,
} from './resources.ts';
import { CapabilityQuery, SendEventRequest, SendRequest } from './send-request.ts';
import { challengeOf, grantToken } from './token.ts';
import { openWebhooks } from './webhooks.ts';

/** Options of a local Sinch. The default keys are those of `.dev.vars.example`. */
export interface SinchOptions {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly projectId?: string;
  readonly keyId?: string;
  readonly keySecret?: string;
  /** Apps in DISPATCH mode: their messages go out and are not stored. */
  readonly dispatchApps?: readonly string[];
  /** Messages that were sent before. */
  readonly messages?: readonly StoredMessage[];
  /** Contacts by id: the addresses that Sinch knows of each. */
  readonly contacts?: Readonly<
    Record<string, readonly { readonly channel: string; readonly identity: string }[]>
  >;
  /** Apps by id: the channels of each, in the order of its priority. */
  readonly apps?: Readonly<Record<string, readonly string[]>>;
  /** Entries of the consent lists, by identity. Source: Sinch specification, AuditRecord. */
  readonly consents?: Readonly<Record<string, readonly object[]>>;
  readonly onArrival?: (arrival: Arrival) => void;
  /** Takes the callbacks of Sinch: the answers to capability queries. Without it none is made. */
  readonly callBack?: (callback: object) => void;
}

interface SinchEnv {
  Variables: { messageId?: string };
}

/**
 * Opens a local Sinch: the part of the Conversation API that actions use, an inbox for alerts and
 * forwards, and media to archive.
 * `GET /arrivals` lists what reached it; `POST /faults` makes it fail; `PUT /files/<name>`
 * describes a file and its host, `PUT /capabilities` whether a channel reaches an address. It has no global state, so each test can open one.
 */
export function createSinch(options: SinchOptions): Hono<SinchEnv> {
  const {
    now,
    projectId = 'local-project',
    keyId = 'local-key-id',
    keySecret = 'local-key-secret',
  } = options;
  const arrivals = openArrivals(options.onArrival ?? (() => {}));
  const faults = openFaults();
  const files = openLargeFiles();
  const webhooks = openWebhooks();
  const capabilities = openCapabilities(projectId, now);
  const put = (id: string | undefined, body: unknown) => {
    const webhook = webhooks.put(id, body);
    return typeof webhook === 'number' ? refusal(webhook) : Response.json(webhook);
  };
  const messages = openMessages(options.messages ?? [], options.dispatchApps ?? [], now);

  /** Answers with the next fault, or as usual. A `noted` request is listed in the arrivals. */
  const faulty =
    (kind: string, noted: boolean): MiddlewareHandler<SinchEnv> =>
    async (c, next) => {
      const text = noted ? await c.req.text() : '';
      const fault = faults.take(kind, noted);
      if (fault === 'lost') throw new Dropped('the connection broke before the request was read');
      if (fault === 'hang') await givenUp(c.req.raw.signal);
      else if (fault === undefined || fault === 'none') await next();
      else c.res = refusal(fault.status, [], fault.retryAfter);
      if (noted)
        arrivals.note(arrivalOf(kind, c, text, fault === 'none' ? 'none' : c.res.status, now()));
      if (fault === 'none') throw new Dropped('the connection broke before the answer was sent');
    };

  const authorized: MiddlewareHandler<SinchEnv> = async (c, next) => {
    const challenge = challengeOf(c.req.header('authorization') ?? null, now());
    if (challenge !== undefined) {
      const refused = refusal(401);
      refused.headers.set('www-authenticate', challenge);
      return refused;
    }
    if (c.req.param('project') !== projectId) return refusal(403);
    return next();
  };

  const conversation = openResources([...CONVERSATION], CONVERSATION_CALLS, now, {
    contacts: Object.entries(options.contacts ?? {}).map(([id, identities]) => ({
      id,
      channel_identities: identities,
    })),
    apps: Object.entries(options.apps ?? {}).map(([id, channels]) => ({
      id,
      channel_credentials: channels.map((channel) => ({ channel })),
    })),
    consents: Object.entries(options.consents ?? {}).map(([id, audit_records]) => ({
      id,
      audit_records,
    })),
  });
  const templates = openResources([...TEMPLATES], TEMPLATE_CALLS, now);
  const batches = openResources([], BATCH_CALLS, now);
  /** Answers a call from what is stored. The path behind the project names it. */
  const storedIn =
    (resources: Resources): Handler<SinchEnv> =>
    async (c) => {
      const [, path = ''] = /\/projects\/[^/]+\/(.*)$/.exec(c.req.path) ?? [];
      const body = parsed(await c.req.text());
      return resources.answer({ method: c.req.method, path: decodeURIComponent(path), body });
    };
  const stored = storedIn(conversation);

  const app = new Hono<SinchEnv>();
  for (const { kind, path, answer } of providers) {
    app.post(path, faulty(kind, true), async (c) =>
      answer(parsed(await c.req.text()), c.req.raw.headers),
    );
  }
  return (
    app
      .onError((error) => {
        throw error;
      })
      .post('/oauth2/token', faulty('oauth2/token', false), async (c) =>
        grantToken(
          c.req.header('authorization') ?? null,
          new TextDecoder().decode(await c.req.arrayBuffer()),
          { keyId, keySecret },
          now(),
        ),
      )
      .post(
        '/v1/projects/:project/:call{messages:send}',
        faulty('messages:send', true),
        authorized,
        async (c) => {
          const request = v.safeParse(SendRequest, parsed(await c.req.text()));
          if (!request.success) return badRequest(violationsOf(request.issues));
          const id = await messages.accept(request.output);
          c.set('messageId', id);
          return c.json({ message_id: id, accepted_time: new Date(now()).toISOString() });
        },
      )
      .post(
        '/v1/projects/:project/:call{capability:query}',
        faulty('capability:query', true),
        authorized,
        async (c) => {
          const query = v.safeParse(CapabilityQuery, parsed(await c.req.text()));
          if (!query.success) return badRequest(violationsOf(query.issues));
          const requestId = query.output.request_id ?? `local-request-${now()}`;
          const { contact_id: id, identified_by } = query.output.recipient;
          const addresses = identified_by?.channel_identities ?? options.contacts?.[id ?? ''] ?? [];
          for (const callback of capabilities.answer(query.output, requestId, addresses))
            options.callBack?.(callback);
          return c.json({ ...query.output, request_id: requestId });
        },
      )
      .post(
        '/v1/projects/:project/:call{events:send}',
        faulty('events:send', true),
        authorized,
        async (c) => {
          const request = v.safeParse(SendEventRequest, parsed(await c.req.text()));
          if (!request.success) return badRequest(violationsOf(request.issues));
          const accepted = new Date(now()).toISOString();
          return c.json({ event_id: `local-event-${now()}`, accepted_time: accepted });
        },
      )
      .get('/v1/projects/:project/contacts/:id', faulty('contacts:get', false), authorized, stored)
      .get('/v1/projects/:project/messages', faulty('messages:list', false), authorized, (c) =>
        c.json({ messages: messages.list(new URL(c.req.url).searchParams), next_page_token: '' }),
      )
      .get('/v1/projects/:project/messages/:id', faulty('messages:get', false), authorized, (c) => {
        const found = messages.get(c.req.param('id'), new URL(c.req.url).searchParams);
        return found ? c.json(found) : refusal(404);
      })
      .post('/inbox/alerts/*', faulty('alert', true), (c) => c.json({ ok: true }))
      .post('/inbox/forwards/*', faulty('forward', true), (c) => c.json({ ok: true }))
      .get(
        '/files/:name{.+}',
        faulty('files', false),
        (c) =>
          files.answer(c.req.param('name'), c.req.raw.headers) ??
          fileAnswer(c.req.param('name'), c.req.query('bytes')),
      )
      .put('/files/:name{.+}', async (c) => {
        const order = v.safeParse(FileOrder, parsed(await c.req.text()));
        if (!order.success) return badRequest(violationsOf(order.issues));
        files.put(c.req.param('name'), order.output);
        return c.body(null, 204);
      })
      .get('/files', (c) => c.json({ asked: files.asked() }))
      .get('/v1/projects/:project/apps/:app/webhooks', authorized, (c) =>
        c.json({ webhooks: webhooks.list(c.req.param('app')) }),
      )
      .post('/v1/projects/:project/webhooks', authorized, async (c) =>
        put(undefined, parsed(await c.req.text())),
      )
      .patch('/v1/projects/:project/webhooks/:id', authorized, async (c) =>
        put(c.req.param('id'), parsed(await c.req.text())),
      )
      .all('/v1/projects/:project/*', authorized, stored)
      // The APIs on hosts of their own.
      .post(
        '/batch/v1/projects/:project/messages',
        faulty('batch', true),
        authorized,
        storedIn(batches),
      )
      .all('/batch/v1/projects/:project/*', authorized, storedIn(batches))
      .all('/template/:version{v1|v2}/projects/:project/*', authorized, storedIn(templates))
      .get('/arrivals', (c) => c.json({ arrivals: arrivals.all() }))
      .delete('/arrivals', (c) => {
        arrivals.clear();
        return c.body(null, 204);
      })
      .put('/capabilities', async (c) => {
        const order = v.safeParse(CapabilityOrder, parsed(await c.req.text()));
        if (!order.success) return badRequest(violationsOf(order.issues));
        capabilities.put(order.output);
        return c.body(null, 204);
      })
      .post('/faults', async (c) => {
        const order = v.safeParse(FaultOrder, parsed(await c.req.text()));
        if (!order.success) return badRequest(violationsOf(order.issues));
        faults.order(order.output);
        return c.body(null, 204);
      })
      .delete('/faults', (c) => {
        faults.clear();
        return c.body(null, 204);
      })
      .notFound(() => refusal(404))
  );
}

/** Resolves when the client disconnects. */
const givenUp = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason));
  });

function arrivalOf(
  kind: string,
  c: Context<SinchEnv>,
  text: string,
  answer: Arrival['answer'],
  at: number,
): Arrival {
  const messageId = c.get('messageId');
  const headers = signingHeaders(c.req.raw.headers);
  return {
    at: new Date(at).toISOString(),
    kind,
    path: c.req.path,
    body: parsed(text) ?? text,
    answer,
    ...(messageId ? { message_id: messageId } : {}),
    ...(headers ? { headers } : {}),
  };
}

/** Returns the parsed JSON, or undefined if the text is not JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
