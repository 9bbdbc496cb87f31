import type { Called } from './drive.ts';
import type { House, Reached } from './house.ts';
import type { Ask, Operation, Send } from './load/operations.ts';
import { PROJECT } from './load/people.ts';

/** How long a sending system waits for an answer, in milliseconds: more than a request may take. */
const PATIENCE = 70_000;
/** How often it repeats a request that has no definite answer, and how long it waits before, in milliseconds. */
const TRIES = 40;
const FIRST = 2_000;
const LONGEST = 60_000;

/** The text of the message of an operation. */
export const textBy = (name: string): string => `Sent by ${name}`;

/** A header of this client's own, which the gateway passes on: retries of the product do not have it. */
const SENT_BY = 'x-sent-by';

/** The operation whose request reached Sinch through the gateway; `undefined`: it came another way. */
export const sentBy = ({ headers }: Pick<Reached, 'headers'>): string | undefined =>
  headers.get(SENT_BY) ?? undefined;

/** A system that sends through the gateway and asks whom it reaches. It repeats what has no definite answer, as it should. */
export function openSendingSystem(
  { world, request, api }: House,
  called: Called[],
): {
  readonly send: (operation: Operation & Send) => void;
  readonly ask: (operation: Operation & Ask) => Promise<void>;
} {
  const note = (
    operation: Operation,
    sentAt: number,
    answer: Awaited<ReturnType<House['api']>>,
  ): void => {
    const answeredAt = answer ? world.now() : undefined;
    world.log('call', { name: operation.name, status: answer?.status ?? 'none' });
    called.push({ operation, sentAt, answeredAt, status: answer?.status, body: answer?.body });
  };

  async function attempt(operation: Operation & Send, token: string, tries: number): Promise<void> {
    const { name, app, channel, identity, content, wait } = operation;
    const sentAt = world.now();
    const answer = await request(
      {
        url: `/send/v1/projects/${PROJECT}/messages:send`,
        method: 'POST',
        headers: {
          ...{ authorization: `Bearer ${token}`, 'content-type': 'application/json' },
          'idempotency-key': `key-of-${name}`,
          [SENT_BY]: name,
          ...(wait > 0 ? { prefer: `wait=${wait}` } : {}),
        },
        body: JSON.stringify({
          app_id: app.id,
          recipient: { identified_by: { channel_identities: [{ channel, identity }] } },
          message: { text_message: { text: textBy(name) } },
          message_metadata: `meta-${name}`,
          message_content_type: `CONTENT_${content.toUpperCase()}`,
        }),
      },
      PATIENCE,
    );
    note(operation, sentAt, answer);
    if (isDefinite(answer?.status) || tries >= TRIES) return;
    const delay = Math.min(FIRST * 2 ** tries, LONGEST);
    world.at(world.now() + delay, world.outside, () => void attempt(operation, token, tries + 1));
  }

  return {
    send(operation) {
      const until = Math.floor(world.now()) + (operation.token === 'expired' ? -60_000 : 3_599_000);
      const token = operation.token === 'forged' ? 'made-up' : `local-token-${until}`;
      for (let count = 0; count < operation.atOnce; count++) void attempt(operation, token, 0);
    },
    async ask(operation) {
      const { app, content, addresses } = operation;
      const named = addresses.map(([channel, identity]) => ({ channel, identity }));
      const sentAt = world.now();
      const answer =
        operation.kind === 'check'
          ? await api('POST', '/v1/capability-checks', {
              recipients: named.map((one) => ({ ...one, app_id: app.id })),
            })
          : await api('POST', '/v1/channels', {
              recipients: [{ addresses: named, app_id: app.id, content }],
            });
      note(operation, sentAt, answer);
    },
  };
}

/** Whether a status says that a message was sent, or never will be; 502 and 504: nobody knows, and it must not be sent again. */
export const isDefinite = (status: number | undefined): boolean =>
  status !== undefined &&
  (status < 500 ? status !== 409 && status !== 429 : status === 502 || status === 504);
