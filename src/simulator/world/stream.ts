import type { World } from './scheduler.ts';

/** A body that arrives in parts, each a step of the owner that reads it: it can die in between. */
export function streamOf(world: World, body: string | Uint8Array): ReadableStream<Uint8Array> {
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  const middle = Math.ceil(bytes.length / 2);
  const parts = [bytes.subarray(0, middle), bytes.subarray(middle)].filter(
    ({ length }) => length > 0,
  );
  return new ReadableStream({
    async pull(controller) {
      const part = parts.shift();
      if (!part) return controller.close();
      await world.ask<void>((answer) => answer(() => undefined), 2);
      controller.enqueue(part);
    },
  });
}
