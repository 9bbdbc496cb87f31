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
  hc<App>(url, { headers: { authorization: `Bearer ${token}` }, ...(fetch && { fetch }) });
