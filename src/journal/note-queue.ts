import { codeOf, messageOf } from '../errors.ts';
import { jsonSize } from '../pipeline/queue-message.ts';
import type { JournalMessage, Note } from './journal-message.ts';

/** Continues work after the response: a Worker's `waitUntil`. */
export type Later = (work: Promise<unknown>) => void;

/** How notes are collected. */
export interface Collecting {
  /** How long an isolate collects notes before it queues them, in milliseconds; undefined: it queues each at once. */
  readonly interval: number | undefined;
  readonly wait: (milliseconds: number) => Promise<unknown>;
}

/** The most bytes of a message: Queues take 128 KB, and charge by 64 KB. */
const MESSAGE = 62_000;
/** With so many bytes an isolate does not wait for more. */
const ENOUGH = 50_000;
/** The most messages, and bytes, of one call: Queues take 100 messages and 256 KB. */
const CALL = 200_000;

/** After so many intervals a call that was arranged is taken to be lost: the runtime ends work behind a response after 30 seconds. */
const LOST = 5;

/** The notes that an isolate has collected and not queued. */
interface Collected {
  notes: Note[];
  bytes: number;
  /** When the next call was arranged, in milliseconds since 1970; undefined if none is. */
  arranged: number | undefined;
}

const collected = new WeakMap<object, Collected>();

/**
 * Opens the queue of notes. An isolate collects notes for a moment and queues them as few messages: Queues charge for each. The notes
 * of an isolate that ends in between are lost, as those of a call that fails.
 */
export function openNoteQueue(
  queue: Queue<JournalMessage>,
  { interval, wait }: Collecting,
  now: () => number,
  later: Later,
): (notes: readonly Note[]) => Promise<void> {
  const state: Collected = collected.get(queue) ?? { notes: [], bytes: 0, arranged: undefined };
  collected.set(queue, state);

  async function flush(): Promise<void> {
    const { notes } = state;
    Object.assign(state, { notes: [], bytes: 0, arranged: undefined });
    if (notes.length > 0) await send(notes, queue);
  }
  return async (notes) => {
    if (interval === undefined) return send(notes, queue);
    state.notes.push(...notes);
    state.bytes += notes.reduce((sum, note) => sum + jsonSize(note), 0);
    if (state.bytes >= ENOUGH) return flush();
    if (state.arranged !== undefined && now() - state.arranged < LOST * interval) return;
    state.arranged = now();
    later(
      wait(interval)
        .then(flush)
        .catch((error: unknown) => logLost(error, undefined)),
    );
  };
}

/** Logs that notes are lost. @param id the callback, if all are about one */
export const logLost = (error: unknown, id: string | undefined): void =>
  // @event journal.lost | Journal entries could not be queued. The decisions themselves are
  //   unaffected.
  console.error({ event: 'journal.lost', id, code: codeOf(error), message: messageOf(error) });

async function send(notes: readonly Note[], queue: Queue<JournalMessage>): Promise<void> {
  let call: { body: JournalMessage }[] = [];
  let size = 0;
  for (const { message, bytes } of messagesOf(notes)) {
    if (size + bytes > CALL) {
      await queue.sendBatch(call);
      [call, size] = [[], 0];
    }
    call.push({ body: message });
    size += bytes;
  }
  if (call.length > 0) await queue.sendBatch(call);
}

/** Divides notes into messages. */
function messagesOf(notes: readonly Note[]): { message: JournalMessage; bytes: number }[] {
  const found: { notes: Note[]; bytes: number }[] = [];
  for (const note of notes) {
    const own = jsonSize(note);
    const last = found.at(-1);
    if (last && last.bytes + own <= MESSAGE) {
      last.notes.push(note);
      last.bytes += own;
    } else found.push({ notes: [note], bytes: own });
  }
  return found.map(({ notes: some, bytes }) => ({
    message: { kind: 'notes', notes: some },
    bytes: bytes + 100,
  }));
}
