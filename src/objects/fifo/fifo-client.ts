import { shard } from '../shards.ts';
import type { Fifo, Turn } from './fifo.ts';

/**
 * FIFO lines for effects that must run in order. A line's name is a hash, a ticket is an effect's key.
 * State: `Fifo` objects, 16 shards by line, without a copy elsewhere.
 */
export interface FifoClient {
  /** Adds a ticket at the end of a line and returns its position; a ticket that is in the line keeps its position. */
  join(line: string, ticket: string, now: number): Promise<number>;
  /** Returns how many tickets are ahead, and when to ask again. */
  turn(line: string, ticket: string, now: number): Promise<Turn>;
  /** Sets when the effect is tried again, in milliseconds since 1970; `Infinity`: at a manual release. */
  setDue(line: string, ticket: string, due: number): Promise<void>;
  /** Removes a ticket: its effect was run, or never will be. */
  leave(line: string, ticket: string): Promise<void>;
}

/** Opens the client. */
export const openFifo = (lines: DurableObjectNamespace<Fifo>): FifoClient => ({
  join: (line, ticket, now) => shard(lines, line).join(line, ticket, now),
  turn: (line, ticket, now) => shard(lines, line).turn(line, ticket, now),
  setDue: (line, ticket, due) => shard(lines, line).setDue(line, ticket, due),
  leave: (line, ticket) => shard(lines, line).leave(line, ticket),
});
