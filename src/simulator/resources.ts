import { refusal } from './refusal.ts';

type Resource = Readonly<Record<string, unknown>> & { readonly id: string };
type Store = Map<string, Resource>;

/** One call, with the part of its path behind the project. */
export interface ResourceCall {
  readonly method: string;
  readonly path: string;
  /** The parsed body; undefined where there is none. */
  readonly body: unknown;
}

/** A part of Sinch's API that stores what it is given. */
export interface Resources {
  readonly answer: (call: ResourceCall) => Response;
}

/** A call that is more than create, read, update, delete: `POST contacts/{id}:merge`. */
interface CustomCall {
  readonly method: string;
  readonly path: RegExp;
  readonly answer: (
    stores: Stores,
    id: string,
    body: Readonly<Record<string, unknown>>,
    part: string,
  ) => unknown;
}

interface Stores {
  readonly of: (collection: string) => Store;
  readonly newId: () => string;
  readonly time: () => string;
}

/** Collections of the Conversation API. Source: Sinch specification, Conversation API. */
export const CONVERSATION = ['contacts', 'conversations', 'apps', 'events', 'settings'] as const;

/** Its calls beside those on collections. `undefined` is a 404. */
export const CONVERSATION_CALLS: readonly CustomCall[] = [
  {
    method: 'POST',
    path: /^contacts:getChannelProfile$/,
    answer: () => ({ profile_name: 'Local profile' }),
  },
  { method: 'GET', path: /^contacts:identityConflicts$/, answer: () => ({ conflicts: [] }) },
  {
    method: 'POST',
    path: /^contacts\/([^/]+):merge$/,
    answer({ of }, id, { source_id: gone }) {
      const kept = of('contacts').get(id);
      if (kept && typeof gone === 'string') of('contacts').delete(gone);
      return kept;
    },
  },
  { method: 'GET', path: /^conversations:recent$/, answer: () => ({ conversations: [] }) },
  {
    method: 'POST',
    path: /^conversations\/([^/]+):(?:stop|inject-message)$/,
    answer: ({ of }, id) => of('conversations').has(id) && {},
  },
  {
    method: 'POST',
    path: /^conversations\/([^/]+):inject-event$/,
    answer: ({ of, newId, time }, id) =>
      of('conversations').has(id) && { event_id: newId(), accepted_time: time() },
  },
  {
    method: 'POST',
    path: /^messages:transcode$/,
    answer: (_, __, { channels }) => ({
      transcoded_message: Object.fromEntries(
        (Array.isArray(channels) ? channels : []).map((channel) => [String(channel), '{}']),
      ),
    }),
  },
  {
    method: 'POST',
    path: /^messages:fetch-last-message$/,
    answer: () => ({ messages: [], next_page_token: '' }),
  },
  {
    method: 'GET',
    path: /^apps\/([^/]+)\/consents\/identities\/([^/]+)$/,
    answer: ({ of }, _, __, identity) => ({
      identity: { identity },
      audit_records: of('consents').get(identity)?.audit_records ?? [],
    }),
  },
  {
    method: 'GET',
    path: /^apps\/([^/]+)\/consents\/[^/]+$/,
    answer: () => ({ identities: [], next_page_token: '' }),
  },
];

/** Collections and calls of the Template Management API, V1 and V2. */
export const TEMPLATES = ['templates'] as const;
export const TEMPLATE_CALLS: readonly CustomCall[] = [
  {
    method: 'GET',
    path: /^templates\/([^/]+)\/translations$/,
    answer: ({ of }, id) => of('templates').has(id) && { translations: [] },
  },
];

/** Calls of the Batch API. A batch is accepted and nothing is delivered. Source: Sinch specification, Batch API. */
export const BATCH_CALLS: readonly CustomCall[] = [
  {
    method: 'POST',
    path: /^messages$/,
    answer({ of, newId }, _, body) {
      const id = newId();
      of('batches').set(id, { ...body, id });
      return { batch_id: id };
    },
  },
  { method: 'DELETE', path: /^messages$/, answer: () => ({}) },
  {
    method: 'GET',
    path: /^messages\/([^/]+)$/,
    answer: ({ of }, id) => of('batches').has(id) && { batch_id: id, status: 'PROCESSED' },
  },
];

/**
 * Opens resources that are stored in memory: each collection can be listed and takes new entries; an entry can be read,
 * changed and deleted.
 */
export function openResources(
  collections: readonly string[],
  calls: readonly CustomCall[],
  now: () => number,
  known: Readonly<Record<string, readonly Resource[]>> = {},
): Resources {
  const stored = new Map<string, Store>(
    Object.entries(known).map(([name, list]) => [name, new Map(list.map((one) => [one.id, one]))]),
  );
  let made = 0;
  const stores: Stores = {
    of(collection) {
      const store = stored.get(collection) ?? new Map();
      stored.set(collection, store);
      return store;
    },
    newId: () => `local-${now()}-${++made}`,
    time: () => new Date(now()).toISOString(),
  };
  return {
    answer({ method, path, body }) {
      const fields: Readonly<Record<string, unknown>> = Object(body);
      for (const call of calls) {
        const found = call.method === method && call.path.exec(path);
        if (!found) continue;
        const answer = call.answer(stores, found[1] ?? '', fields, found[2] ?? '');
        return answer ? Response.json(answer) : refusal(404);
      }
      const [collection = '', id, ...more] = path.split('/');
      if (!collections.includes(collection) || more.length > 0) return refusal(404);
      const store = stores.of(collection);
      return id === undefined
        ? answerCollection(method, collection, store, { ...fields, id: stores.newId() })
        : answerEntry(method, store, store.get(id), fields);
    },
  };
}

function answerCollection(method: string, name: string, store: Store, made: Resource): Response {
  if (method === 'GET') return Response.json({ [name]: [...store.values()], next_page_token: '' });
  if (method !== 'POST') return refusal(404);
  store.set(made.id, made);
  return Response.json(made);
}

function answerEntry(
  method: string,
  store: Store,
  entry: Resource | undefined,
  fields: Readonly<Record<string, unknown>>,
): Response {
  if (!entry) return refusal(404);
  if (method === 'GET') return Response.json(entry);
  if (method === 'DELETE') {
    store.delete(entry.id);
    return Response.json({});
  }
  if (method !== 'PATCH' && method !== 'PUT') return refusal(404);
  const changed = { ...entry, ...fields, id: entry.id };
  store.set(entry.id, changed);
  return Response.json(changed);
}
