import type { Entry, Terms } from '../../rules/model/window.ts';
import type { TallyPreview, TallyResult, WindowSample } from './tally.ts';

/** The window of one group of one rule. */
export interface TallyClient {
  /** The name of the object. It does not reveal the group, which may name a person. */
  readonly name: string;
  note(entries: readonly Entry[], terms: Terms, latest?: WindowSample): Promise<TallyResult>;
  done(at: number): Promise<void>;
  peek(entry: Entry, terms: Terms): Promise<TallyPreview>;
}

/**
 * The windows of threshold rules. State: a `Tally` object for each rule and group, without a copy
 * elsewhere. A group may contain an address, so the object's name has only its hash.
 */
export interface TalliesClient {
  of(rule: string, group: string): Promise<TallyClient>;
  /** Removes the sample callbacks about a person from the window of that name, and returns them, encrypted. */
  forget(name: string, person: string): Promise<string[]>;
}

/** Opens the client. */
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
