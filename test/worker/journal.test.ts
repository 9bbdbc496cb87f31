import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Decision } from '../../src/api/decisions/decisions.ts';
import { consumeJournal } from '../../src/journal/consume.ts';
import { open } from '../../src/services.ts';
import { openBox } from './box.ts';
import { asked, decisions, journal, rows, written } from './journal-asked.ts';
import { APP, inbound, minutes, rating, receipt, submitted } from './sample.ts';
import { reset } from './storage.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

const actionsOf = (decision: Decision | undefined) =>
  decision?.actions.map(({ action, outcome, detail = '' }) => [action, outcome, detail]);

describe('a callback on record', () => {
  test('names its rules and what became of each action', async () => {
    const box = openBox();
    const { id } = await box.take(rating('RED'));
    await box.drain();
    const [decision] = await decisions(box);
    expect(decision).toMatchObject({
      id,
      received_at: minutes(0),
      event_time: minutes(-1),
      class: 'callback',
      trigger: 'CHANNEL_EVENT',
      channel: 'WHATSAPP',
      app_id: APP,
      shadow: false,
      rules: [{ rule: 'whatsapp-quality-red', outcome: 'fired' }],
    });
    expect(decision?.rulebook).toMatch(/^\w+/);
    expect(actionsOf(decision)).toEqual([
      ['throttle', 'done', ''],
      ['alert', 'done', expect.stringMatching(/./)],
    ]);
  });

  test('is one entry however often it comes, and what is done stays done', async () => {
    const box = openBox();
    box.line.times = 2;
    await box.take(rating('RED'));
    await box.drain();
    await box.take(rating('RED'));
    await box.drain(60);
    const found = await decisions(box);
    expect(found).toHaveLength(1);
    expect(actionsOf(found[0])).toEqual([
      ['throttle', 'done', ''],
      ['alert', 'done', expect.stringMatching(/./)],
    ]);
  });

  test('says that an effect waits, was tried again, was left undone and why, or failed', async () => {
    const box = openBox();
    await box.take(submitted('01JM1'));
    const failed = await box.take(receipt('01JM1', 'FAILED', { code: 'RATE_LIMITED' }));
    await box.drain();
    const retry = async () =>
      actionsOf(
        (await decisions(box, `?rule=retry-transient-failure`)).find(({ id }) => id === failed.id),
      );
    expect(await retry()).toEqual([['retry', 'queued', '']]);
    box.network.up = false;
    await box.drain(90);
    expect(await retry()).toEqual([
      ['retry', 'retried', expect.stringContaining('sinch_unavailable')],
    ]);
    box.network.up = true;
    await box.drain(3600);
    expect(await retry()).toEqual([['retry', 'done', expect.stringContaining('resent as')]]);

    await box.take(inbound('STOP'));
    const refused = await box.take(
      receipt('01JM1', 'FAILED', { code: 'RATE_LIMITED', at: minutes(61) }),
    );
    expect(refused.id).toBe(failed.id);
    await box.take(submitted('01JM2'));
    const stopped = await box.take(receipt('01JM2', 'FAILED', { code: 'RATE_LIMITED' }));
    await box.drain(3600);
    const [last] = (await decisions(box)).filter(({ id }) => id === stopped.id);
    expect(actionsOf(last)).toContainEqual([
      'retry',
      'skipped',
      'the person asked for no more messages',
    ]);
  });

  test('says that an effect failed for good', async () => {
    const box = openBox();
    await box.take(submitted('01JM3'));
    await box.take(receipt('01JM3', 'FAILED', { code: 'RATE_LIMITED' }));
    await box.faults({ kind: 'messages:send', answers: [400] });
    await box.drain(600);
    expect((await decisions(box, '?outcome=failed')).map(({ rules }) => rules[0]?.rule)).toEqual([
      'retry-transient-failure',
    ]);
  });

  test('does not hold up its answer, and is not worth a callback: a journal that is down loses nothing else', async () => {
    const box = openBox();
    vi.spyOn(box.bindings.JOURNAL_QUEUE, 'sendBatch').mockRejectedValue(
      new Error('Queue send failed'),
    );
    const error = vi.spyOn(console, 'error').mockImplementation(() => {});
    expect((await box.post(receipt('01JM4', 'DELIVERED'))).status).toBe(200);
    await box.drain();
    expect(error).toHaveBeenCalledWith(expect.objectContaining({ event: 'journal.lost' }));
    expect(await decisions(box)).toEqual([]);
  });

  test('is written as soon as the database takes it again', async () => {
    const box = openBox();
    await box.take(rating('RED'));
    vi.spyOn(console, 'error').mockImplementation(() => {});
    const batch = vi
      .spyOn(box.bindings.JOURNAL_DB, 'batch')
      .mockRejectedValueOnce(new Error('D1 is down'));
    await box.drain(120);
    expect(batch.mock.calls.length).toBeGreaterThan(1);
    expect(await decisions(box)).toHaveLength(1);
  });

  test('that is no note is kept as a dead letter, which a replay leaves where it is', async () => {
    const box = openBox();
    await box.bindings.JOURNAL_QUEUE.send({ nonsense: true });
    await box.drain();
    const letters = async () =>
      (
        await asked<{ dead_letters: { id: string; queue: string; code: string }[] }>(
          box,
          '/v1/dead-letters',
        )
      ).dead_letters;
    const kept = await letters();
    expect(kept).toMatchObject([{ queue: 'journal', code: 'unreadable', redelivered_at: null }]);
    const redelivered = await box.ask(`/v1/dead-letters/${kept[0]?.id}/redeliver`, {
      method: 'POST',
    });
    expect(await redelivered.json()).toMatchObject({
      status: 422,
      detail: expect.stringContaining('cannot read it'),
    });
    expect(await letters()).toEqual(kept);
  });

  test.each([
    ['all', 2],
    ['acted', 1],
    ['off', 0],
  ])('with JOURNAL=%s: %i of one that fired and one that did not', async (mode, count) => {
    const box = openBox({}, { JOURNAL: mode });
    await box.take(rating('RED'));
    await box.take(receipt('01JM5', 'DELIVERED'));
    await box.drain();
    expect(await decisions(box)).toHaveLength(count);
  });
});

describe('what became of an action', () => {
  test.each([
    [
      'done stays done when a second delivery finds it done already',
      ['queued', 'done', 'skipped'],
      'done',
    ],
    ['a held action that was let go is done', ['queued', 'skipped', 'done'], 'done'],
    ['a dead letter that was replayed is done', ['queued', 'retried', 'failed', 'done'], 'done'],
    ['the first reason to skip counts', ['skipped', 'skipped'], 'skipped'],
    ['an entry that comes after its outcome changes nothing', ['done', 'queued'], 'done'],
  ] as const)('%s', async (_, outcomes, last) => {
    for (const [at, outcome] of outcomes.entries()) {
      const about = { id: 'C', rulebook: 'V', rule: 'r', position: 0, action: 'alert' };
      const detail = String(at);
      await written(openBox(), { kind: 'outcome', ...about, outcome, detail, at: at + 1 });
    }
    const detail = last === 'skipped' ? '0' : String(outcomes.indexOf('done'));
    expect(await rows('SELECT outcome, detail FROM decided_actions')).toEqual([
      { outcome: last, detail },
    ]);
  });
});

test.each([
  'done',
  'skipped',
  'failed',
] as const)('an action that is %s by a clock that is behind is not queued any more', async (outcome) => {
  const about = { id: 'C', rulebook: 'V', rule: 'r', position: 0, action: 'alert', detail: '' };
  await written(openBox(), { kind: 'outcome', ...about, outcome: 'queued', at: 1_000 });
  await written(openBox(), { kind: 'outcome', ...about, outcome, at: 400 });
  expect(await rows('SELECT outcome FROM decided_actions')).toEqual([{ outcome }]);
});

test('a batch with nothing in it writes nothing', async () => {
  const box = openBox();
  const batch = {
    queue: 'signalbox-journal',
    messages: [],
    metadata: { metrics: { backlogCount: 0, backlogBytes: 0 } },
    ackAll: () => {},
    retryAll: () => {},
  };
  await consumeJournal(batch, open(box.bindings), box.bindings);
  expect(await journal()).toBe('[[],[],[]]');
});
