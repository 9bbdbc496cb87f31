import { afterEach, describe, expect, test, vi } from 'vitest';
import { AppError } from '../../src/errors.ts';
import { openBox } from './box.ts';
import { APP, rating, receipt, submitted } from './sample.ts';
import { sender } from './sender-asked.ts';
import { reset } from './storage.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

describe('when things go wrong', () => {
  test('a callback whose effects cannot be queued waits on the callbacks queue and acts from there', async () => {
    const box = openBox();
    const { EFFECTS } = box.bindings;
    vi.spyOn(EFFECTS, 'sendBatch').mockRejectedValueOnce(new Error('Queue send failed'));
    const answer = await box.take(rating('RED'));
    expect(answer).toMatchObject({ fired: [], deferred: 'bug' });
    await box.drain(60);
    expect(await sender(box)).toMatchObject({ throttle: { to: '10/minute' } });
    expect(await box.arrivals('alert')).toHaveLength(1);
  });

  test('when no queue takes it the answer is 503, so that Sinch sends it again, and the log says why', async () => {
    const box = openBox();
    box.line.failing = true;
    const logged = vi.spyOn(console, 'error');
    const response = await box.post(rating('RED'));
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ code: 'unavailable' });
    expect(logged).toHaveBeenCalledWith({
      event: 'callback.not-kept',
      code: 'bug',
      message: 'Queue send failed',
    });
    box.line.failing = false;
    await box.take(rating('RED'));
    await box.drain();
    expect(await box.arrivals('alert')).toHaveLength(1);
  });

  test('a callback that fails for good is a dead letter with its id, the last error and the tries', async () => {
    const box = openBox({}, {}, (services) => ({
      ...services,
      rulebook: async () => {
        throw new AppError('unavailable', 'the rulebook cannot be read');
      },
    }));
    const { EFFECTS } = box.bindings;
    vi.spyOn(EFFECTS, 'sendBatch').mockRejectedValueOnce(new Error('Queue send failed'));
    const { id } = await box.take(rating('RED'));
    await box.drain(3 * 86_400);
    const { dead_letters } = await (await box.ask('/v1/dead-letters')).json<{
      dead_letters: { queue: string }[];
    }>();
    expect(dead_letters.filter(({ queue }) => queue === 'callbacks')).toMatchObject([
      {
        callback: id,
        code: 'unavailable',
        reason: 'the rulebook cannot be read',
        attempts: 30,
      },
    ]);
  });

  test('a retry survives a Sinch that is down and comes through when it is back', async () => {
    const box = openBox();
    await box.take(submitted('01JMESSAGE6'));
    await box.take(receipt('01JMESSAGE6', 'FAILED', { code: 'RATE_LIMITED' }));
    await box.faults({ kind: 'messages:send', answers: [500, 429] });
    await box.drain(600);
    box.network.up = false;
    await box.drain(0);
    box.network.up = true;
    await box.drain(3600);
    const sent = await box.arrivals('messages:send');
    expect(sent.filter(({ message_id }) => message_id)).toHaveLength(1);
  });

  test('a Sinch that stays down makes a dead letter with its reason, one alert, and a replay that works', async () => {
    const box = openBox();
    await box.take(submitted('01JMESSAGE7'));
    await box.take(receipt('01JMESSAGE7', 'FAILED', { code: 'RATE_LIMITED' }));
    await box.faults({ kind: 'messages:send', answers: Array.from({ length: 400 }, () => 500) });
    await box.drain(2 * 86_400);
    const { dead_letters: letters } = await (await box.ask('/v1/dead-letters')).json<{
      dead_letters: { id: string; action: string; code: string }[];
    }>();
    expect(letters).toMatchObject([{ action: 'retry', code: 'sinch_unavailable' }]);
    expect(
      (await box.arrivals('alert')).filter(({ body }) =>
        String(body.title).includes('dead letters'),
      ),
    ).toHaveLength(1);
  });

  test.each([
    [
      'CONVERSATION',
      'is looked up and found, so it is not repeated',
      'CONVERSATION',
      'CONVERSATION',
    ],
    [
      'DISPATCH',
      'is not repeated, since Sinch keeps nothing to look it up in',
      'DISPATCH',
      'DISPATCH',
    ],
    ['DISPATCH', 'is not repeated where only our copy names the mode', 'DISPATCH', ''],
    ['an unknown', 'is not repeated, since nobody knows where to look it up', '', ''],
  ])('an ambiguous send in %s mode %s', async (_, __, copy, mode) => {
    const box = openBox({ dispatchApps: copy === 'CONVERSATION' ? [] : [APP] });
    await box.take(submitted('01JMESSAGE8', { mode: copy }));
    await box.take(receipt('01JMESSAGE8', 'FAILED', { code: 'RATE_LIMITED', mode }));
    await box.faults({ kind: 'messages:send', answers: ['none'] });
    await box.drain(6 * 3600);
    const sent = (await box.arrivals('messages:send')).filter(({ message_id }) => message_id);
    expect(sent).toHaveLength(1);
  });

  test('an ambiguous send is found in Sinch’s own order, with what Sinch added', async () => {
    const box = openBox();
    const message = {
      card_message: {
        title: 'Your parcel',
        description: 'At noon.',
        choices: [{ text_message: { text: 'Where?' } }],
      },
    };
    const told = submitted('01JMESSAGE8', { mode: 'CONVERSATION' });
    await box.take({
      ...told,
      message_submit_notification: {
        ...told.message_submit_notification,
        submitted_message: message,
      },
    });
    await box.take(
      receipt('01JMESSAGE8', 'FAILED', { code: 'RATE_LIMITED', mode: 'CONVERSATION' }),
    );
    await box.faults({ kind: 'messages:send', answers: ['none'] });
    await box.drain(6 * 3600);
    expect(
      (await box.arrivals('messages:send')).filter(({ message_id }) => message_id),
    ).toHaveLength(1);
  });

  test('an ambiguous send that never reached Sinch goes out after the look-up', async () => {
    const box = openBox();
    await box.take(submitted('01JMESSAGE9', { mode: 'CONVERSATION' }));
    await box.take(
      receipt('01JMESSAGE9', 'FAILED', { code: 'RATE_LIMITED', mode: 'CONVERSATION' }),
    );
    await box.faults({ kind: 'messages:send', answers: ['lost'] });
    await box.drain(6 * 3600);
    expect(
      (await box.arrivals('messages:send')).filter(({ message_id }) => message_id),
    ).toHaveLength(1);
  });
});
