import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { signCallback } from '../../src/callbacks/signature.ts';
import type { Timed } from './counts.ts';

const SECOND = 1_000;
const samples = join(import.meta.dirname, '..', '..', 'src', 'samples', 'callbacks');

/** A kind of callback of the mix. */
export interface Kind {
  readonly name: string;
  readonly sample: string;
  /** How many come of 1,000 sends. */
  readonly of1000: number;
  /** How long after its send it happens, in milliseconds. */
  readonly after: number;
}

/** What 1,000 sends bring. READ comes long after the rest, when the objects have put the message away. */
export const MIX: readonly Kind[] = [
  { name: 'SUBMIT', sample: 'message-submit', of1000: 1_000, after: 0 },
  { name: 'QUEUED', sample: 'delivery-queued', of1000: 1_000, after: SECOND },
  { name: 'DELIVERED', sample: 'delivery-delivered', of1000: 950, after: 5 * SECOND },
  { name: 'READ', sample: 'delivery-read', of1000: 600, after: 30 * 60 * SECOND },
  { name: 'FAILED', sample: 'delivery-failed-transient', of1000: 30, after: 5 * SECOND },
  { name: 'inbound', sample: 'message-inbound', of1000: 20, after: 60 * SECOND },
  { name: 'STOP', sample: 'stop', of1000: 1, after: 60 * SECOND },
];

/** How many callbacks a send brings. */
export const PER_SEND = MIX.reduce((sum, { of1000 }) => sum + of1000, 0) / 1_000;

/** Reads the samples of the mix, by name. */
export async function readSamples(): Promise<ReadonlyMap<string, string>> {
  const bodies = new Map<string, string>();
  for (const { sample } of MIX)
    bodies.set(sample, await readFile(join(samples, `${sample}.json`), 'utf8'));
  return bodies;
}

/** Whether the `send`-th send brings a callback that `of1000` of 1,000 sends bring: evenly spread. */
const brings = (send: number, of1000: number): boolean =>
  Math.floor(((send + 1) * of1000) / 1_000) > Math.floor((send * of1000) / 1_000);

/**
 * Returns the callbacks of sends that follow one another evenly, each to another person, signed, in the order of their times.
 * @param perSecond callbacks a second
 */
export async function timeline(
  sends: number,
  perSecond: number,
  start: number,
  secret: string,
): Promise<readonly Timed[]> {
  const bodies = await readSamples();
  const apart = (1_000 * PER_SEND) / perSecond;
  const found: Timed[] = [];
  for (let send = 0; send < sends; send++)
    for (const kind of MIX) {
      if (!brings(send, kind.of1000)) continue;
      // A message that failed was not delivered.
      if (kind.name === 'DELIVERED' && brings(send, 30)) continue;
      const at = Math.floor(start + send * apart + kind.after);
      const body = bodyOf(bodies.get(kind.sample) ?? '', send, at);
      const headers = await signCallback(new TextEncoder().encode(body), secret, {
        nonce: `${kind.name}-${send}`,
        timestamp: Math.floor(at / 1_000),
      });
      found.push({
        ...{ at, kind: kind.name, body },
        headers: { ...headers, 'content-type': 'application/json' },
      });
    }
  return found.toSorted((a, b) => a.at - b.at);
}

/** Returns a sample as it comes for a send: message, person and times are its own. */
export function bodyOf(text: string, send: number, at: number): string {
  const body: Record<string, unknown> = JSON.parse(text);
  const message = `01JBENCH${String(send).padStart(18, '0')}`;
  const person = String(46_700_000_000 + send);
  const own = (value: unknown, key: string): unknown => {
    if (key === 'message_id') return message;
    if (key === 'id') return message.replace('01J', '01K');
    if (key === 'identity') return person;
    if (key === 'contact_id') return '';
    if (key === 'channel') return 'SMS';
    return value;
  };
  const time = new Date(at).toISOString();
  const all = { ...body, accepted_time: time, event_time: time };
  return JSON.stringify(all, (key, value: unknown) => own(value, key));
}
