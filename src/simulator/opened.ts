import type { Arrival } from './arrivals.ts';
import type { StoredMessage } from './messages.ts';
import { createSinch, type SinchOptions } from './sinch.ts';

export const NOW = Date.parse('2026-11-01T12:00:00Z');
export const BASIC = `Basic ${btoa('local-key-id:local-key-secret')}`;
export const PROJECT = '/v1/projects/local-project';

/** The response of `messages:send`. */
export interface Sent {
  message_id: string;
}

/** The response of `GET /messages`. */
export interface List {
  messages: StoredMessage[];
}

/** A message to be sent. */
export const greeting = {
  app_id: 'app-1',
  recipient: {
    identified_by: { channel_identities: [{ channel: 'SMS', identity: '46732001122' }] },
  },
  message: { text_message: { text: 'Your code is 4711' } },
  message_metadata: '{"order":1}',
};

/** A message that was sent before. */
export const earlier: StoredMessage = {
  id: 'message-0',
  app_id: 'app-1',
  direction: 'TO_CONTACT',
  app_message: { text_message: { text: 'Earlier' } },
  channel_identity: { channel: 'SMS', identity: '46732001122', app_id: '' },
  contact_id: 'contact-1',
  conversation_id: 'conversation-1',
  metadata: '',
  accept_time: '2026-11-01T11:00:00.000Z',
  sender_id: '',
  processing_mode: 'CONVERSATION',
  injected: false,
};

/** Opens a local Sinch for tests, with a clock that the test sets and short calls. */
export async function open(options: Partial<SinchOptions> = {}) {
  const clock = { now: NOW };
  const told: Arrival[] = [];
  const sinch = createSinch({
    now: () => clock.now,
    onArrival: (arrival) => told.push(arrival),
    ...options,
  });
  const token = async (authorization = BASIC, body = 'grant_type=client_credentials') =>
    sinch.request('/oauth2/token', { method: 'POST', headers: { authorization }, body });
  const { access_token } = await (await token()).json<{ access_token: string }>();
  const headers = { authorization: `Bearer ${access_token}` };
  const post = (path: string, body: unknown, extra: Record<string, string> = headers) =>
    sinch.request(path, {
      method: 'POST',
      headers: extra,
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  return {
    clock,
    told,
    token,
    post,
    sinch,
    get: (path: string, extra: Record<string, string> = headers) =>
      sinch.request(path, { headers: extra }),
    send: (body: unknown = greeting) => post(`${PROJECT}/messages:send`, body),
    fail: (body: unknown) => post('/faults', body),
    arrivals: async (): Promise<Arrival[]> =>
      (await (await sinch.request('/arrivals')).json<{ arrivals: Arrival[] }>()).arrivals,
  };
}
