import { afterEach, describe, expect, test, vi } from 'vitest';
import type { JournalMessage, Note } from '../../src/journal/journal-message.ts';
import { openNoteQueue } from '../../src/journal/note-queue.ts';
import { eventually } from '../setup/eventually.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

const note = (id: string, detail = ''): Note => ({
  ...{ kind: 'outcome', id, rulebook: 'V', rule: 'r', position: 0, action: 'alert' },
  ...{ outcome: 'done', detail, at: 1 },
});

/** A queue that holds what it was sent, and an interval that ends when it is told to. */
function opened(interval: number | undefined) {
  const calls: JournalMessage[][] = [];
  const state = { now: 0, isDown: false };
  const under: Promise<unknown>[] = [];
  const ends: (() => void)[] = [];
  const queue = {
    async sendBatch(messages: Iterable<{ body: JournalMessage }>) {
      if (state.isDown) throw new Error('Queue send failed');
      calls.push([...messages].map(({ body }) => body));
    },
  };
  const send = openNoteQueue(
    queue as unknown as Queue<JournalMessage>, // only sendBatch is used
    { interval, wait: () => new Promise<void>((resolve) => ends.push(resolve)) },
    () => state.now,
    (work) => void under.push(work),
  );
  const end = async (): Promise<void> => {
    for (const resolve of ends.splice(0)) resolve();
    await Promise.all(under.splice(0));
  };
  return { send, end, calls, state, ends };
}
const idsIn = (calls: readonly JournalMessage[][]) =>
  calls.map((call) =>
    call.map((message) =>
      message.kind === 'notes' ? message.notes.map((one) => 'id' in one && one.id) : [],
    ),
  );

describe('notes of an isolate', () => {
  test('within an interval are one message', async () => {
    const { send, end, calls, ends } = opened(2_000);
    for (const id of ['A', 'B', 'C']) await send([note(id)]);
    expect(calls).toEqual([]);
    expect(ends).toHaveLength(1);
    await end();
    expect(idsIn(calls)).toEqual([[['A', 'B', 'C']]]);
    await send([note('D')]);
    await end();
    expect(idsIn(calls).at(-1)).toEqual([['D']]);
  });

  test('are queued at once where nothing is collected', async () => {
    const { send, calls } = opened(undefined);
    await send([note('A'), note('B')]);
    expect(idsIn(calls)).toEqual([[['A', 'B']]]);
  });

  test('fill messages that a queue takes, and do not wait when there are enough', async () => {
    const { send, end, calls } = opened(2_000);
    for (let n = 0; n < 300; n++) await send([note(`N${n}`, 'x'.repeat(1_000))]);
    await end();
    const messages = calls.flat();
    expect(idsIn(calls).flat(2)).toEqual(Array.from({ length: 300 }, (_, n) => `N${n}`));
    expect(messages.length).toBeLessThan(10);
    for (const message of messages) expect(JSON.stringify(message).length).toBeLessThan(100_000);
  });

  test('are lost with one log line where the queue fails, and later ones are not', async () => {
    const error = vi.spyOn(console, 'error').mockImplementation(() => {});
    const { send, end, calls, state } = opened(2_000);
    state.isDown = true;
    await send([note('A')]);
    await end();
    expect(error).toHaveBeenCalledWith(expect.objectContaining({ event: 'journal.lost' }));
    state.isDown = false;
    await send([note('B')]);
    await end();
    expect(idsIn(calls)).toEqual([[['B']]]);
  });

  test('are queued by the next one where a call that was arranged never came', async () => {
    const { send, calls, state, ends } = opened(2_000);
    await send([note('A')]);
    ends.splice(0);
    state.now = 20_000;
    await send([note('B')]);
    expect(ends).toHaveLength(1);
    ends[0]?.();
    await eventually(() => expect(idsIn(calls)).toEqual([[['A', 'B']]]));
  });
});
