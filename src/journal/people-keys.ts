import { hmac } from 'fast-sha256';
import * as v from 'valibot';
import { fromBase64, toBase64 } from '../crypto/base64.ts';
import type { DataKey } from '../crypto/data-key.ts';
import type { EntryClass } from './entry.ts';
import type { JournalStore } from './journal-store.ts';

const DAY = 86_400_000;
/** How long (ms) a person has one key: a key leaves with the last entry of its period. */
export const PERIOD = 30 * DAY;

/** The encrypted master key of the journal, for the rotation of keys. */
export const journalKeys = { table: 'journal_keys', key: ['id'], column: 'secret' } as const;

/** What the journal stores instead of a keyed hash of a person or contact: it occurs in no other store. */
export const refOf = (hash: string, dataKey: Pick<DataKey, 'hash'>): string =>
  dataKey.hash(`journal\n${hash}`).slice(0, 16);

/** Returns the period of a time (milliseconds since 1970) and a class, in the order of time. */
export const periodOf = (kind: EntryClass, at: number): string =>
  `${kind} ${String(Math.floor(at / PERIOD)).padStart(6, '0')}`;

/** A key that is wanted: whose, and of which period. */
export interface WantedKey {
  readonly period: string;
  readonly ref: string;
}

/** Encrypts and decrypts what is personal in entries. */
export interface PeopleKeys {
  /** Encrypts a text under the keys of all these. */
  readonly encrypt: (text: string, under: readonly WantedKey[]) => Promise<string>;
  /** Decrypts a text of `encrypt`; undefined where one of these keys was destroyed. */
  readonly decrypt: (encrypted: string, under: readonly WantedKey[]) => Promise<string | undefined>;
}

const KeyRow = v.object({ period: v.string(), ref: v.string(), secret: v.string() });
const encoder = new TextEncoder();
const WANTED = `SELECT json_extract(value, '$.period'), json_extract(value, '$.ref') FROM json_each(?1)`;

const randomText = (bytes: number): string =>
  toBase64(crypto.getRandomValues(new Uint8Array(bytes)));

/** How many keys a statement names: D1 takes parameters of 2 MB, and a batch of the queue may bring more. */
const PORTION = 5_000;

/** Returns what is wanted, each once, as parameters of statements. */
function parametersOf<T extends WantedKey>(wanted: readonly T[]): readonly string[] {
  const once = [...new Map(wanted.map((one) => [nameOf(one), one])).values()];
  return Array.from({ length: Math.ceil(once.length / PORTION) }, (_, n) =>
    JSON.stringify(once.slice(n * PORTION, (n + 1) * PORTION)),
  );
}

/** Returns the statements that read these keys. */
const reading = (wanted: readonly WantedKey[], DB: D1Database): readonly D1PreparedStatement[] =>
  parametersOf(wanted).map((some) =>
    DB.prepare(
      `SELECT period, ref, secret FROM people_keys WHERE (period, ref) IN (${WANTED})`,
    ).bind(some),
  );

/** Opens the keys of people. */
export async function openPeopleKeys(
  wanted: readonly WantedKey[],
  { DB, dataKey }: Pick<JournalStore, 'DB' | 'dataKey'>,
): Promise<PeopleKeys> {
  const [masters, ...found] = await DB.batch([
    DB.prepare('SELECT secret FROM journal_keys WHERE id = 1'),
    ...reading(wanted, DB),
  ]);
  return withKeys(
    masters?.results,
    found.flatMap(({ results }) => results),
    dataKey,
  );
}

/** Opens the keys of people, and makes those that are missing. */
export async function makePeopleKeys(
  wanted: readonly WantedKey[],
  { DB, dataKey }: Pick<JournalStore, 'DB' | 'dataKey'>,
): Promise<PeopleKeys> {
  const fresh = wanted.map((one) => ({ ...one, secret: randomText(16) }));
  const master = await dataKey.encrypt(randomText(32));
  const made = parametersOf(fresh).map((some) =>
    DB.prepare(
      `INSERT OR IGNORE INTO people_keys (period, ref, secret)
       SELECT json_extract(value, '$.period'), json_extract(value, '$.ref'), json_extract(value, '$.secret') FROM json_each(?1)`,
    ).bind(some),
  );
  const [, ...answers] = await DB.batch([
    DB.prepare('INSERT OR IGNORE INTO journal_keys (id, secret) VALUES (1, ?)').bind(master),
    ...made,
    DB.prepare('SELECT secret FROM journal_keys WHERE id = 1'),
    ...reading(wanted, DB),
  ]);
  const [masters, ...found] = answers.slice(made.length);
  return withKeys(
    masters?.results,
    found.flatMap(({ results }) => results),
    dataKey,
  );
}

const nameOf = ({ period, ref }: WantedKey): string => `${period} ${ref}`;

async function withKeys(masters: unknown, found: unknown, dataKey: DataKey): Promise<PeopleKeys> {
  const [row] = v.parse(v.array(v.object({ secret: v.string() })), masters ?? []);
  const master = row && fromBase64(await dataKey.decrypt(row.secret));
  const secrets = new Map(
    v.parse(v.array(KeyRow), found ?? []).map((one) => [nameOf(one), one.secret]),
  );
  const keys = new Map<string, CryptoKey>();
  async function keyOf(under: readonly WantedKey[]): Promise<CryptoKey | undefined> {
    const own = under.map((one) => secrets.get(nameOf(one)));
    if (!master || own.includes(undefined)) return undefined;
    const name = own.join(' ');
    const known = keys.get(name);
    if (known) return known;
    const bytes = new Uint8Array(hmac(master, encoder.encode(name)));
    const key = await crypto.subtle.importKey('raw', bytes, 'AES-GCM', false, [
      'encrypt',
      'decrypt',
    ]);
    keys.set(name, key);
    return key;
  }
  return {
    async encrypt(text, under) {
      const key = await keyOf(under);
      if (!key) throw new Error('a key of the journal is missing');
      const iv = crypto.getRandomValues(new Uint8Array(12));
      const algorithm = { name: 'AES-GCM', iv };
      const data = await crypto.subtle.encrypt(algorithm, key, encoder.encode(text));
      return `${toBase64(iv)}.${toBase64(new Uint8Array(data))}`;
    },
    async decrypt(encrypted, under) {
      const [iv = '', data = ''] = encrypted.split('.');
      const key = await keyOf(under);
      if (!key) return undefined;
      try {
        const algorithm = { name: 'AES-GCM', iv: fromBase64(iv) };
        return new TextDecoder().decode(
          await crypto.subtle.decrypt(algorithm, key, fromBase64(data)),
        );
      } catch {
        // The key was destroyed, and the person has another one since.
        return undefined;
      }
    },
  };
}

/** Returns the statement that destroys the keys of people, by reference, in every period. */
export const destroyKeys = (refs: readonly string[], DB: D1Database): D1PreparedStatement =>
  DB.prepare(
    // Steps from period to period: the key begins with it, and each has millions of people.
    `WITH RECURSIVE step(period) AS (SELECT min(period) FROM people_keys UNION ALL
       SELECT (SELECT min(period) FROM people_keys WHERE period > step.period) FROM step WHERE step.period IS NOT NULL)
     DELETE FROM people_keys WHERE period IN (SELECT period FROM step WHERE period IS NOT NULL)
       AND ref IN (SELECT value FROM json_each(?1))`,
  ).bind(JSON.stringify(refs));

/** Returns the statement that removes at most `limit` keys of a class whose entries are all from before a time (milliseconds since 1970). */
export const expireKeys = (
  kind: EntryClass,
  before: number,
  limit: number,
  DB: D1Database,
): D1PreparedStatement =>
  DB.prepare(
    `DELETE FROM people_keys WHERE (period, ref) IN
       (SELECT period, ref FROM people_keys WHERE period >= ? AND period < ? LIMIT ?)`,
  ).bind(`${kind} `, periodOf(kind, before), limit);
