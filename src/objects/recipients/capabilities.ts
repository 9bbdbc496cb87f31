import type { Address } from '../../callbacks/model.ts';
import type { ErasedPeople } from '../erased-people.ts';
import { byPerson } from './by-person.ts';

/** Statuses that say something certain. `CAPABILITY_UNKNOWN`, and a status that is not known here, say nothing. */
const CERTAIN: ReadonlySet<string> = new Set([
  'CAPABILITY_FULL',
  'CAPABILITY_PARTIAL',
  'NO_CAPABILITY',
]);

/** Whether a status of a capability says something certain. */
export const isCertain = (status: string): boolean => CERTAIN.has(status);

/** Whether a person can be reached on a channel, as capability callbacks reported it. Times are milliseconds since 1970. */
export interface Capability {
  readonly channel: string;
  /** The app that asked; missing where the callback named none. */
  readonly app?: string;
  /** The newest certain answer, else the newest one. */
  readonly status: string;
  readonly at: number;
  /** The newest answer, where it says nothing certain; `times`: how many of these came in a row. */
  readonly unknown?: { readonly at: number; readonly times: number };
  /** The newest name of the person on the channel. */
  readonly displayName?: string;
}

/** A capability to store. */
export interface CapabilityNote {
  readonly person: string;
  readonly channel: string;
  readonly app?: string | undefined;
  readonly status: string;
  readonly at: number;
  readonly callbackId: string;
  readonly displayName?: string | undefined;
  /** For the feed of changes. */
  readonly address?: Address | undefined;
}

/** The status before it, if one is known. */
export interface CapabilityBefore {
  readonly previous?: string;
}

/** The capabilities of people, for each channel and app: the newest by event time counts, and an unknown one replaces no certain one. */
export interface Capabilities {
  /** Stores a capability and returns the status before it. A repeated callback gets its first answer. */
  note(note: CapabilityNote): CapabilityBefore;
  /** Returns what `note` would return, and stores nothing. */
  before(note: CapabilityNote): CapabilityBefore;
  /** Returns the capability on each channel for each app, for each person who has one. */
  newest(persons: readonly string[]): ReadonlyMap<string, readonly Capability[]>;
  /**
   * Returns the newest certain answer not older than `since` for each app, of the people and channels of which one such answer is
   * `NO_CAPABILITY`: whether an app reaches a person also depends on what is known without an app, or by another answer since.
   */
  lastAnswers(persons: string, since: number): readonly LastAnswer[];
  /** Removes a person's capabilities and returns how many there were. */
  erase(person: string): number;
}

/** Whether an app reaches a person, by keyed hash, on a channel, as reported at `at` (milliseconds since 1970). */
export interface LastAnswer {
  readonly person: string;
  readonly channel: string;
  /** Empty where the callback named none: it counts for every app. */
  readonly app: string;
  readonly at: number;
  readonly reaches: boolean;
}

/** How long a capability is kept behind the newest one, in milliseconds: a redelivery gets its first answer for that long. */
const KEPT = 30 * 86_400_000;

type Row = {
  person: string;
  channel: string;
  app: string;
  callback_id: string;
  at: number;
  status: string;
  previous: string | null;
  display_name: string | null;
};

/** Opens the capabilities in an object's storage. Of a person who was erased since, nothing is stored. */
export function openCapabilities(
  sql: SqlStorage,
  isErased: ErasedPeople['isErased'],
): Capabilities {
  sql.exec(`CREATE TABLE IF NOT EXISTS capabilities (
    person TEXT NOT NULL, channel TEXT NOT NULL, app TEXT NOT NULL, callback_id TEXT NOT NULL, at INTEGER NOT NULL, status TEXT NOT NULL,
    previous TEXT, display_name TEXT, PRIMARY KEY (person, channel, app, callback_id)) WITHOUT ROWID`);

  /** Newest first. At the same time the callback ids decide, so that the order of arrival does not. */
  const on = ({ person, channel, app = '' }: CapabilityNote): Row[] =>
    sql
      .exec<Row>(
        'SELECT * FROM capabilities WHERE person = ? AND channel = ? AND app = ? ORDER BY at DESC, callback_id DESC',
        ...[person, channel, app],
      )
      .toArray();

  const before: Capabilities['before'] = (note) => {
    const rows = on(note);
    const first = rows.find((row) => row.callback_id === note.callbackId);
    const previous = first ? first.previous : rows.find((row) => row.at < note.at)?.status;
    return previous ? { previous } : {};
  };

  return {
    before,
    note(note) {
      const answer = before(note);
      const { person, channel, app = '', callbackId, at, status, displayName } = note;
      if (isErased(person, at)) return answer;
      sql.exec(
        'INSERT OR IGNORE INTO capabilities VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
        ...[person, channel, app, callbackId, at, status, answer.previous ?? null],
        displayName ?? null,
      );
      const rows = on(note);
      const certain = rows.find((row) => isCertain(row.status));
      sql.exec(
        'DELETE FROM capabilities WHERE person = ? AND channel = ? AND app = ? AND at < ? AND callback_id <> ?',
        ...[person, channel, app, (rows[0]?.at ?? at) - KEPT, certain?.callback_id ?? ''],
      );
      return answer;
    },
    newest(persons) {
      const rows = sql
        .exec<Row>(
          'SELECT * FROM capabilities WHERE person IN (SELECT value FROM json_each(?)) ORDER BY at, callback_id',
          JSON.stringify(persons),
        )
        .toArray();
      return byPerson(rows, (own) =>
        [...Map.groupBy(own, ({ channel, app }) => `${channel} ${app}`).values()].flatMap(
          capabilityOf,
        ),
      );
    },
    lastAnswers(persons, since) {
      const rows = sql
        .exec<Row>(
          `SELECT capabilities.* FROM json_each(?) AS asked CROSS JOIN capabilities ON person = asked.value
           WHERE at >= ? ORDER BY at, callback_id`,
          ...[persons, since],
        )
        .toArray();
      const newest = new Map<string, Row>();
      for (const row of rows)
        if (isCertain(row.status)) newest.set(`${row.person} ${row.channel} ${row.app}`, row);
      return [
        ...Map.groupBy(newest.values(), ({ person, channel }) => `${person} ${channel}`).values(),
      ]
        .filter((own) => own.some(({ status }) => status === 'NO_CAPABILITY'))
        .flat()
        .map(({ person, channel, app, at, status }) => ({
          ...{ person, channel, app, at },
          reaches: status !== 'NO_CAPABILITY',
        }));
    },
    erase: (person) =>
      sql.exec('DELETE FROM capabilities WHERE person = ? RETURNING 1', person).toArray().length,
  };
}

/** Returns the capability that the answers of one channel and app state, oldest first. */
function capabilityOf(rows: readonly Row[]): Capability[] {
  const newest = rows.at(-1);
  if (!newest) return [];
  const place = rows.findLastIndex(({ status }) => isCertain(status));
  const shown = rows[place] ?? newest;
  const unknowns = rows.slice(place + 1);
  const displayName = rows.findLast(({ display_name }) => display_name)?.display_name;
  return [
    {
      channel: newest.channel,
      ...(newest.app && { app: newest.app }),
      ...{ status: shown.status, at: shown.at },
      ...(unknowns.length > 0 && { unknown: { at: newest.at, times: unknowns.length } }),
      ...(displayName && { displayName }),
    },
  ];
}

/** Returns what two capabilities of one person on one channel say together. */
export function joinCapabilities(a: Capability, b: Capability): Capability {
  const both = [a, b].toSorted((one, other) => other.at - one.at);
  const shown = both.find(({ status }) => isCertain(status)) ?? both[0] ?? a;
  const unknown = both
    .map((one) => one.unknown ?? (isCertain(one.status) ? undefined : { at: one.at, times: 1 }))
    .filter((one) => one !== undefined)
    .filter(({ at }) => at > shown.at || !isCertain(shown.status))
    .toSorted((one, other) => other.at - one.at)[0];
  const displayName = both.find((one) => one.displayName)?.displayName;
  return {
    channel: shown.channel,
    ...(shown.app && { app: shown.app }),
    ...{ status: shown.status, at: shown.at },
    ...(unknown && { unknown }),
    ...(displayName && { displayName }),
  };
}
