import { createHmac } from 'node:crypto';
import type { World } from '../world/scheduler.ts';
import type { Answered, Isolates, Outgoing } from './isolates.ts';

/** A callback on its way from Sinch to the Worker, and what became of it. */
export interface Sent {
  readonly name: string;
  readonly body: string;
  /** Answers that the Worker gave, whether or not they arrived: true times in milliseconds. */
  readonly answers: { readonly sentAt: number; readonly at: number; readonly answer: Answered }[];
  /** When it was posted first. */
  firstAt: number | undefined;
  /** How it ended: a 2xx, a refusal that Sinch never retries, or not yet. */
  state: 'waits' | 'taken' | 'refused';
}

/**
 * Sinch's side of callbacks: signs, posts, retries 5xx, 429 and silence, and sometimes delivers
 * again.
 */
export interface Webhooks {
  readonly send: (name: string, body: string) => Sent;
  readonly all: () => readonly Sent[];
  readonly waiting: () => number;
}

const PATIENCE = 20_000;
const LONGEST = 120_000;

/** Opens the webhooks of a project. `secret` signs them, `url` is where the Worker is. */
export function openWebhooks(
  world: World,
  isolates: Isolates,
  { url, secret }: { readonly url: string; readonly secret: string },
): Webhooks {
  const all: Sent[] = [];
  const random = world.random.fork('webhooks');

  async function post(sent: Sent, attempt: number): Promise<void> {
    const sentAt = world.now();
    sent.firstAt ??= sentAt;
    if (world.faults.hit('network')) return later(sent, attempt);
    const answer = await isolates.request(requestOf(sent.body), PATIENCE);
    if (answer) sent.answers.push({ sentAt, at: world.now(), answer });
    world.log('callback answered', { name: sent.name, status: answer?.status ?? 'none' });
    if (!answer || world.faults.hit('network')) return later(sent, attempt);
    if (answer.status >= 500 || answer.status === 429) return later(sent, attempt);
    sent.state = answer.status < 300 ? 'taken' : 'refused';
    if (sent.state === 'taken' && world.faults.hit('sinch.redeliver'))
      world.at(
        world.now() + random.between(0, 180_000),
        world.outside,
        () => void post(sent, attempt),
      );
  }

  function later(sent: Sent, attempt: number): void {
    const delay = Math.min(1_000 * 2 ** attempt, LONGEST) * random.between(0.7, 1.3);
    world.at(world.now() + delay, world.outside, () => void post(sent, attempt + 1));
  }

  const requestOf = (body: string): Outgoing => {
    const nonce = `n${random.int(1e9)}`;
    const timestamp = String(Math.floor(world.now() / 1_000));
    const signature = createHmac('sha256', secret)
      .update(`${body}.${nonce}.${timestamp}`)
      .digest('base64');
    return {
      url: `${url}/callbacks`,
      method: 'POST',
      body,
      headers: {
        'content-type': 'application/json',
        'x-sinch-webhook-signature': signature,
        'x-sinch-webhook-signature-nonce': nonce,
        'x-sinch-webhook-signature-timestamp': timestamp,
        'x-sinch-webhook-signature-algorithm': 'HmacSHA256',
      },
    };
  };

  return {
    all: () => all,
    waiting: () => all.filter(({ state }) => state === 'waits').length,
    send(name, body) {
      const sent: Sent = { name, body, answers: [], firstAt: undefined, state: 'waits' };
      all.push(sent);
      void post(sent, 0);
      return sent;
    },
  };
}
