import { DurableObject } from 'cloudflare:workers';
import type { Address } from '../../callbacks/triggers/trigger.ts';
import { arm } from '../alarm.ts';
import { type Outbox, openOutbox } from '../outbox.ts';
import { type Cases, openCases } from '../window-samples.ts';
import {
  type Capabilities,
  type Capability,
  type CapabilityBefore,
  type CapabilityNote,
  openCapabilities,
} from './capabilities.ts';
import {
  type ConsentChange,
  type ConsentEvent,
  type ConsentOutcome,
  type Scopes,
  type Standing,
  standingOf,
} from './consent.ts';
import {
  type ConsentRecord,
  type ConsentRow,
  openConsentRecord,
  type RecordPlace,
  type Undo,
} from './consent-record.ts';
import { type Deliveries, type Delivery, openDeliveries } from './deliveries.ts';
import { historiesOf, readHistories } from './histories.ts';

/** A person's consent with its whole history, oldest first, and the newest that is known of each channel. */
export interface Consent extends Standing {
  readonly history: readonly ConsentEvent[];
  readonly capability?: readonly Capability[];
  /** The newest message that reached them on each channel. */
  readonly deliveries?: readonly Delivery[];
}

/** A person as an export shows them: with an address, unless their data was erased. */
export interface Listed extends Standing {
  readonly person: string;
  readonly address?: Address;
  readonly history: readonly ConsentEvent[];
}

/** How many of each `erase` removed. */
export interface Erased {
  readonly addresses: number;
  readonly words: number;
  readonly capabilities: number;
  readonly deliveries: number;
}

/** What `undo` took back, and of how many people. */
export interface Undone {
  readonly people: number;
  readonly changes: number;
}

/** What becomes of somebody when a line of a list is taken over. */
export interface TakenOver {
  readonly before: Scopes;
  readonly after: Scopes;
}

/** The consent and capability of a sixteenth of all people. How consent stands is never stored: it is what the history amounts to. */
export class Recipients extends DurableObject<Env> {
  readonly #sql: SqlStorage;
  readonly #capabilities: Capabilities;
  readonly #deliveries: Deliveries;
  readonly #cases: Cases;
  readonly #record: ConsentRecord;
  readonly #outbox: Outbox;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#sql = ctx.storage.sql;
    this.#record = openConsentRecord(this.#sql);
    this.#capabilities = openCapabilities(this.#sql);
    this.#deliveries = openDeliveries(this.#sql);
    this.#cases = openCases(this.#sql);
    this.#outbox = openOutbox(this.#sql, (person) => this.#publish(person));
  }

  /** Stores changes, all or none, and answers each in the order given. In any order of arrival they amount to the same. */
  async change(changes: readonly ConsentChange[]): Promise<ConsentOutcome[]> {
    const outcomes = this.ctx.storage.transactionSync(() =>
      changes.map((change) => this.#apply(change)),
    );
    await this.#arm();
    return outcomes;
  }

  /** Stores what each line of a list says of somebody, all or nothing, and answers how they stood before and after it. `dry`: stores nothing. */
  async takeOver(lines: readonly (readonly ConsentChange[])[], dry: boolean): Promise<TakenOver[]> {
    const taken: TakenOver[] = [];
    const scopesOf = (person: string): Scopes =>
      standingOf(this.#histories([person]).get(person) ?? []).scopes;
    const looked = new Error('looked');
    try {
      this.ctx.storage.transactionSync(() => {
        for (const changes of lines) {
          const person = changes[0]?.person ?? '';
          const before = scopesOf(person);
          for (const change of changes) this.#apply(change);
          taken.push({ before, after: scopesOf(person) });
        }
        // Thrown, it takes everything back: what a dry run says is what would be.
        if (dry) throw looked;
      });
    } catch (error) {
      if (error !== looked) throw error;
    }
    await this.#arm();
    return taken;
  }

  /** The consent of each person, in the order asked. Somebody unknown refuses nothing. */
  async read(persons: readonly string[]): Promise<Consent[]> {
    const histories = this.#histories(persons);
    const capabilities = this.#capabilities.newest(persons);
    const reached = this.#deliveries.newest(persons);
    return persons.map((person) => {
      const history = histories.get(person) ?? [];
      const capability = capabilities.get(person);
      const deliveries = reached.get(person);
      return {
        ...standingOf(history),
        history,
        ...(capability && { capability }),
        ...(deliveries && { deliveries }),
      };
    });
  }

  /** Everything on record of these people's consent, as `historiesOf` reads it. Whoever is missing refuses nothing. `asked`: see `readHistories`. */
  async told(asked: string): Promise<string> {
    return readHistories(this.#sql, asked);
  }

  /** Whoever stands behind `after` in the order of their hashes, at most `limit`. */
  async list(after: string, limit: number): Promise<Listed[]> {
    const persons = this.#sql
      .exec<{ person: string }>(
        'SELECT DISTINCT person FROM changes WHERE person > ? ORDER BY person LIMIT ?',
        after,
        limit,
      )
      .toArray()
      .map(({ person }) => person);
    const histories = this.#histories(persons);
    const addresses = new Map<string, Address>();
    const named = this.#sql.exec<{
      person: string;
      channel: string;
      identity: string;
      app_id: string;
    }>(
      `SELECT person, channel, identity, app_id FROM changes
       WHERE identity IS NOT NULL AND person IN (SELECT value FROM json_each(?)) ORDER BY at, key`,
      JSON.stringify(persons),
    );
    for (const { person, channel, identity, app_id: appId } of named)
      addresses.set(person, { channel, identity, appId });
    return persons.map((person) => {
      const history = histories.get(person) ?? [];
      const address = addresses.get(person);
      return { person, ...standingOf(history), history, ...(address && { address }) };
    });
  }

  /** Remembers a message that reached somebody. The newest by event time stays. */
  async noteDelivery(person: string, delivery: Delivery): Promise<void> {
    this.#deliveries.note(person, delivery);
  }

  /** Remembers that a threshold's window keeps a callback of somebody. `until` in milliseconds. */
  async noteCase(person: string, tally: string, until: number): Promise<void> {
    this.#cases.note(person, tally, until);
  }

  /** The windows that keep callbacks of somebody; they are forgotten here. */
  async takeCases(person: string): Promise<readonly string[]> {
    return this.#cases.take(person);
  }

  /** Remembers a capability; `previous` is the one before it by event time. A repeated callback gets its first answer. */
  async noteCapability(note: CapabilityNote): Promise<CapabilityBefore> {
    return this.#capabilities.note(note);
  }

  /** What `noteCapability` would answer, without remembering anything. */
  async capabilityBefore(note: CapabilityNote): Promise<CapabilityBefore> {
    return this.#capabilities.before(note);
  }

  /** Removes what names a person: addresses, words, capabilities, deliveries. The keyed hash and the consent stay. */
  async erase(person: string): Promise<Erased> {
    return this.ctx.storage.transactionSync(() => {
      const erased = this.#sql
        .exec<{ addresses: number; words: number }>(
          'SELECT count(identity) AS addresses, count(words) + count(evidence) AS words FROM changes WHERE person = ?',
          person,
        )
        .one();
      this.#sql.exec(
        'UPDATE changes SET channel = NULL, identity = NULL, app_id = NULL, words = NULL, evidence = NULL WHERE person = ?',
        person,
      );
      return {
        ...erased,
        capabilities: this.#capabilities.erase(person),
        deliveries: this.#deliveries.erase(person),
      };
    });
  }

  /** A page of the whole record, in the order of its keys: for the daily backup. */
  async record(after: RecordPlace | undefined, limit: number): Promise<ConsentRow[]> {
    return this.#record.page(after, limit);
  }

  /** Puts rows of a backup back; what is there stays. Says how many were missing. */
  async restore(rows: readonly ConsentRow[]): Promise<number> {
    return (await this.#corrected(() => this.#record.restore(rows))).length;
  }

  /** Takes back what a rule put on record since a time, or counts it. It stays there, marked, and no longer counts. */
  async undo(undo: Undo): Promise<Undone> {
    const touched = undo.dry
      ? this.#record.undo(undo)
      : await this.#corrected(() => this.#record.undo(undo));
    return { people: new Set(touched).size, changes: touched.length };
  }

  /** When the first change of this record was put there, milliseconds since 1970. */
  async oldest(): Promise<number | undefined> {
    return this.#record.oldest();
  }

  override async alarm(): Promise<void> {
    await this.#outbox.flush();
    await this.#arm();
  }

  async #corrected(correct: () => readonly string[]): Promise<readonly string[]> {
    const persons = this.ctx.storage.transactionSync(() => {
      const touched = correct();
      for (const person of new Set(touched)) this.#outbox.mark(person);
      return touched;
    });
    await this.#arm();
    return persons;
  }

  #apply(change: ConsentChange): ConsentOutcome {
    const { key, person, address } = change;
    const [first] = this.#sql.exec<{ answer: string }>(
      'SELECT answer FROM changes WHERE person = ? AND key = ?',
      person,
      key,
    );
    // `answer` is only ever written below.
    if (first) return JSON.parse(first.answer) as ConsentOutcome;
    const history = this.#histories([person]).get(person) ?? [];
    const before = standingOf(history);
    const after = standingOf([...history, change]);
    const outcome = {
      changed: JSON.stringify(before.scopes) !== JSON.stringify(after.scopes),
      scopes: after.scopes,
    };
    this.#record.add({
      ...{ person, key, at: change.at, received: Date.now() },
      ...{ scope: change.scope, to: change.to, source: change.source },
      ...{
        words: change.words ?? null,
        evidence: change.evidence ?? null,
        callback_id: change.callbackId ?? null,
      },
      ...{
        rule: change.rule ?? null,
        rulebook: change.rulebook ?? null,
        actor: change.actor ?? null,
        reason: change.reason ?? null,
      },
      ...{
        imported: change.imported ?? null,
        hops: change.hops ?? null,
        undone: change.undone ?? null,
      },
      ...{ channel: address.channel, identity: address.identity, app_id: address.appId },
      answer: JSON.stringify(outcome),
    });
    if (JSON.stringify(before) !== JSON.stringify(after)) this.#outbox.mark(person);
    return outcome;
  }

  /** Oldest first. */
  #histories(persons: readonly string[]): Map<string, ConsentEvent[]> {
    return historiesOf(readHistories(this.#sql, JSON.stringify([...new Set(persons)])));
  }

  /** Lifted consent is written too: a missing key would say nothing, and KV remembers "not found" for a minute. */
  async #publish(person: string): Promise<undefined> {
    const standing = standingOf(this.#histories([person]).get(person) ?? []);
    await this.env.KV.put(`consent:${person}`, JSON.stringify({ ...standing, as_of: Date.now() }));
  }

  async #arm(): Promise<void> {
    const due = this.#outbox.next();
    if (due !== undefined) await arm(this.ctx.storage, due);
  }
}
