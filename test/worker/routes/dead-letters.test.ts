import { afterEach, describe, expect, test, vi } from 'vitest';
import { openBox } from '../box.ts';
import { APP, PERSON, receipt, submitted } from '../sample.ts';
import { reset } from '../storage.ts';

afterEach(async () => {
  vi.useRealTimers();
  await reset();
});

describe('dead letters', () => {
  test('name what failed and why, hold no person in clear, and do their work when they are replayed', async () => {
    const box = openBox({}, { DEST_FORWARD: 'https://10.0.0.1/forward' });
    await box.take({
      app_id: APP,
      unsupported_callback: { channel: 'WHATSAPP', payload: '{"a":1}', id: '01JUNSUPPORTED' },
    });
    await box.drain();
    const list = await (await box.ask('/v1/dead-letters')).json<{
      dead_letters: { id: string }[];
      next: string | null;
    }>();
    expect(list).toMatchObject({
      dead_letters: [
        {
          action: 'forward',
          rule: 'unsupported-forwarded',
          code: 'destination_refused',
          redelivered_at: null,
        },
      ],
      next: null,
    });
    const corrected = openBox();
    const redelivered = await corrected.ask(
      `/v1/dead-letters/${list.dead_letters[0]?.id}/redeliver`,
      {
        method: 'POST',
      },
    );
    expect(redelivered.status).toBe(200);
    await corrected.drain();
    expect(await corrected.arrivals('forward')).toHaveLength(1);
    expect(await (await corrected.ask('/healthz')).json()).toMatchObject({ dead_letters: 0 });
  });

  test('are given up by somebody who says why: on record, and no trouble any more', async () => {
    const box = openBox();
    await box.bindings.DB.prepare(
      "INSERT INTO dead_letters (id, at, queue, code, reason, attempts, work) VALUES ('a', 1, 'effects', 'x', 'x', 1, 'x')",
    ).run();
    expect((await box.ask('/healthz')).status).toBe(503);
    const drop = (id: string, body: object) =>
      box.ask(`/v1/dead-letters/${id}/drop`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    expect((await drop('a', { actor: 'ada' })).status).toBe(400);
    expect((await drop('b', { actor: 'ada', reason: 'gone' })).status).toBe(404);
    expect((await drop('a', { actor: 'ada', reason: 'its receiver is gone' })).status).toBe(200);
    expect((await box.ask('/healthz')).status).toBe(200);
    expect(await (await box.ask('/metrics')).text()).toContain(
      'signalbox_dead_letters{queue="effects"} 0',
    );
    expect(await (await box.ask('/v1/dead-letters')).json()).toMatchObject({
      dead_letters: [
        { id: 'a', dropped: 'ada (api-token): its receiver is gone', redelivered_at: null },
      ],
    });
  });

  test('a person’s address lies sealed in the database', async () => {
    const box = openBox();
    await box.take(submitted('01JSEALED'));
    await box.take(receipt('01JSEALED', 'FAILED', { code: 'RATE_LIMITED' }));
    await box.faults({ kind: 'messages:send', answers: [400] });
    await box.drain(3600);
    const rows = await box.bindings.DB.prepare('SELECT * FROM dead_letters').all();
    expect(rows.results).toHaveLength(1);
    expect(JSON.stringify(rows.results)).not.toContain(PERSON);
  });
});
