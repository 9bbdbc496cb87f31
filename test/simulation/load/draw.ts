import type { Random } from '../../../src/simulator/world/random.ts';
import type { TriggerName } from '../rulebook.ts';
import type { Operation } from './operations.ts';
import type { Told } from './wire.ts';

/** What a part of the load is drawn with. Times are milliseconds after the start of the run. */
export interface Draw {
  readonly random: Random;
  /** Returns a name that no other operation of the run has. */
  readonly name: (kind: string) => string;
  readonly push: (operation: Operation) => void;
  /**
   * A callback of a random app and person, as far as `about` does not say more.
   * @param skew how long before its callback the event happened; drawn if it is not given
   */
  readonly callback: (
    trigger: TriggerName,
    at: number,
    about?: Partial<Omit<Told, 'trigger' | 'eventAt'>>,
    skew?: number,
  ) => void;
  /** A person writes. */
  readonly say: (text: string, at: number, about?: Partial<Told>, skew?: number) => void;
}

/** Something that a run may be about, and how often it is. */
export type Kind = readonly [weight: number, make: (at: number) => void];
