import { DurableObject } from 'cloudflare:workers';
import type { Address } from '../callbacks/trigger.ts';
import { type ConsentChange, type ConsentEvent, type ConsentOutcome, type Standing, standingOf } from './consent.ts';
import { type Outbox, openOutbox } from './outbox.ts';

/** What a channel told about whether a person can be reached on it. */
export interface Capability {
  readonly channel: string;
  readonly status: string;
  readonly at: number;
}

/** A capability as a callback told it. */
export interface CapabilityNote extends Capability {
  readonly person: string;
  readonly callbackId: string;
}

/** A person's consent with its whole history, oldest first, and what is known of each channel. */
export interface Consent extends Standing {
  readonly history: readonly ConsentEvent[];
  readonly capability?: readonly Capability[];
}

/** What `erase` removed. */
export interface Erased {
  readonly addresses: number;
  readonly words: number;
  readonly capabilities: number;
}

/** A day-old redelivery still gets its first answer; a month later nobody asks. */
const CAPABILITY_KEPT = 30 * 86_400_000;

type ChangeRow = Pick<ConsentEvent, 'at' | 'scope' | 'to' | 'source'> & { person: string } & Texts<
    'words' | 'callback_id' | 'rule' | 'rulebook' | 'by' | 'why'
  >;
type CapabilityRow = { person: string; channel: string; status: string; at: number };
type Texts<K extends string> = Record<K, string | null>;

/** The consent and capability of a sixteenth of all people. Consent is never stored: it is what the history amounts to. */
export class Recipients extends DurableObject<Env> {
  readonly #sql: SqlStorage;
  readonly #outbox: Outbox;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#sql = ctx.storage.sql;
    this.#sql.exec(`
      CREATE TABLE IF NOT EXISTS changes (
        person TEXT NOT NULL, key TEXT NOT NULL, at INTEGER NOT NULL, scope TEXT NOT NULL, "to" TEXT NOT NULL, source TEXT NOT NULL,
        words TEXT, callback_id TEXT, rule TEXT, rulebook TEXT, "by" TEXT, why TEXT,
        channel TEXT, identity TEXT, app_id TEXT, answer TEXT NOT NULL,
        PRIMARY KEY (person, key)) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS capabilities (
        person TEXT NOT NULL, channel TEXT NOT NULL, callback_id TEXT NOT NULL, at INTEGER NOT NULL, status TEXT NOT NULL, previous TEXT,
        PRIMARY KEY (person, channel, callback_id)) WITHOUT ROWID;`);
    this.#outbox = openOutbox(this.#sql, (person) => this.#publish(person));
  }

  /** Stores changes, all or none, and answers each in the order given. In any order of arrival they amount to the same. */
  async change(changes: readonly ConsentChange[]): Promise<ConsentOutcome[]> {
    const outcomes = this.ctx.storage.transactionSync(() => changes.map((change) => this.#apply(change)));
    await this.#arm();
    return outcomes;
  }

  /** The consent of each person, in the order asked. Somebody unknown refuses nothing. */
  async read(persons: readonly string[]): Promise<Consent[]> {
    const asked = JSON.stringify(persons);
    const changes = this.#sql.exec<ChangeRow>(
      'SELECT * FROM changes WHERE person IN (SELECT value FROM json_each(?)) ORDER BY at, key',
      asked,
    );
    const history = Map.groupBy(changes, ({ person }) => person);
    const capabilities = Map.groupBy(
      this.#sql.exec<CapabilityRow>(
        'SELECT * FROM capabilities WHERE person IN (SELECT value FROM json_each(?)) ORDER BY at, callback_id',
        asked,
      ),
      ({ person }) => person,
    );
    return persons.map((person) => {
      const events = (history.get(person) ?? []).map(eventOf);
      const known = capabilities.get(person);
      return { ...standingOf(events), history: events, ...(known && { capability: newestByChannel(known) }) };
    });
  }

  /** Remembers a capability; `previous` is the one before it by event time. A repeated callback gets its first answer. */
  async noteCapability(note: CapabilityNote): Promise<{ previous?: string }> {
    const answer = await this.capabilityBefore(note);
    const { person, channel, callbackId, at, status } = note;
    this.#sql.exec(
      'INSERT OR IGNORE INTO capabilities VALUES (?, ?, ?, ?, ?, ?)',
      person,
      channel,
      callbackId,
      at,
      status,
      answer.previous ?? null,
    );
    const newest = this.#sql
      .exec<{ at: number }>('SELECT max(at) AS at FROM capabilities WHERE person = ? AND channel = ?', person, channel)
      .one().at;
    this.#sql.exec(
      'DELETE FROM capabilities WHERE person = ? AND channel = ? AND at < ?',
      person,
      channel,
      newest - CAPABILITY_KEPT,
    );
    return answer;
  }

  /** What `noteCapability` would answer, without remembering anything. */
  async capabilityBefore({ person, channel, callbackId, at }: CapabilityNote): Promise<{ previous?: string }> {
    const [first] = this.#sql.exec<Texts<'previous'>>(
      'SELECT previous FROM capabilities WHERE person = ? AND channel = ? AND callback_id = ?',
      person,
      channel,
      callbackId,
    );
    if (first) return first.previous === null ? {} : { previous: first.previous };
    const [before] = this.#sql.exec<{ status: string }>(
      'SELECT status FROM capabilities WHERE person = ? AND channel = ? AND at < ? ORDER BY at DESC, callback_id DESC LIMIT 1',
      person,
      channel,
      at,
    );
    return before ? { previous: before.status } : {};
  }

  /** Removes what names a person: addresses, words, capabilities. The keyed hash and the consent stay. */
  async erase(person: string): Promise<Erased> {
    return this.ctx.storage.transactionSync(() => {
      const { addresses, words } = this.#sql
        .exec<{ addresses: number; words: number }>(
          'SELECT count(identity) AS addresses, count(words) AS words FROM changes WHERE person = ?',
          person,
        )
        .one();
      this.#sql.exec(
        'UPDATE changes SET channel = NULL, identity = NULL, app_id = NULL, words = NULL WHERE person = ?',
        person,
      );
      const capabilities = this.#sql
        .exec('DELETE FROM capabilities WHERE person = ? RETURNING channel', person)
        .toArray().length;
      return { addresses, words, capabilities };
    });
  }

  override async alarm(): Promise<void> {
    await this.#outbox.flush();
    await this.#arm();
  }

  #apply(change: ConsentChange): ConsentOutcome {
    const { key, person, at, scope, to, source, words, callbackId, rule, rulebook, by, why } = change;
    const [first] = this.#sql.exec<{ answer: string }>(
      'SELECT answer FROM changes WHERE person = ? AND key = ?',
      person,
      key,
    );
    // `answer` is only ever written below.
    if (first) return JSON.parse(first.answer) as ConsentOutcome;
    const earlier = this.#history(person);
    const before = standingOf(earlier);
    const after = standingOf([...earlier, change]);
    const outcome = { changed: JSON.stringify(before.scopes) !== JSON.stringify(after.scopes), scopes: after.scopes };
    const { channel, identity, appId }: Address = change.address;
    this.#sql.exec(
      'INSERT INTO changes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
      person,
      key,
      at,
      scope,
      to,
      source,
      words ?? null,
      callbackId ?? null,
      rule ?? null,
      rulebook ?? null,
      by ?? null,
      why ?? null,
      channel,
      identity,
      appId,
      JSON.stringify(outcome),
    );
    if (JSON.stringify(before) !== JSON.stringify(after)) this.#outbox.mark(person);
    return outcome;
  }

  #history(person: string): ConsentEvent[] {
    return this.#sql
      .exec<ChangeRow>('SELECT * FROM changes WHERE person = ? ORDER BY at, key', person)
      .toArray()
      .map(eventOf);
  }

  /** Lifted consent is written too: a missing key would say nothing, and KV caches "not found". */
  async #publish(person: string): Promise<undefined> {
    const copy = { ...standingOf(this.#history(person)), as_of: Date.now() };
    await this.env.KV.put(`consent:${person}`, JSON.stringify(copy));
  }

  async #arm(): Promise<void> {
    const due = this.#outbox.next();
    if (due !== undefined) await this.ctx.storage.setAlarm(due);
  }
}

function eventOf(row: ChangeRow): ConsentEvent {
  const told = {
    words: row.words,
    callbackId: row.callback_id,
    rule: row.rule,
    rulebook: row.rulebook,
    by: row.by,
    why: row.why,
  };
  return {
    at: row.at,
    scope: row.scope,
    to: row.to,
    source: row.source,
    ...Object.fromEntries(Object.entries(told).filter(([, value]) => value !== null)),
  };
}

const newestByChannel = (rows: readonly CapabilityRow[]): Capability[] => [
  ...new Map(rows.map(({ channel, status, at }) => [channel, { channel, status, at }])).values(),
];
