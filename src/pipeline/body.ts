import type { Callback } from '../callbacks/callback.ts';
import type { Body } from '../work/effect.ts';
import type { Services } from '../work/services.ts';
import { weightOf } from './message-size.ts';

/**
 * The callback's body for queue messages: in the message while `copies` of it stay below `inline`
 * bytes of JSON, else once in R2.
 *
 * @storage R2 bodies/ | large callbacks (from 40 KB of JSON, less where the body travels several
 *   times) and long address lists of a contact, on their way through a queue | `POST /callbacks` |
 *   queues | 14 days, longer while held work or a dead letter needs it; an address list until its
 *   action is done
 */
export function bodyOf(
  callback: Callback,
  copies: number,
  inline: number,
  { bodies }: Pick<Services, 'bodies'>,
): () => Promise<Body> {
  let made: Promise<Body> | undefined;
  return () => {
    made ??= make();
    return made;
  };
  async function make(): Promise<Body> {
    if (weightOf(callback.raw) * Math.max(copies, 1) <= inline) return { text: callback.raw };
    const key = `bodies/${callback.id}`;
    await bodies.keep(key, callback.raw);
    return { key };
  }
}
