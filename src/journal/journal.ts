import { erase } from '../actions/erase.ts';
import { actionNamed } from '../actions/index.ts';
import type { Callback } from '../callbacks/callback.ts';
import { addressOf } from '../callbacks/shapes/parts.ts';
import { triggerNamed } from '../callbacks/triggers/index.ts';
import type { DataKey } from '../crypto/data-key.ts';
import type { Objects } from '../objects/index.ts';
import { hashContact } from '../pipeline/people.ts';
import { jsonSize } from '../pipeline/queue-message.ts';
import type { Settings } from '../settings/settings.ts';
import type { IngestRecord, JournalWriter } from '../work/services.ts';
import { driftsOf } from './drift.ts';
import { type Entry, type EntryClass, MAX_BODY } from './entry.ts';
import type { Drift, Note } from './journal-message.ts';
import { type Collecting, type Later, logLost, openNoteQueue } from './note-queue.ts';
import { redactFacts } from './redact.ts';
import { contactIdsOf, searchKeysOf } from './search-keys.ts';

/** How many drifts of one callback are recorded. */
const MAX_DRIFTS = 5;

/** The longest detail of an outcome, and the longest name, in characters. */
const MAX_DETAIL = 1_000;

/** The drifts that this isolate has recorded today, for each queue binding. */
const noted = new WeakMap<object, Set<string>>();

/**
 * Opens the journal for writing. Notes go to a queue of their own after the acknowledgement: if one
 * is lost, a record is lost, never a callback.
 */
export function openJournal(
  { JOURNAL_QUEUE: queue }: Pick<Env, 'JOURNAL_QUEUE'>,
  {
    journal: mode,
    journalPayload,
    metadataSearchPaths,
  }: Pick<Settings, 'journal' | 'journalPayload' | 'metadataSearchPaths'>,
  dataKey: DataKey,
  { personOf }: Pick<Objects['recipients'], 'personOf'>,
  now: () => number,
  later: Later,
  collecting: Collecting,
): JournalWriter {
  const send = openNoteQueue(queue, collecting, now, later);
  const inBackground = (work: () => Promise<void>, id: string): void =>
    later(work().catch((error: unknown) => logLost(error, id)));
  const isNews = ({ day, kind, trigger, name, value }: Omit<Drift, 'fixture'>): boolean => {
    const known = noted.get(queue) ?? new Set();
    noted.set(queue, known);
    const key = [day, kind, trigger, name, value].join('\n');
    if (known.has(key) || known.size > 10_000) return false;
    known.add(key);
    return true;
  };
  const newsIn = (callback: Callback): readonly Drift[] => {
    try {
      // A drift over the limit is not marked as recorded: the next such callback records it.
      let room = MAX_DRIFTS;
      return driftsOf(callback, (drift) => room > 0 && isNews(drift) && room-- > 0);
    } catch (error) {
      logLost(error, callback.id);
      return [];
    }
  };

  return {
    note(passed) {
      if (mode === 'off') return;
      const { callback, decision } = passed;
      const acted = decision.fired.length + decision.shadowed.length + decision.erred.length > 0;
      const drifts = newsIn(callback);
      // Without anything to record `waitUntil` is not called: it is not free.
      if (!acted && mode !== 'all' && drifts.length === 0) return;
      inBackground(async () => {
        const notes: Note[] = drifts.map((drift) => ({ kind: 'drift', drift }));
        if (acted || mode === 'all')
          notes.push({
            kind: 'entry',
            entry: await entryOf(
              passed,
              personOf,
              journalPayload === 'keep',
              metadataSearchPaths,
              dataKey,
            ),
          });
        await send(notes);
      }, callback.id);
    },
    outcome({ rulebook, rule, action, key, subject }, end) {
      if (mode === 'off' || rulebook === '') return;
      const position = Number(key.split('/').at(-1));
      const note = {
        kind: 'outcome',
        id: subject.callbackId,
        rulebook,
        rule: rule.name,
        action,
        outcome: end.outcome,
        detail: end.detail.slice(0, MAX_DETAIL),
        at: end.at ?? now(),
      } as const;
      inBackground(
        () => send([{ ...note, position: Number.isInteger(position) ? position : 0 }]),
        subject.callbackId,
      );
    },
    late({ id, trigger, appId, receivedAt, rulebook }, detail) {
      if (mode === 'off') return;
      const at = now();
      const action = {
        rule: 'signalbox',
        action: erase.name,
        position: 0,
        outcome: 'done',
        detail,
        at,
      } as const;
      const about = {
        id,
        rulebook,
        receivedAt,
        eventTime: receivedAt,
        trigger,
        appId,
        shadow: false,
        keys: [],
      };
      const facts = { clear: {}, hashed: {}, withheld: [], absent: [], erased: true };
      const entry: Entry = { ...about, class: 'callback', rules: [], actions: [], facts };
      // The callback may have an entry already: then the second one is none.
      inBackground(
        () =>
          send([
            { kind: 'entry', entry },
            { kind: 'outcome', id, rulebook, ...action },
          ]),
        id,
      );
    },
  };
}

async function entryOf(
  { callback, rulebook, decision, recalled, outcomes, shadow = false }: IngestRecord,
  personOf: Objects['recipients']['personOf'],
  keepsBody: boolean,
  metadataPaths: readonly string[],
  dataKey: DataKey,
): Promise<Entry> {
  const { subject, envelope, trigger, raw } = callback;
  const address = addressOf(subject, envelope.appId);
  const facts = await redactFacts(callback, rulebook, recalled, dataKey);
  const ids = contactIdsOf(callback);
  return {
    id: callback.id,
    rulebook: decision.version,
    receivedAt: callback.receivedAt,
    eventTime: callback.eventTime,
    class: classOf(trigger, outcomes),
    trigger,
    channel: subject.channel?.slice(0, MAX_DETAIL),
    appId: envelope.appId.slice(0, MAX_DETAIL),
    person: address && (await personOf(address)),
    contact: subject.contactId ? hashContact(subject.contactId, dataKey) : undefined,
    reasonCode: typeof facts.clear.reason_code === 'string' ? facts.clear.reason_code : undefined,
    rules: [
      ...decision.fired.map(({ rule }) => ({
        rule: rule.name,
        outcome: shadow ? ('shadow' as const) : ('fired' as const),
      })),
      ...decision.shadowed.map(({ rule }) => ({ rule: rule.name, outcome: 'shadow' as const })),
      ...decision.erred.map(({ rule, message }) => ({
        rule,
        outcome: 'erred' as const,
        detail: withoutValue(message),
      })),
    ],
    actions: outcomes.map(({ detail, ...action }) => ({
      ...action,
      ...(detail ? { detail: detail.slice(0, MAX_DETAIL) } : {}),
    })),
    facts,
    keys: [...searchKeysOf(callback, metadataPaths, dataKey)],
    ...(ids && { ids: await dataKey.encrypt(JSON.stringify(ids)) }),
    shadow,
    ...(keepsBody && jsonSize(raw) <= MAX_BODY ? { body: await dataKey.encrypt(raw) } : {}),
  };
}

const classOf = (trigger: string, outcomes: IngestRecord['outcomes']): EntryClass =>
  triggerNamed(trigger)?.journalClass === 'consent' ||
  outcomes.some(({ action }) => actionNamed(action)?.journalClass === 'consent')
    ? 'consent'
    : 'callback';

/** Returns an error message without the received value, which may name a person. */
const withoutValue = (message: string): string =>
  message.replace(/ but received .*/s, '').slice(0, 300);
