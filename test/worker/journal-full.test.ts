import { reset } from 'cloudflare:test';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { env, openBox } from './box.ts';
import { call, suppressed } from './held.ts';
import { storedEntries } from './journal-asked.ts';
import { inbound, PERSON, rating } from './sample.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

/** The size that the empty journal has, in bytes: the limits of the tests are shares of it. */
const size = async () => (await env.JOURNAL_DB.prepare('SELECT 1').run()).meta.size_after;
const limitOf = async (share: number) => ({
  JOURNAL_MAX_BYTES: String(Math.floor((await size()) / share)),
});

describe('a journal that is nearly full', () => {
  test('is a problem of /healthz from 70 % on', async () => {
    const healthy = await openBox({}, await limitOf(0.69)).ask('/healthz');
    expect(await healthy.json()).toMatchObject({ troubles: [] });
    const { troubles, journal } = await (
      await openBox({}, await limitOf(0.71)).ask('/healthz')
    ).json<{ troubles: string[]; journal: { bytes: number; share: number } }>();
    expect(troubles).toEqual([expect.stringContaining('the journal fills 71 %')]);
    expect(journal.bytes).toBe(await size());
    const metrics = await openBox().ask('/metrics');
    expect(await metrics.text()).toContain(
      `signalbox_database_bytes{database="signalbox-journal"} ${await size()}`,
    );
  });

  test.each([
    [0.89, ['callback', 'consent']],
    [0.91, ['consent']],
    [0.98, []],
  ])('at %d writes records of the classes %j, and drops others with one alert', async (share, classes) => {
    const box = openBox({}, await limitOf(share));
    await box.take(inbound('STOP'));
    await box.take(rating('YELLOW'));
    await box.drain(60);
    expect((await storedEntries()).map((entry) => entry.class).toSorted()).toEqual(classes);
    const alerts = (await box.arrivals('alert')).filter(({ body }) =>
      String(body.title).includes('journal is full'),
    );
    expect(alerts).toHaveLength(classes.length === 2 ? 0 : 1);
  });
});

describe('a journal that is away', () => {
  test('costs records only: a STOP counts, a dead letter is kept, limits and pauses can be set', async () => {
    const box = openBox();
    const away = () => {
      throw new Error('D1 is away');
    };
    Reflect.set(box.bindings, 'JOURNAL_DB', { prepare: away, batch: away });
    await box.faults({ kind: 'messages:send', answers: [400] });
    await box.take(inbound('STOP'));
    await box.take(inbound('HELP', { id: '01JHELP' }));
    await box.drain(60);
    expect(await suppressed(box, PERSON)).toBe(true);
    expect(await (await box.ask('/v1/dead-letters')).json()).toMatchObject({
      dead_letters: [{ action: 'reply' }],
    });
    const pause = { kind: 'app', name: 'app-1', actor: 'ada', reason: 'test' };
    expect((await call(box, 'POST', '/v1/pauses', pause)).status).toBe(200);
    expect(await (await box.ask('/metrics')).text()).toContain('signalbox_dead_letters');
    expect(await (await box.ask('/healthz')).json()).toMatchObject({
      troubles: expect.arrayContaining(['journal: D1 is away']),
    });
  });
});
