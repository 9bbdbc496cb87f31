import * as v from 'valibot';
import { codeOf, messageOf } from '../errors.ts';
import { enqueue } from '../pipeline/enqueue.ts';
import { DAILY, operatorAlert } from '../pipeline/operator-alert.ts';
import { backoff } from '../pipeline/queue-retries.ts';
import type { Services } from '../work/services.ts';
import { type Drift, JournalMessage, type Note, notesIn } from './journal-message.ts';
import { type JournalStore, journalIn } from './journal-store.ts';
import { trimJournal } from './retention.ts';
import { isTrimmed, isWritten, type JournalSize, readSize, sizeProblem } from './size.ts';
import { type DeliveredNote, writeNotes } from './write.ts';
import { hasDrift, writeDrift } from './write-drift.ts';

/** Consumes the `journal` queue: one write for each batch. A note that cannot be read becomes a dead letter. */
export async function consumeJournal(
  batch: MessageBatch<unknown>,
  services: Services,
  env: Pick<Env, 'JOURNAL_DB' | 'ARCHIVE'>,
): Promise<void> {
  const store = journalIn(env, services.dataKey);
  const { DB } = store;
  const read: Message<unknown>[] = [];
  const notes: DeliveredNote[] = [];
  for (const message of batch.messages) {
    const parsed = v.safeParse(JournalMessage, message.body);
    if (parsed.success) {
      read.push(message);
      const isRedelivered = message.attempts > 1;
      for (const note of notesIn(parsed.output)) notes.push({ note, isRedelivered });
    } else await storeUnreadable(message, services);
  }
  if (read.length === 0) return;
  try {
    const size = await readSize(DB, services.settings.journalMaxBytes);
    if (isTrimmed(size)) await trim(notes.length, size, services, store);
    const written = notes.filter(({ note }) => isWritten(classOf(note), size));
    await writeNotes(written, store);
    const dropped = notes.length - written.length;
    if (dropped > 0) await reportDropped(dropped, size, services);
    for (const { note } of written)
      if (note.kind === 'drift') await notifyDrift(note.drift, services, DB);
    for (const message of read) message.ack();
    // @event journal.written | Journal entries are written.
    console.log({ event: 'journal.written', notes: written.length });
  } catch (error) {
    console.error({
      // @event journal.write-failed | Journal entries could not be written; the queue tries
      //   again.
      event: 'journal.write-failed',
      notes: notes.length,
      code: codeOf(error),
      message: messageOf(error),
    });
    for (const message of read)
      message.retry({ delaySeconds: Math.ceil(backoff(message.attempts)) });
  }
}

/** The class of a note: proofs of consent are written longest. */
const classOf = (note: Note): string => (note.kind === 'entry' ? note.entry.class : 'callback');

/** How many of the oldest pages leave with each batch, and one more for so many notes: their tokens take more room than these notes. */
const TRIMMED = { pages: 4, notes: 25 };

/** Makes room for notes in a journal that is nearly full, and alerts the operator, once a day. */
async function trim(
  notes: number,
  size: JournalSize,
  services: Services,
  store: JournalStore,
): Promise<void> {
  const pages = TRIMMED.pages + Math.ceil(notes / TRIMMED.notes);
  const records = await trimJournal(pages, services.now(), store.DB);
  if (records === 0) return;
  // @event journal.trimmed | The oldest journal records leave before their time: its database is
  //   nearly full. Their counts stay.
  console.warn({ event: 'journal.trimmed', records, bytes: size.bytes });
  const alert = operatorAlert(
    {
      title: 'the journal is nearly full: its oldest records leave early',
      text: `${sizeProblem(size) ?? ''}. The newest records and all counts stay.`,
      interval: DAILY,
    },
    services.now(),
  );
  await enqueue([alert], services);
}

/** Logs dropped records and alerts the operator, once a day. */
async function reportDropped(
  records: number,
  size: JournalSize,
  services: Services,
): Promise<void> {
  // @event journal.dropped | Journal records are dropped: its database is nearly full, or was
  //   away for days. Nothing else is lost.
  console.error({ event: 'journal.dropped', records, bytes: size.bytes });
  const alert = operatorAlert(
    {
      title: 'the journal is full: records are dropped',
      text: `${sizeProblem(size) ?? ''}. Nothing else is lost.`,
      interval: DAILY,
    },
    services.now(),
  );
  await enqueue([alert], services);
}

async function storeUnreadable(
  message: Message<unknown>,
  { deadLetters }: Services,
): Promise<void> {
  try {
    await deadLetters.keep({
      queue: 'journal',
      work: message.body,
      code: 'unreadable',
      reason: 'the message is not a journal note',
      attempts: message.attempts,
    });
    message.ack();
  } catch {
    message.retry({ delaySeconds: 60 });
  }
}

/** Stores a drift and raises one alert for each kind and day. The alert is queued first: a repeated alert is better than a missing one. */
async function notifyDrift(drift: Drift, services: Services, DB: D1Database): Promise<void> {
  if (await hasDrift(drift, DB)) return;
  const { kind, trigger, name, value, day } = drift;
  const what = kind === 'trigger' ? name : `${trigger} ${name}${value ? ` = ${value}` : ''}`;
  const alert = operatorAlert(
    {
      title: `a new ${kind} from Sinch`,
      text: `${what}. No rule uses it yet. \`signalbox drift\` lists everything that was new on ${day}, each with a fixture.`,
      severity: 'low',
    },
    services.now(),
  );
  await enqueue([{ ...alert, key: `signalbox/drift/${kind}/${day}` }], services);
  await writeDrift(drift, DB);
}
