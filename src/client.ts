import type { Hono } from 'hono';
import { hc } from 'hono/client';
import type * as v from 'valibot';
import type { AnyOperation } from './api/index.ts';

type Input<E extends v.ObjectEntries> = v.InferInput<v.StrictObjectSchema<E, undefined>>;
type ParamInput<O> = O extends { readonly params: infer P extends v.ObjectEntries }
  ? { param: Input<P> }
  : object;
type QueryInput<O> = O extends { readonly query: infer Q extends v.ObjectEntries }
  ? object extends Input<Q>
    ? { query?: Input<Q> }
    : { query: Input<Q> }
  : object;
type Json = v.GenericSchema<unknown, unknown>;
type JsonBody<O> = O extends { readonly body: infer B extends Json }
  ? { json: v.InferInput<B> }
  : object;
type Success<R> = R extends { readonly 200: infer S }
  ? S
  : R extends { readonly 201: infer S }
    ? S
    : R extends { readonly 202: infer S }
      ? S
      : never;

/** One operation in the form of Hono's client. A type, because the client asks for an index signature that an interface lacks. */
type Endpoint<O extends AnyOperation> = {
  input: ParamInput<O> & QueryInput<O> & JsonBody<O>;
  output: Success<O['responses']> extends { readonly content: infer C extends Json }
    ? v.InferOutput<C>
    : unknown;
  outputFormat: 'json';
  status: 200;
};

/** The operations of the API as the routes of a Hono app: the client takes its types from their schemas. */
type Api = {
  [Path in AnyOperation['path']]: {
    [O in Extract<AnyOperation, { path: Path }> as `$${O['method']}`]: Endpoint<O>;
  };
};
type App = Hono<object, Api>;

/** The options of the client. */
export interface SignalboxOptions {
  /** `API_TOKEN`, or a token of `API_TOKENS` with the roles that the calls need. */
  readonly token: string;
  /** Another `fetch`: a service binding's, one with a timeout, one for tests. */
  readonly fetch?: typeof fetch;
}

/**
 * Returns a typed client of the Signalbox API. Paths, parameters, bodies and responses have the types of the operations.
 *
 * @example
 * const box = signalbox('https://signalbox.example.workers.dev', { token });
 * const answer = await box.v1['may-send'].$post({ query: {}, json: { recipients: [{ channel: 'SMS', identity, app_id, content: 'marketing' }] } });
 * if (answer.ok) console.log((await answer.json()).results);
 */
export const signalbox = (url: string, { token, fetch }: SignalboxOptions) =>
  encoding(
    hc<App>(url, { headers: { authorization: `Bearer ${token}` }, ...(fetch && { fetch }) }),
  );

/** The path parameters of a call. */
interface Named {
  readonly param?: Readonly<Record<string, string>>;
}

/** Encodes path parameters: Hono inserts them unchanged, and an identity may contain "/", "?" or "%". */
function encoding<T extends object>(client: T): T {
  return new Proxy(client, {
    get: (inner, name) => {
      const part: unknown = Reflect.get(inner, name);
      return typeof part === 'function' ? encoding(part) : part;
    },
    // Each part of Hono’s client is a function whose first argument is the request, the second the options.
    apply: (call, self, [said, ...options]: [Named?, ...unknown[]]) => {
      const param = Object.entries(said?.param ?? {}).map(([name, value]) => [
        name,
        encodeURIComponent(value),
      ]);
      return Reflect.apply(call as () => unknown, self, [
        { ...said, ...(said?.param && { param: Object.fromEntries(param) }) },
        ...options,
      ]);
    },
  });
}
