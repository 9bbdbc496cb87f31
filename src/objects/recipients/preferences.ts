import type { ErasedPeople } from '../erased-people.ts';
import { openPeriods } from '../periods.ts';
import { byPerson } from './by-person.ts';

/** The last time that a person used a channel with an app. `at` is milliseconds since 1970. */
export interface ChannelUse {
  readonly channel: string;
  /** Missing where the callback named none. */
  readonly app?: string;
  /** The person wrote, or read a message. */
  readonly kind: 'reply' | 'read';
  readonly at: number;
}

/** A use to store. */
export type ChannelUseNote = Omit<ChannelUse, 'app'> & {
  readonly person: string;
  readonly app: string;
};

/** Whether a person prefers a channel. `at` is milliseconds since 1970. */
export interface Preference {
  readonly channel: string;
  /** The app that it was set for; missing: for all. */
  readonly app?: string;
  /** The contact's own preference at Sinch, or one set by hand. */
  readonly source: 'contact' | 'hand';
  /** Its place among the preferred channels: 0 is the first. */
  readonly place: number;
  /** It was taken back by hand: it ends an older one that was set by hand. */
  readonly ended?: true;
  readonly at: number;
  readonly actor?: string;
  readonly reason?: string;
}

/** A preference to store; `place` null: the channel is not preferred. */
export type PreferenceNote = Omit<Preference, 'place' | 'app' | 'ended'> & {
  readonly person: string;
  readonly app: string;
  readonly place: number | null;
};

/** Which channels people use and prefer: the newest by event time counts. */
export interface Preferences {
  /** Stores a use. Returns whether its table is new: then an alarm has to be set. */
  readonly noteUse: (note: ChannelUseNote) => boolean;
  readonly note: (note: PreferenceNote) => void;
  /** Returns the last uses of each person who has one. */
  readonly uses: (persons: readonly string[]) => ReadonlyMap<string, readonly ChannelUse[]>;
  /** Returns the preferences of each person who has one. */
  readonly of: (persons: readonly string[]) => ReadonlyMap<string, readonly Preference[]>;
  /** Removes what is stored of a person and returns how many records there were. */
  readonly erase: (person: string) => number;
  /** Removes old uses, and returns when more are old. */
  readonly prune: (now: number) => number | undefined;
}

const DAY = 86_400_000;
/** How long the span of one table of uses is, in milliseconds. */
const QUARTER = 91 * DAY;
/** How long a use is kept after it was stored, in milliseconds: 13 months; its table goes up to a quarter later. */
const RETENTION = 396 * DAY;

type UseRow = ChannelUseNote;
type PreferenceRow = {
  person: string;
  source: Preference['source'];
  channel: string;
  app: string;
  place: number | null;
  at: number;
  actor: string | null;
  reason: string | null;
};

/** Opens the preferences in an object's storage. Of a person who was erased since, nothing is stored. */
export function openPreferences(sql: SqlStorage, isErased: ErasedPeople['isErased']): Preferences {
  const tables = openPeriods(
    sql,
    'channel_uses',
    'person TEXT NOT NULL, channel TEXT NOT NULL, app TEXT NOT NULL, kind TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (person, channel, app, kind)',
  );
  sql.exec(`CREATE TABLE IF NOT EXISTS preferences (
    person TEXT NOT NULL, source TEXT NOT NULL, channel TEXT NOT NULL, app TEXT NOT NULL, place INTEGER, at INTEGER NOT NULL,
    actor TEXT, reason TEXT, PRIMARY KEY (person, source, channel, app)) WITHOUT ROWID`);
  return {
    noteUse({ person, channel, app, kind, at }) {
      if (isErased(person, at)) return false;
      const period = Math.max(tables.newest() ?? 0, Math.floor(Date.now() / QUARTER));
      const isNew = period !== tables.newest();
      sql.exec(
        `INSERT INTO ${tables.table(period)} VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET at = excluded.at WHERE excluded.at > at`,
        ...[person, channel, app, kind, at],
      );
      return isNew;
    },
    note({ person, source, channel, app, place, at, actor, reason }) {
      if (isErased(person, at)) return;
      sql.exec(
        `INSERT INTO preferences VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE
         SET place = excluded.place, at = excluded.at, actor = excluded.actor, reason = excluded.reason WHERE excluded.at >= at`,
        ...[person, source, channel, app, place, at, actor ?? null, reason ?? null],
      );
    },
    uses(persons) {
      const asked = JSON.stringify(persons);
      // A use that arrived late may lie in a newer table than a later one: the reader takes the newest.
      const rows = tables
        .all()
        .flatMap((table) =>
          sql
            .exec<UseRow>(
              `SELECT * FROM ${table} WHERE person IN (SELECT value FROM json_each(?))`,
              asked,
            )
            .toArray(),
        );
      return byPerson(rows, (own) =>
        own.map(({ channel, app, kind, at }) => ({ channel, ...(app && { app }), kind, at })),
      );
    },
    of(persons) {
      const rows = sql
        .exec<PreferenceRow>(
          `SELECT * FROM preferences WHERE (place IS NOT NULL OR source = 'hand')
           AND person IN (SELECT value FROM json_each(?))`,
          JSON.stringify(persons),
        )
        .toArray();
      return byPerson(rows, (own) =>
        own.map(({ channel, app, source, place, at, actor, reason }) => ({
          ...{ channel, source, place: place ?? 0, at },
          ...(place === null && { ended: true as const }),
          ...(app && { app }),
          ...(actor && { actor }),
          ...(reason && { reason }),
        })),
      );
    },
    erase: (person) =>
      [...tables.all(), 'preferences'].reduce(
        (sum, table) =>
          sum +
          sql.exec(`DELETE FROM ${table} WHERE person = ? RETURNING 1`, person).toArray().length,
        0,
      ),
    prune(now) {
      tables.drop(Math.floor((now - RETENTION) / QUARTER));
      const oldest = tables.oldest();
      return oldest === undefined ? undefined : (oldest + 1) * QUARTER + RETENTION;
    },
  };
}
