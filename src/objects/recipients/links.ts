import * as v from 'valibot';
import { Address } from '../../callbacks/model.ts';
import type { ErasedPeople } from '../erased-people.ts';

/** What the other person of a link is: the number, the id or the parent id of the same person, or the identity that replaced this one. */
export type LinkKind = 'number' | 'id' | 'parent' | 'successor';

/** A person whose consent another one shares. `at`: event time, milliseconds since 1970. */
export interface Link {
  readonly person: string;
  readonly kind: LinkKind;
  readonly other: string;
  /** The address of the other one. */
  readonly address: Address;
  readonly at: number;
}

/** `known`: linked before, with both histories copied; `older`: a newer link of this kind exists; `erased`: the person was erased since; `stored` with the person that it replaces. */
export type LinkOutcome =
  | { readonly is: 'known' | 'older' | 'erased' }
  | { readonly is: 'stored'; readonly replaced?: string };

/** The links of people. A person has one link of each kind: the newest. */
export interface Links {
  readonly store: (link: Link) => LinkOutcome;
  /** Records that both histories were copied. */
  readonly complete: (person: string, other: string) => void;
  readonly remove: (person: string, other: string) => void;
  readonly of: (persons: readonly string[]) => Link[];
  /** Removes a person's links and returns how many there were. */
  readonly erase: (person: string) => number;
}

type Row = {
  person: string;
  kind: LinkKind;
  other: string;
  address: string;
  at: number;
  complete: number;
};

/** Opens the links in an object's storage. */
export function openLinks(sql: SqlStorage, isErased: ErasedPeople['isErased']): Links {
  sql.exec(`CREATE TABLE IF NOT EXISTS links (
    person TEXT NOT NULL, kind TEXT NOT NULL, other TEXT NOT NULL, address TEXT NOT NULL, at INTEGER NOT NULL, complete INTEGER NOT NULL,
    PRIMARY KEY (person, kind)) WITHOUT ROWID`);
  return {
    store({ person, kind, other, address, at }) {
      if (isErased(person, at)) return { is: 'erased' };
      const [held] = sql.exec<Row>(
        'SELECT * FROM links WHERE person = ? AND kind = ?',
        person,
        kind,
      );
      // A person may change back and again: what was refused in between moves too.
      const isKnown = held?.other === other && (kind !== 'successor' || held.at >= at);
      if (isKnown && held.complete === 1) return { is: 'known' };
      if (held && held.other !== other && held.at > at) return { is: 'older' };
      sql.exec(
        'INSERT OR REPLACE INTO links VALUES (?, ?, ?, ?, ?, 0)',
        ...[person, kind, other, JSON.stringify(address)],
        held?.other === other ? Math.max(held.at, at) : at,
      );
      return {
        is: 'stored',
        ...(held && held.other !== other && { replaced: held.other }),
      };
    },
    complete: (person, other) =>
      void sql.exec('UPDATE links SET complete = 1 WHERE person = ? AND other = ?', person, other),
    remove: (person, other) =>
      void sql.exec('DELETE FROM links WHERE person = ? AND other = ?', person, other),
    of: (persons) =>
      sql
        .exec<Row>(
          'SELECT * FROM links WHERE person IN (SELECT value FROM json_each(?))',
          JSON.stringify(persons),
        )
        .toArray()
        .map(({ address, complete: _, ...link }) => ({
          ...link,
          address: v.parse(v.pipe(v.string(), v.parseJson(), Address), address),
        })),
    erase: (person) =>
      sql.exec('DELETE FROM links WHERE person = ? RETURNING 1', person).toArray().length,
  };
}
