import type { ContactState } from '../../callbacks/contact-state.ts';
import { setAlarm } from '../alarm.ts';
import type { ChangeOutbox } from '../changes/change-outbox.ts';
import { type Outbox, openOutbox } from '../outbox.ts';
import { openWindowSamples, type WindowSample, type WindowSamples } from '../window-samples.ts';
import type {
  Consent,
  Erased,
  ExportedPerson,
  ImportOutcome,
  SendState,
  Undone,
} from './answers.ts';
import { type ConsentChange, type ConsentOutcome, consentStateOf } from './consent.ts';
import {
  type ConsentRecord,
  type ConsentRow,
  openConsentRecord,
  type RecordPosition,
  type Specification,
  type Undo,
} from './consent-record.ts';
import { type ConsentStore, openConsentStore } from './consent-store.ts';
import { type ContactStateNote, type ContactStates, openContactStates } from './contact-states.ts';
import { readHistories } from './histories.ts';
import { importLines } from './import-lines.ts';
import type { Link, LinkOutcome } from './links.ts';
import { PersonReach } from './person-reach.ts';

/**
 * One of 16 shards of people. The current consent is never stored, it is computed from the history.
 *
 * @storage Durable Object Recipients | 16 shards by person: consent with its whole history;
 *   capability and display name per channel and app, checks under way; last delivery per channel, last reply and read per channel and
 *   app, preferred channels; the states of contacts as keyed hashes; the threshold windows that hold a callback of the
 *   person; who was erased and when, by keyed hash | `suppress`, `unsuppress`, CAPABILITY, MESSAGE_DELIVERY, MESSAGE_INBOUND and CONTACT callbacks, `PUT` and
 *   `DELETE /v1/recipients`, capability checks, imports | `GET /v1/recipients`, may-send, channels, `/send`, exports, `retry` |
 *   consent: not limited; a capability: 30 days after a newer one, the last certain one until erased; a check: 30 minutes; a delivery,
 *   a reply, a read: 13 months and up to a quarter more
 * @storage KV consent:<person> | what the person refuses: `scopes`, `apps`, `others`, `reviewSince`, `as_of` | `Recipients`, within seconds |
 *   may-send with `consistency=fast`; your senders, if they choose to | as long as the consent
 */
export class Recipients extends PersonReach {
  readonly #sql: SqlStorage;
  readonly #contacts: ContactStates;
  readonly #windowSamples: WindowSamples;
  readonly #record: ConsentRecord;
  readonly #outbox: Outbox;
  readonly #consent: ConsentStore;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#sql = ctx.storage.sql;
    const { isErased } = this.erased;
    this.#record = openConsentRecord(this.#sql, isErased);
    this.#contacts = openContactStates(this.#sql, isErased);
    this.#windowSamples = openWindowSamples(this.#sql, isErased);
    this.#outbox = openOutbox(this.#sql, (person) => this.#publish(person));
    const [record, copies] = [this.#record, this.#outbox];
    this.#consent = openConsentStore(this.#sql, record, copies, this.changes, isErased);
  }

  /** Stores all changes or none, and returns their outcomes in the order given. The order of arrival does not matter. */
  async change(changes: readonly ConsentChange[]): Promise<ConsentOutcome[]> {
    return this.#change(() => changes.map((change) => this.#consent.apply(change)));
  }

  /** Stores the changes of all lines or none, and returns what each person refuses before and after. `dry`: stores nothing. */
  async importConsent(
    lines: readonly (readonly ConsentChange[])[],
    dry: boolean,
  ): Promise<ImportOutcome[]> {
    let outcomes: ImportOutcome[] = [];
    const { apply, stateOf } = this.#consent;
    const dryRun = new Error('dry run');
    try {
      this.ctx.storage.transactionSync(() => {
        outcomes = importLines(lines, apply, stateOf);
        // The error rolls the transaction back, so that a dry run reports exactly what an import does.
        if (dry) throw dryRun;
      });
    } catch (error) {
      if (error !== dryRun) throw error;
    }
    await this.arm();
    return outcomes;
  }

  /** Returns the consent of each person, in the order given. An unknown person refuses nothing. */
  async read(persons: readonly string[]): Promise<Consent[]> {
    const histories = this.#consent.histories(persons);
    const capabilities = this.capabilities.newest(persons);
    const reached = this.deliveries.newest(persons);
    return persons.map((person) => {
      const history = histories.get(person) ?? [];
      const capability = capabilities.get(person);
      const deliveries = reached.get(person);
      return {
        ...consentStateOf(history),
        history,
        ...(capability && { capability }),
        ...(deliveries && { deliveries }),
      };
    });
  }

  /** Returns the consent events of these people as `parseHistories` reads them. A person without any refuses nothing. `asked`: see `readHistories`. */
  async readHistories(asked: string): Promise<string> {
    return readHistories(this.#sql, asked);
  }

  /** Returns the same with the last answers about those of these people whom an app did not reach since `since`. */
  async readSendState(asked: string, since: number): Promise<SendState> {
    const lastAnswers = this.lastAnswers(asked, since);
    return { histories: readHistories(this.#sql, asked), lastAnswers };
  }

  /** Returns at most `limit` people after `after`, in the order of their hashes. */
  async list(after: string, limit: number): Promise<ExportedPerson[]> {
    const persons = this.#record.people(after, limit);
    const histories = this.#consent.histories(persons);
    const addresses = this.#record.addresses(persons);
    return persons.map((person) => {
      const history = histories.get(person) ?? [];
      const address = addresses.get(person);
      return { person, ...consentStateOf(history), history, ...(address && { address }) };
    });
  }

  /** Records that a threshold window holds a sample callback about a person. Returns false if the person was erased since its event. */
  async noteWindowSample(sample: WindowSample): Promise<boolean> {
    return this.#windowSamples.note(sample);
  }

  /** Returns whether one of these people and contacts was erased at or after `at`, in milliseconds since 1970. */
  async isErased(people: readonly string[], at: number): Promise<boolean> {
    return people.some((person) => this.erased.isErased(person, at));
  }

  /** Returns the windows that hold sample callbacks about a person, and removes these records. */
  async takeWindowSamples(person: string): Promise<readonly string[]> {
    return this.#windowSamples.take(person);
  }

  /** Stores a contact's state and returns the one before it; `dry`: stores nothing. */
  async noteContact(note: ContactStateNote, dry: boolean): Promise<ContactState | undefined> {
    return dry ? this.#contacts.before(note) : this.#contacts.note(note);
  }

  /** Removes the states of a contact that was erased `at` (milliseconds since 1970), and returns how many. The feed of changes has the erasure. */
  async forgetContact(contact: string, at: number): Promise<number> {
    return this.#change(() => {
      this.erased.mark([contact], at);
      this.changes.erase(contact);
      return this.#contacts.erase(contact);
    });
  }

  /** Adds a merge of contacts to the feed of changes, once. */
  async noteMerge(merge: Parameters<ChangeOutbox['add']>[0]): Promise<void> {
    await this.#change(() => this.changes.add(merge));
  }

  async link(link: Link): Promise<LinkOutcome> {
    return this.links.store(link);
  }

  async completeLink(person: string, other: string): Promise<void> {
    this.links.complete(person, other);
  }

  async unlink(person: string, other: string): Promise<void> {
    this.links.remove(person, other);
  }

  async linksOf(persons: readonly string[]): Promise<Link[]> {
    return this.links.of(persons);
  }

  async rowsOf(person: string): Promise<ConsentRow[]> {
    return this.#record.rowsOf(person);
  }

  /** Removes what names a person who was erased `at` (milliseconds since 1970) or says how to reach one: addresses, words, capabilities, deliveries, preferences. The keyed hash and the consent stay. */
  async erase(person: string, at: number): Promise<Erased> {
    return this.#change(() => {
      this.erased.mark([person], at);
      this.changes.erase(person);
      return { ...this.#record.erase(person), ...this.eraseReach(person) };
    });
  }

  /** Returns a page of the whole record, in the order of its keys, for the daily backup. */
  async readRecord(after: RecordPosition | undefined, limit: number): Promise<ConsentRow[]> {
    return this.#record.page(after, limit);
  }

  /** Inserts the rows of a backup that are missing and returns how many. */
  async restore(rows: readonly ConsentRow[]): Promise<number> {
    return this.#change(() => this.#consent.restore(rows));
  }

  /** Marks the changes of a rule in a span of time as undone, or counts them. They stay in the history and no longer count. */
  async undo(undo: Undo): Promise<Undone> {
    return this.#change(() => this.#consent.undo(undo));
  }

  /** Marks one change as undone, like the hold of a decided review. It stays in the history with the decision and no longer counts. */
  async settle(person: string, key: string, decision: string): Promise<void> {
    await this.#change(() => this.#consent.settle(person, key, decision));
  }

  /** Replaces an opt-out for all content by a narrower one, or states in the history why it stays. */
  async specify(person: string, specification: Specification): Promise<void> {
    await this.#change(() => this.#consent.specify(person, specification));
  }

  async size(): Promise<number> {
    return this.#sql.databaseSize;
  }

  /** Returns when the first change was stored, in milliseconds since 1970. */
  async oldest(): Promise<number | undefined> {
    return this.#record.oldest();
  }

  override async alarm(): Promise<void> {
    await this.#outbox.flush();
    await this.changes.flush();
    await this.arm();
  }

  /** Stores a change whole or not at all, and then passes on what follows from it. */
  async #change<T>(store: () => T): Promise<T> {
    const outcome = this.ctx.storage.transactionSync(store);
    await this.arm();
    return outcome;
  }

  /** Writes the copy, also when nothing is refused: KV caches for a minute that a key does not exist. */
  async #publish(person: string): Promise<undefined> {
    const standing = this.#consent.stateOf(person);
    await this.env.KV.put(`consent:${person}`, JSON.stringify({ ...standing, as_of: Date.now() }));
  }

  protected override async arm(): Promise<void> {
    const due = [...[this.#outbox.next(), this.changes.next(), this.pruneReach(Date.now())]].filter(
      (at) => at !== undefined,
    );
    if (due.length > 0) await setAlarm(this.ctx.storage, Math.min(...due));
  }
}
