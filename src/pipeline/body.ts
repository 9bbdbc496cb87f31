import type { Callback } from '../callbacks/callback.ts';
import type { Body } from '../work/effect.ts';
import type { Services } from '../work/services.ts';
import { jsonSize } from './message-size.ts';

/** The callback's body for queue messages: in the message while `copies` of it stay below `inline` bytes of JSON, else once in R2. */
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
    if (jsonSize(callback.raw) * Math.max(copies, 1) <= inline) return { text: callback.raw };
    const key = `bodies/${callback.id}`;
    await bodies.keep(key, callback.raw);
    return { key };
  }
}
