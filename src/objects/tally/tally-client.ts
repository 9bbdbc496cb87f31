import type { Entry, Terms } from '../../rules/model/window.ts';
import type { Case, Peeked, Tallied } from './tally.ts';

/** The window of one group of one rule. */
export interface TallyClient {
  /** Names the window, without saying whom the group is about. */
  readonly name: string;
  note(entries: readonly Entry[], terms: Terms, latest?: Case): Promise<Tallied>;
  done(at: number): Promise<void>;
  peek(entry: Entry, terms: Terms): Promise<Peeked>;
}

/** All windows: one object a rule and group. A group may hold an address, so only its hash is in the object's name. */
export interface TalliesClient {
  of(rule: string, group: string): Promise<TallyClient>;
  /** Takes the callbacks that name somebody out of the window of that name, and gives them back, sealed. */
  forget(name: string, person: string): Promise<string[]>;
}

/** Opens the windows. */
export const openTallyObjects = (
  tallies: Env['TALLY'],
  hash: (text: string) => string,
): TalliesClient => ({
  forget: (name, person) => tallies.getByName(name).forget(person),
  async of(rule, group) {
    const name = `${rule}:${hash(group)}`;
    const tally = tallies.getByName(name);
    return {
      name,
      note: (entries, terms, latest) => tally.note(entries, terms, latest),
      done: (at) => tally.done(at),
      peek: (entry, terms) => tally.peek(entry, terms),
    };
  },
});
