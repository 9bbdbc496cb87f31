import { type ContactState, mergedState } from '../../callbacks/contact-state.ts';
import type { ErasedPeople } from '../erased-people.ts';

/** A state to store. `contact` is a keyed hash; `at` is milliseconds since 1970. */
export interface ContactStateNote {
  readonly contact: string;
  readonly callbackId: string;
  readonly at: number;
  readonly state: ContactState;
}

/** The states of contacts: the newest by event time counts. */
export interface ContactStates {
  /** Stores a state and returns the one before it, `undefined` for a new contact. A repeated callback gets its first answer. */
  note(note: ContactStateNote): ContactState | undefined;
  /** Returns what `note` would return, and stores nothing. */
  before(note: ContactStateNote): ContactState | undefined;
  /** Removes what is stored of a contact and returns how many states there were. */
  erase(contact: string): number;
}

/** How long a state is kept behind the newest one, in milliseconds: a redelivery gets its first answer for that long. */
const KEPT = 7 * 86_400_000;
/** How many states of one contact are kept at most. */
const MOST = 20;

type Row = { callback_id: string; at: number; state: string; before: string | null };

/** Opens the states of contacts in an object's storage. Of a contact that was erased since, nothing is stored. */
export function openContactStates(
  sql: SqlStorage,
  isErased: ErasedPeople['isErased'],
): ContactStates {
  sql.exec(`CREATE TABLE IF NOT EXISTS contact_states (
    contact TEXT NOT NULL, callback_id TEXT NOT NULL, at INTEGER NOT NULL, state TEXT NOT NULL, before TEXT,
    PRIMARY KEY (contact, callback_id)) WITHOUT ROWID`);

  /** Newest first. */
  const of = (contact: string): Row[] =>
    sql
      .exec<Row>(
        'SELECT callback_id, at, state, before FROM contact_states WHERE contact = ? ORDER BY at DESC, callback_id DESC',
        contact,
      )
      .toArray();

  const before: ContactStates['before'] = ({ contact, callbackId, at }) => {
    const rows = of(contact);
    const first = rows.find((row) => row.callback_id === callbackId);
    const text = first ? first.before : rows.find((row) => row.at < at)?.state;
    return text ? (JSON.parse(text) as ContactState) : undefined; // written by `note`
  };

  return {
    before,
    note(note) {
      const { contact, callbackId, at, state } = note;
      const earlier = before(note);
      if (isErased(contact, at)) return earlier;
      sql.exec(
        'INSERT OR IGNORE INTO contact_states VALUES (?, ?, ?, ?, ?)',
        ...[contact, callbackId, at, JSON.stringify(mergedState(earlier, state))],
        earlier ? JSON.stringify(earlier) : null,
      );
      const rows = of(contact);
      const oldest = (rows[0]?.at ?? at) - KEPT;
      for (const [index, row] of rows.entries())
        if (index >= MOST || (index > 0 && row.at < oldest))
          sql.exec(
            'DELETE FROM contact_states WHERE contact = ? AND callback_id = ?',
            contact,
            row.callback_id,
          );
      return earlier;
    },
    erase: (contact) =>
      sql.exec('DELETE FROM contact_states WHERE contact = ? RETURNING 1', contact).toArray()
        .length,
  };
}
