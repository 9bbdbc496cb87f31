import type { ChangeOutbox } from '../changes/change-outbox.ts';
import type { Outbox } from '../outbox.ts';
import {
  type ConsentChange,
  type ConsentEvent,
  type ConsentOutcome,
  type ConsentState,
  consentStateOf,
  scopesDiffer,
  scopesFor,
} from './consent.ts';
import { type ConsentRecord, rowOf } from './consent-record.ts';
import { parseHistories, readHistories } from './histories.ts';

/** What corrects consent that is stored already. */
export type Correction = 'undo' | 'review' | 'restore';

/** Changes of consent with all that follows from them: the copy in KV and the feed of changes. Call each in a transaction. */
export interface ConsentStore {
  /** Stores a change and returns its outcome. A repeated key gets its first answer. */
  apply(change: ConsentChange): ConsentOutcome;
  /**
   * Corrects the record and returns the people that `correct` returns.
   * @param people those whose consent may change
   */
  correct(
    source: Correction,
    people: readonly string[],
    correct: () => readonly string[],
  ): readonly string[];
  /** Returns the events of each person, oldest first. */
  histories(persons: readonly string[]): ReadonlyMap<string, readonly ConsentEvent[]>;
  stateOf(person: string): ConsentState;
}

/** Opens the consent of a shard over its record. */
export function openConsentStore(
  sql: SqlStorage,
  record: ConsentRecord,
  copies: Pick<Outbox, 'mark'>,
  feed: Pick<ChangeOutbox, 'add'>,
): ConsentStore {
  const histories: ConsentStore['histories'] = (persons) =>
    parseHistories(readHistories(sql, JSON.stringify([...new Set(persons)])));
  const stateOf = (person: string): ConsentState =>
    consentStateOf(histories([person]).get(person) ?? []);

  return {
    histories,
    stateOf,
    apply(change) {
      const { key, person } = change;
      const [first] = sql.exec<{ answer: string }>(
        'SELECT answer FROM changes WHERE person = ? AND key = ?',
        person,
        key,
      );
      // The code below wrote it.
      if (first) return JSON.parse(first.answer) as ConsentOutcome;
      const history = histories([person]).get(person) ?? [];
      const before = consentStateOf(history);
      const after = consentStateOf([...history, change]);
      const outcome = { changed: scopesDiffer(before, after), scopes: after.scopes };
      record.add(rowOf(change, outcome, Date.now()));
      if (JSON.stringify(before) !== JSON.stringify(after)) copies.mark(person);
      if (outcome.changed) {
        const { address, at, scope, source, rule, callbackId } = change;
        feed.add({
          ...{ id: `consent/${person}/${key}`, kind: kindOf(before, after), at, subject: person },
          data: { ...address, scope, source, rule, callbackId, ...shown(after) },
        });
      }
      return outcome;
    },
    correct(source, people, correct) {
      const before = new Map([...new Set(people)].map((person) => [person, stateOf(person)]));
      const touched = correct();
      const addresses = record.addresses(touched);
      for (const person of new Set(touched)) {
        copies.mark(person);
        const [was, is] = [before.get(person), stateOf(person)];
        if (!was || !scopesDiffer(was, is)) continue;
        feed.add({
          ...{ id: `${source}/${crypto.randomUUID()}`, kind: kindOf(was, is), at: Date.now() },
          ...{ subject: person, data: { ...addresses.get(person), source, ...shown(is) } },
        });
      }
      return touched;
    },
  };
}

const shown = ({ scopes, apps, others }: ConsentState) => ({ scopes, apps, others });

/** A change that refuses more for any app is a withdrawal, whatever it permits beside that. */
function kindOf(
  before: ConsentState,
  after: ConsentState,
): 'consent_withdrawn' | 'consent_given' {
  // The last one stands for an app without a record. No app of Sinch has this id.
  const apps = [...new Set([...Object.keys(before.apps), ...Object.keys(after.apps), ' '])];
  const refusedBy = (state: ConsentState): readonly boolean[] =>
    apps.flatMap((app) => Object.values(app === '' ? (state.apps[''] ?? state.others) : scopesFor(state, app)));
  const was = refusedBy(before);
  return refusedBy(after).some((refused, at) => refused && !was[at])
    ? 'consent_withdrawn'
    : 'consent_given';
}
