import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Stats } from '../../src/api/decisions/decisions.ts';
import { env, openBox } from './box.ts';
import { call, suppressed } from './held.ts';
import { storedEntries, written } from './journal-asked.ts';
import { inbound, PERSON, rating } from './sample.ts';
import { reset } from './storage.ts';

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

  test('at 87 % loses its oldest records first, and neither their counts nor proofs of consent', async () => {
    await fill();
    const box = openBox({}, await limitOf(0.87));
    await box.take(inbound('STOP'));
    await box.take(rating('YELLOW'));
    await box.drain(60);
    const stored = await storedEntries();
    const old = stored.map(({ id }) => id).filter((id) => id.startsWith('OLD'));
    expect(old.length).toBeGreaterThan(0);
    expect(old).toEqual(Array.from({ length: old.length }, (_, n) => `OLD${20 - old.length + n}`));
    expect(stored.filter(({ class: kind }) => kind === 'consent')).toHaveLength(1);
    expect(stored.some(({ id }) => id === 'OLD0')).toBe(false);
    expect(stored.some(({ trigger }) => trigger === 'CHANNEL_EVENT')).toBe(true);
    const { callbacks } = await (await box.ask('/v1/stats')).json<Stats>();
    expect(callbacks).toBe(22);
    const alerts = (await box.arrivals('alert')).filter(({ body }) =>
      String(body.title).includes('oldest records leave early'),
    );
    expect(alerts).toHaveLength(1);
  });
});

/** Writes twenty pages of one entry each, the oldest first. */
async function fill(): Promise<void> {
  const box = openBox();
  for (let n = 0; n < 20; n++) {
    const at = Date.now() - 7_200_000 + n;
    const about = { id: `OLD${n}`, rulebook: 'V', receivedAt: at, eventTime: at, appId: '' };
    const facts = { clear: {}, hashed: {}, withheld: [], absent: [] };
    const rest = { trigger: 'MESSAGE_DELIVERY', rules: [], actions: [], keys: [], shadow: false };
    await written(box, {
      kind: 'entry',
      entry: { ...about, ...rest, facts, class: 'callback' },
    });
  }
}

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
