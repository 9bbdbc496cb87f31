import type { Action } from '../actions/action.ts';
import type { Effect, Outcome } from '../work/effect.ts';
import type { Services } from '../work/services.ts';

type Lined = Pick<Effect, 'key' | 'line'>;
type Reach = Pick<Services, 'objects' | 'now'>;

/**
 * Draws an effect's place, where its action wants order. It is drawn before the callback is acknowledged: places stand in the
 * order in which callbacks were taken. The line is named by a hash, since what orders it may be an address.
 */
export async function placeFor(
  action: Action,
  { key, params }: Pick<Effect, 'key' | 'params'>,
  { objects, dataKey, now }: Pick<Services, 'objects' | 'dataKey' | 'now'>,
): Promise<Pick<Effect, 'line'>> {
  const named = action.line?.(params);
  if (named === undefined) return {};
  const name = dataKey.hash(named);
  return { line: { name, place: await objects.fifo.join(name, key, now()) } };
}

/** How long an effect must wait for those before it in its line; `undefined`: not at all. */
export async function waitInLine(
  { key, line }: Lined,
  { objects, now }: Reach,
): Promise<Outcome | undefined> {
  if (!line) return undefined;
  const { ahead, wait } = await objects.fifo.turn(line.name, key, now());
  if (ahead === 0) return undefined;
  return {
    later: wait / 1000,
    reason: `${ahead} before it ${ahead === 1 ? 'has' : 'have'} the same ordering key`,
  };
}

/** It keeps its place and is back in some seconds; `Infinity`: when a person says so. */
export async function keepPlace(
  { key, line }: Lined,
  seconds: number,
  { objects, now }: Reach,
): Promise<void> {
  if (line) await objects.fifo.setDue(line.name, key, now() + seconds * 1000);
}

/** It went out, or never will: those behind it may go. */
export async function leaveLine(
  { key, line }: Lined,
  { objects }: Pick<Services, 'objects'>,
): Promise<void> {
  if (line) await objects.fifo.leave(line.name, key);
}

/**
 * Lets those of a batch that stand in one line go one after another, so that they need not come back for their turn.
 * The first come first if they are begun in the order of `byPlace`.
 */
export function openTurns(): <T>(effect: Lined, go: () => Promise<T>) => Promise<T> {
  const last = new Map<string, Promise<unknown>>();
  return ({ line }, go) => {
    if (!line) return go();
    const mine = (last.get(line.name) ?? Promise.resolve()).then(go);
    last.set(
      line.name,
      mine.catch(() => {}),
    );
    return mine;
  };
}
