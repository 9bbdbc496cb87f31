import * as v from 'valibot';
import type { Callback } from '../callbacks/callback.ts';
import type { Address } from '../callbacks/model.ts';
import { addressOf, isRecord, parseJsonText } from '../callbacks/shapes/parts.ts';
import type { DataKey } from '../crypto/data-key.ts';
import { hashContact } from '../pipeline/people.ts';
import { contactAddresses } from '../pipeline/queue-message.ts';
import { notErased } from './erasure/not-erased.ts';
import type { SealedColumn } from './keys/sealed.ts';

const Maybe = v.nullable(v.string());
const Row = v.object({
  id: v.string(),
  at: v.number(),
  app_id: v.string(),
  channel: Maybe,
  type: Maybe,
  body: v.string(),
});

/** A raw callback that is kept. Times are milliseconds since 1970. */
export interface KeptCallback {
  readonly id: string;
  readonly at: number;
  readonly appId: string;
  readonly channel: string | null;
  /** What the channel calls it. */
  readonly type: string | null;
  /** The callback as it came. */
  readonly text: string;
}

/** Selects kept callbacks. */
export interface KeptFilter {
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  readonly channel?: string | undefined;
  readonly type?: string | undefined;
}

/** Raw callbacks of triggers that keep their body: those of a channel that Sinch has no name for. */
export interface Unsupported {
  /** Stores a callback, once, unless a person or a contact in it was erased since its event. */
  readonly keep: (callback: Callback) => Promise<void>;
  /** Returns the newest ones behind the one called `before`. */
  readonly list: (
    which: KeptFilter,
    limit: number,
    before: string | undefined,
  ) => Promise<readonly KeptCallback[]>;
  readonly read: (id: string) => Promise<KeptCallback | undefined>;
}

/** The raw callbacks, for the rotation of keys. */
export const unsupportedBodies: SealedColumn = {
  table: 'unsupported',
  key: ['id'],
  column: 'body',
};

/** Opens the kept callbacks. */
export function openUnsupported(
  DB: D1Database,
  dataKey: DataKey,
  personOf: (address: Address) => Promise<string>,
): Unsupported {
  const opened = async (row: unknown): Promise<KeptCallback> => {
    const { app_id: appId, body, ...rest } = v.parse(Row, row);
    return { ...rest, appId, text: await dataKey.decrypt(body) };
  };
  return {
    async keep(callback) {
      const { id, receivedAt, eventTime, envelope, subject, raw } = callback;
      const type = callback.fact('unsupported_type', {});
      await DB.prepare(
        `INSERT OR IGNORE INTO unsupported (id, at, app_id, channel, type, people, body)
         SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7
         WHERE ${notErased('?6', '?8')}`,
      )
        .bind(
          ...[id, receivedAt, envelope.appId, subject.channel ?? null],
          typeof type === 'string' ? type : null,
          JSON.stringify(await peopleIn(callback, dataKey, personOf)),
          await dataKey.encrypt(raw),
          eventTime,
        )
        .run();
    },
    async list({ since, until, channel, type }, limit, before) {
      const { results } = await DB.prepare(
        `SELECT id, at, app_id, channel, type, body FROM unsupported
         WHERE (?1 IS NULL OR at >= ?1) AND (?2 IS NULL OR at < ?2) AND (?3 IS NULL OR channel = ?3) AND (?4 IS NULL OR type = ?4)
           AND (?5 IS NULL OR (at, id) < (SELECT at, id FROM unsupported WHERE id = ?5)) ORDER BY at DESC, id DESC LIMIT ?6`,
      )
        .bind(since ?? null, until ?? null, channel ?? null, type ?? null, before ?? null, limit)
        .all();
      return Promise.all(results.map(opened));
    },
    async read(id) {
      const row = await DB.prepare(
        'SELECT id, at, app_id, channel, type, body FROM unsupported WHERE id = ?',
      )
        .bind(id)
        .first();
      return row ? opened(row) : undefined;
    },
  };
}

/** How many texts of a callback are taken for names of people, and how long an identity is at most, in characters. */
const MOST = 300;
const LONGEST = 128;

/**
 * Returns the keyed hashes of the people and contacts that a callback may name. Where a channel's own payload names a person is not
 * known, so that each short text without blanks in it counts as an identity and as the id of a contact.
 */
async function peopleIn(
  callback: Callback,
  dataKey: DataKey,
  personOf: (address: Address) => Promise<string>,
): Promise<readonly string[]> {
  const { subject, envelope, stateRecords, raw } = callback;
  const own = addressOf(subject, envelope.appId);
  const channel = own?.channel ?? subject.channel;
  const texts = new Set<string>();
  const visit = (value: unknown): void => {
    if (texts.size >= MOST) return;
    const inner = typeof value === 'string' ? parseJsonText(value) : undefined;
    if (isRecord(inner) || Array.isArray(inner)) visit(inner);
    else if (typeof value === 'string' || typeof value === 'number') {
      const text = String(value).trim();
      const bare = /^\+?[\d\s()./-]{7,25}$/.test(text) ? text.replace(/\D/g, '') : text;
      if (bare !== '' && bare.length <= LONGEST && !/\s/.test(bare)) texts.add(bare);
    } else if (typeof value === 'object' && value !== null) Object.values(value).forEach(visit);
  };
  visit(parseJsonText(raw));
  const addresses = [
    ...(own ? [own] : []),
    ...contactAddresses({ stateRecords }),
    ...(channel ? [...texts] : []).map((identity) => ({
      ...{ channel: channel ?? '', identity, appId: envelope.appId },
    })),
  ];
  const people = await Promise.all(addresses.map(personOf));
  const contacts = [subject.contactId, ...texts].flatMap((id) => id ?? []);
  return [...new Set([...people, ...contacts.map((id) => hashContact(id, dataKey))])];
}
