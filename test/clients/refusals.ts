import { identified, type sending } from './calls.ts';
import type { RunningWorker } from './running-worker.ts';

/** A person who refuses all messages. */
export const STOPPED = '12025550143';
const because = { actor: 'ada', reason: 'a test' };

/** A refusal: what leads to it, the message, and the status and code of the answer. */
export interface Refusal {
  readonly name: string;
  readonly status: number;
  readonly code?: string;
  readonly before?: () => Promise<unknown>;
  readonly message?: Parameters<typeof sending>[0];
}

/** Returns the refusals of a running Worker, and what leads to them. */
export function refusalsOf(worker: () => RunningWorker) {
  const api = (path: string, method: string, body?: object) =>
    fetch(`${worker().url}${path}`, {
      method,
      headers: { authorization: `Bearer ${worker().apiToken}` },
      ...(body && { body: JSON.stringify(body) }),
    });
  const fault = (kind: string, answer: unknown) =>
    fetch(`${worker().sinchUrl}/faults`, {
      method: 'POST',
      body: JSON.stringify({ kind, answers: [answer] }),
    });
  const limit = (app: string, to: string) =>
    api(`/v1/senders/${app}/SMS/throttle`, 'PUT', {
      to,
      for: '3h',
      content: 'marketing',
      ...because,
    });

  const refuseStopped = () => api(`/v1/recipients/SMS/${STOPPED}`, 'PUT', because);
  const refusals: readonly Refusal[] = [
    {
      name: 'consent forbids it',
      status: 403,
      code: 'consent_forbids',
      before: refuseStopped,
      message: { recipient: identified(STOPPED) },
    },
    {
      name: 'the sender is stopped',
      status: 403,
      code: 'sender_stopped',
      before: () => limit('01JSTOPPED', '0'),
      message: { app_id: '01JSTOPPED' },
    },
    {
      name: 'the sender is limited',
      status: 429,
      code: 'throttled',
      before: async () => {
        await limit('01JSLOW', '1/hour');
        const permits = { app_id: '01JSLOW', channel: 'SMS', content: 'marketing', count: 1 };
        await api('/v1/permits', 'POST', permits);
      },
      message: { app_id: '01JSLOW' },
    },
    {
      name: 'the recipient cannot be read',
      status: 400,
      code: 'bad_request',
      message: { recipient: identified('(202) 555-0144') },
    },
    {
      name: 'the contact is unknown',
      status: 400,
      code: 'bad_request',
      message: { recipient: { contact_id: '01JNOBODY' } },
    },
    {
      name: 'Sinch gives no answer',
      status: 504,
      code: 'send_unsure',
      before: () => fault('messages:send', 'none'),
    },
    {
      name: 'Sinch refuses the message',
      status: 400,
      before: () => fault('messages:send', 400),
    },
    { name: 'Sinch fails', status: 500, before: () => fault('messages:send', 500) },
  ];

  return { refuseStopped, refusals };
}
