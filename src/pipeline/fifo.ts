import type { Effect } from '../work/effect.ts';
import type { Services } from '../work/services.ts';

type Queued = Pick<Effect, 'key' | 'fifo'>;
type Reach = Pick<Services, 'objects' | 'now'>;

/** An effect that waits for `later` seconds in the message that it has: no new one waits in its place. */
export interface OwnWait {
  readonly later: number;
  readonly reason: string;
  readonly itself: true;
}

/**
 * Draws the place of an effect among those with the same ordering key. It is drawn before the callback is acknowledged, so that
 * places follow the order of arrival. The ordering key is hashed: it may contain an address.
 */
export async function drawPlace(
  orderingKey: string,
  { key }: Pick<Effect, 'key'>,
  { objects, dataKey, now }: Pick<Services, 'objects' | 'dataKey' | 'now'>,
): Promise<NonNullable<Effect['fifo']>> {
  const name = dataKey.hash(orderingKey);
  return { name, place: await objects.fifo.join(name, key, now()) };
}

/** How long an effect must wait for those before it; `undefined` when it is its turn. */
export async function waitForTurn(
  { key, fifo }: Queued,
  { objects, now }: Reach,
): Promise<OwnWait | undefined> {
  if (!fifo) return undefined;
  const { ahead, wait } = await objects.fifo.turn(fifo.name, key, now());
  if (ahead === 0) return undefined;
  return {
    later: wait / 1000,
    reason: `${ahead} before it ${ahead === 1 ? 'has' : 'have'} the same ordering key`,
    itself: true,
  };
}

/** Keeps the place of an effect that returns in some seconds; `Infinity`: when it is released. */
export async function keepPlace(
  { key, fifo }: Queued,
  seconds: number,
  { objects, now }: Reach,
): Promise<void> {
  if (fifo) await objects.fifo.setDue(fifo.name, key, now() + seconds * 1000);
}

/** Gives up the place of an effect that was delivered or never will be, so that the next one can go. */
export async function leaveFifo(
  { key, fifo }: Queued,
  { objects }: Pick<Services, 'objects'>,
): Promise<void> {
  if (fifo) await objects.fifo.leave(fifo.name, key);
}

/**
 * Returns a function that runs the effects of a batch with the same ordering key one after another, so that they need not return to
 * the queue for their turn. They must be started by ascending place.
 */
export function openTurns(): <T>(effect: Queued, run: () => Promise<T>) => Promise<T> {
  const last = new Map<string, Promise<unknown>>();
  return ({ fifo }, run) => {
    if (!fifo) return run();
    const turn = (last.get(fifo.name) ?? Promise.resolve()).then(run);
    last.set(
      fifo.name,
      turn.catch(() => {}),
    );
    return turn;
  };
}
