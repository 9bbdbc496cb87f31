import { hc } from 'hono/client';
import type { App } from './app.ts';

/** How to reach a Signalbox. */
export interface SignalboxOptions {
  /** `API_TOKEN`, or a token of `API_TOKENS` with the roles that the calls need. */
  readonly token: string;
  /** Another `fetch`: a service binding's, one with a timeout, one for tests. */
  readonly fetch?: typeof fetch;
}

/**
 * A typed client of Signalbox's API: paths, parameters, bodies and answers are those of the routes themselves.
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

/** What a call names in its path. */
interface Named {
  readonly param?: Readonly<Record<string, string>>;
}

/** Hono writes parameters into a path as they are, and an identity may hold a "/", a "?" or a "%". */
function encoding<T extends object>(client: T): T {
  return new Proxy(client, {
    get: (inner, name) => {
      const part: unknown = Reflect.get(inner, name);
      return typeof part === 'function' ? encoding(part) : part;
    },
    // Each part of Hono’s client is a function, and each call takes what it says, then options.
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
