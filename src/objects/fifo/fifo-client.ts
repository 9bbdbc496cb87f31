import { shard } from '../shards.ts';
import type { Fifo, Turn } from './fifo.ts';

/** Lines: what must go in order goes when it is first in its own. A line's name is a hash, a ticket an effect's key. */
export interface FifoClient {
  /** Draws the last place; whoever stands in the line already keeps theirs. */
  draw(line: string, ticket: string, now: number): Promise<number>;
  /** How many stand before it, and when to ask again. */
  turn(line: string, ticket: string, now: number): Promise<Turn>;
  /** Says when it is tried again, milliseconds since 1970; `Infinity`: nobody knows. */
  expect(line: string, ticket: string, due: number): Promise<void>;
  /** It went out, or never will. */
  leave(line: string, ticket: string): Promise<void>;
}

/** Opens the lines. */
export const openLines = (lines: DurableObjectNamespace<Fifo>): FifoClient => ({
  draw: (line, ticket, now) => shard(lines, line).draw(line, ticket, now),
  turn: (line, ticket, now) => shard(lines, line).turn(line, ticket, now),
  expect: (line, ticket, due) => shard(lines, line).expect(line, ticket, due),
  leave: (line, ticket) => shard(lines, line).leave(line, ticket),
});
