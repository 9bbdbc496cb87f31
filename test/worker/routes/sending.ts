import type { Box } from '../box.ts';
import { APP, PERSON } from '../sample.ts';

/** Where a project's messages are sent. */
export const URL_OF = (project: string) => `/send/v1/projects/${project}/messages:send`;
/** As the local Sinch gives them out. */
export const token = (valid = true) =>
  `Bearer local-token-${Date.now() + (valid ? 3_600_000 : -1)}`;

/** A message to somebody. */
export const request = (more: object = {}, identity = PERSON, channel = 'SMS') => ({
  app_id: APP,
  recipient: { identified_by: { channel_identities: [{ channel, identity }] } },
  message: { text_message: { text: 'Your parcel comes at noon.' } },
  ...more,
});
/** Sends it through the gateway. */
export const send = (
  box: Box,
  body: object | string,
  headers: Record<string, string> = {},
  path = URL_OF('test-project'),
) =>
  box.ask(path, {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    headers: { authorization: token(), 'content-type': 'application/json', ...headers },
  });
/** What reached Sinch. */
export const sent = (box: Box) => box.arrivals('messages:send');
