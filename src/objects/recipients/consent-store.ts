import { personFields } from '../changes/change.ts';
import type { ChangeOutbox } from '../changes/change-outbox.ts';
import type { ErasedPeople } from '../erased-people.ts';
import type { Outbox } from '../outbox.ts';
import type { Undone } from './answers.ts';
import {
  type ConsentChange,
  type ConsentEvent,
  type ConsentOutcome,
  type ConsentState,
  consentStateOf,
  scopesDiffer,
  scopesFor,
} from './consent.ts';
import {
  type ConsentRecord,
  type ConsentRow,
  rowOf,
  type Specification,
  type Undo,
  undoneOf,
} from './consent-record.ts';
import { parseHistories, readHistories } from './histories.ts';

/** What corrects consent that is stored already. */
type Correction = 'undo' | 'review' | 'restore' | 'narrowing';

/** Changes of consent with all that follows from them: the copy in KV and the feed of changes. Call each in a transaction. */
export interface ConsentStore {
  /** Stores a change and returns its outcome. A repeated key gets its first answer. */
  apply(change: ConsentChange): ConsentOutcome;
  /** Inserts the rows of a backup that are missing and returns how many. */
  restore(rows: readonly ConsentRow[]): number;
  /** Marks changes as undone, or counts them (`dry`). They stay in the history and no longer count. */
  undo(undo: Undo): Undone;
  /** Marks one change as undone, like the hold of a decided review. */
  settle(person: string, key: string, decision: string): void;
  /** Replaces an opt-out for all content by a narrower one, or states in the history why it stays. */
  specify(person: string, specification: Specification): void;
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
  isErased: ErasedPeople['isErased'],
): ConsentStore {
  const histories: ConsentStore['histories'] = (persons) =>
    parseHistories(readHistories(sql, JSON.stringify([...new Set(persons)])));
  const stateOf = (person: string): ConsentState =>
    consentStateOf(histories([person]).get(person) ?? []);

  function apply(change: ConsentChange): ConsentOutcome {
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
      const { at, scope, source, rule, callbackId } = change;
      // A late report of an event before the erasure names no person.
      const address = isErased(person, at) ? undefined : change.address;
      feed.add({
        ...{ id: `consent/${person}/${key}`, kind: kindOf(before, after), at, subject: person },
        data: {
          ...{ ...personFields(person, address), scope, source, rule: rule ?? null },
          ...{ decision_id: callbackId ?? null, ...shown(after) },
        },
      });
    }
    return outcome;
  }

  /** @param people those whose consent may change @returns the people that `change` returns */
  function correct(
    source: Correction,
    people: readonly string[],
    change: () => readonly string[],
  ): readonly string[] {
    const before = new Map([...new Set(people)].map((person) => [person, stateOf(person)]));
    const touched = change();
    const addresses = record.addresses(touched);
    for (const person of new Set(touched)) {
      copies.mark(person);
      const [was, is] = [before.get(person), stateOf(person)];
      if (!was || !scopesDiffer(was, is)) continue;
      feed.add({
        ...{ id: `${source}/${crypto.randomUUID()}`, kind: kindOf(was, is), at: Date.now() },
        subject: person,
        data: {
          ...{ ...personFields(person, addresses.get(person)), scope: null, source },
          ...{ rule: null, decision_id: null, ...shown(is) },
        },
      });
    }
    return touched;
  }

  return {
    histories,
    stateOf,
    apply,
    restore: (rows) =>
      correct(
        'restore',
        rows.map(({ person }) => person),
        () => record.restore(rows),
      ).length,
    undo(undo) {
      let touched = record.undo({ ...undo, dry: true });
      const people = touched.map(({ person }) => person);
      if (!undo.dry)
        correct('undo', people, () => {
          touched = record.undo(undo);
          return people;
        });
      return undoneOf(touched);
    },
    settle: (person, key, decision) =>
      void correct('review', [person], () => record.settle(person, key, decision)),
    specify: (person, specification) =>
      void correct('narrowing', [person], () => record.specify(person, specification)),
  };
}

const shown = ({ scopes, apps, others }: ConsentState) => ({ scopes, apps, other_apps: others });

/** A change that refuses more for any app is a withdrawal, whatever it permits beside that. */
function kindOf(before: ConsentState, after: ConsentState): 'consent_withdrawn' | 'consent_given' {
  // The last one stands for an app without a record. No app of Sinch has this id.
  const apps = [...new Set([...Object.keys(before.apps), ...Object.keys(after.apps), ' '])];
  const refusedBy = (state: ConsentState): readonly boolean[] =>
    apps.flatMap((app) =>
      Object.values(app === '' ? (state.apps[''] ?? state.others) : scopesFor(state, app)),
    );
  const was = refusedBy(before);
  return refusedBy(after).some((refused, at) => refused && !was[at])
    ? 'consent_withdrawn'
    : 'consent_given';
}
