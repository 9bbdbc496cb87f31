import { afterEach, describe, expect, test, vi } from 'vitest';
import { openAlertBox } from './alarms.ts';
import { reset } from './storage.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

const MINUTE = 60;
const HOUR = 3_600;

describe('what keeps an alert quiet', () => {
  const inhibit = [{ if: { rule: 'red' }, mutes: { rule: 'yellow' } }];

  test('RED mutes YELLOW of the same sender, not of another, and only while it lasts', async () => {
    const box = openAlertBox({ inhibit });
    await box.raise({ rule: 'red', severity: 'critical', resolvable: true });
    await box.raise({ rule: 'yellow', resolvable: true });
    await box.raise({ rule: 'yellow', app_id: 'b', resolvable: true });
    await box.drain(10 * MINUTE);
    expect((await box.told()).map(({ severity }) => severity)).toEqual(['critical', 'high']);
    await box.end('red');
    await box.drain(6 * MINUTE);
    expect((await box.told()).map(({ state }) => state)).toEqual([
      'firing',
      'firing',
      'resolved',
      'firing',
    ]);
  });

  test('a muted one does not wake up until what inhibits it ends, and says nothing of it in the log', async () => {
    const box = openAlertBox({ inhibit }, { ALERT_MAX_WAIT: '1s' });
    await box.raise({ rule: 'red', severity: 'critical', resolvable: true });
    await box.raise({ rule: 'yellow', resolvable: true });
    await box.drain(MINUTE);
    const log = vi.spyOn(console, 'log').mockImplementation(() => {});
    const rung = vi.spyOn(box.bindings.EFFECTS, 'send');
    await box.drain(10 * MINUTE);
    expect(log.mock.calls.flat().filter(({ event }) => event === 'alerts.dispatched')).toEqual([]);
    expect(rung).not.toHaveBeenCalled();
    await box.drain(3 * HOUR);
    expect(rung.mock.calls.length).toBeLessThanOrEqual(3);
    await box.end('red');
    await box.drain();
    expect((await box.told()).map(({ title }) => title)).toHaveLength(3);
  });

  test('a silence counts from the next message on and ends by itself', async () => {
    const box = openAlertBox();
    const set = await box.ask('/v1/silences', {
      method: 'POST',
      body: JSON.stringify({
        match: { rule: 'failed' },
        for: '1h',
        reason: 'a known trouble',
        actor: 'Ada',
      }),
    });
    expect(set.status).toBe(201);
    await box.raise({ resolvable: true });
    await box.raise({ rule: 'other' });
    await box.drain(59 * MINUTE);
    expect((await box.told()).map(({ title }) => title)).toHaveLength(1);
    const { alerts } = await (await box.ask('/v1/alerts')).json<{
      alerts: { muted: string | null }[];
    }>();
    expect(alerts.map(({ muted }) => muted).find(Boolean)).toMatch(
      /^silenced by Ada \(api-token\) until .* a known trouble/,
    );
    await box.drain(2 * MINUTE);
    expect(await box.told()).toHaveLength(2);
    expect(await (await box.ask('/v1/silences')).json()).toEqual({ silences: [] });
  });

  test('what a silence kept back is told within seconds when somebody ends it', async () => {
    const box = openAlertBox();
    const body = JSON.stringify({ match: { app_id: 'a' }, for: '7d', reason: 'moving' });
    const { id } = await (await box.ask('/v1/silences', { method: 'POST', body })).json<{
      id: string;
    }>();
    await box.raise({ severity: 'critical' });
    await box.drain(MINUTE);
    expect(await box.told()).toEqual([]);
    expect((await box.ask(`/v1/silences/${id}`, { method: 'DELETE' })).status).toBe(200);
    await box.drain(3);
    expect(await box.told()).toHaveLength(1);
    expect((await box.ask(`/v1/silences/${id}`, { method: 'DELETE' })).status).toBe(404);
  });

  test.each([
    ['nothing to silence', { match: {}, for: '1h', reason: 'x' }],
    ['no end', { match: { rule: 'x' }, why: 'x' }],
    ['an end in the past', { match: { rule: 'x' }, until: '2020-01-01T00:00:00Z', why: 'x' }],
    ['no reason', { match: { rule: 'x' }, for: '1h' }],
    ['an unknown matcher', { match: { rul: 'x' }, for: '1h', reason: 'x' }],
  ])('a silence with %s is refused', async (_, body) => {
    const response = await openAlertBox().ask('/v1/silences', {
      method: 'POST',
      body: JSON.stringify(body),
    });
    expect(response.status).toBe(400);
  });
});

describe('a destination that fails', () => {
  test('is tried again, later and later, and told when it is back', async () => {
    const box = openAlertBox();
    await box.faults({ kind: 'alert', answers: [500, { status: 429, retry_after: 300 }, 503] });
    await box.raise({ severity: 'critical' });
    await box.drain(4 * MINUTE);
    expect((await box.arrivals('alert')).map(({ answer }) => answer)).toEqual([500, 429]);
    await box.drain(HOUR);
    expect((await box.arrivals('alert')).map(({ answer }) => answer)).toEqual([500, 429, 503, 200]);
    expect((await box.why()).trail.map(({ event }) => event)).toEqual([
      'raised',
      'failed',
      'failed',
      'failed',
      'sent',
    ]);
  });

  test('that refuses is not asked again: its fallback is told, and the dead letter can be replayed', async () => {
    const box = openAlertBox({
      default: 'slack',
      destinations: {
        ops: { type: 'webhook', url: { secret: 'DEST_OPS' }, fallback: 'pager' },
        pager: { type: 'pagerduty', key: { secret: 'DEST_PAGER' } },
        slack: { type: 'slack', url: { secret: 'DEST_SLACK' } },
      },
      routes: [{ to: 'ops' }],
    });
    await box.faults({ kind: 'alert', answers: [410] });
    await box.raise({ severity: 'critical' });
    await box.drain(HOUR);
    expect(await box.arrivals('alert')).toHaveLength(1);
    expect(await box.arrivals('pagerduty')).toHaveLength(1);
    const { dead_letters: letters } = await (await box.ask('/v1/dead-letters')).json<{
      dead_letters: { id: string; reason: string }[];
    }>();
    expect(letters).toMatchObject([{ reason: 'destination ops: answered 410' }]);
    expect(
      (await box.ask(`/v1/dead-letters/${letters[0]?.id}/redeliver`, { method: 'POST' })).status,
    ).toBe(200);
    await box.drain(MINUTE);
    expect(await box.arrivals('alert')).toHaveLength(2);
  });

  test('and has no fallback but itself is not told of that', async () => {
    const box = openAlertBox();
    await box.faults({ kind: 'alert', answers: Array.from({ length: 6 }, () => 503) });
    await box.raise({ severity: 'critical' });
    await box.drain(HOUR);
    const titles = (await box.arrivals('alert')).map(({ body }) => body.title);
    expect(titles.length).toBeGreaterThan(6);
    expect(new Set(titles).size).toBe(1);
  });

  test('for a day gives way to its fallback; the circuit opens and says so once', async () => {
    const destinations = {
      ops: { type: 'webhook', url: { secret: 'DEST_OPS' } },
      slack: { type: 'slack', url: { secret: 'DEST_SLACK' }, fallback: 'ops' },
      pager: { type: 'pagerduty', key: { secret: 'DEST_PAGER' } },
    };
    const box = openAlertBox({
      destinations,
      routes: [{ match: { owner: 'tests' }, to: 'slack' }],
    });
    await box.faults({ kind: 'slack', answers: Array.from({ length: 500 }, () => 500) });
    for (const app_id of ['a', 'b', 'c'])
      await box.raise({ app_id, severity: 'critical', resolvable: true });
    await box.drain(23 * HOUR);
    const complaints = (await box.told()).filter(({ title }) => title.includes('slack is failing'));
    expect(complaints).toHaveLength(1);
    expect((await box.told()).filter(({ title }) => title === 'It fails')).toEqual([]);
    expect((await box.arrivals('slack')).length).toBeLessThan(60);
    const health = await (await box.ask('/healthz')).json<{ troubles: string[] }>();
    expect(health.troubles.join()).toContain('destination slack has failed since 2026-11-20 12:00');
    await box.drain(3 * HOUR);
    expect(
      new Set(
        (await box.told()).filter(({ title }) => title === 'It fails').map(({ alert }) => alert),
      ).size,
    ).toBe(3);
  });
});
