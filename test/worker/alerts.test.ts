import { afterEach, describe, expect, test, vi } from 'vitest';
import { openAlertBox } from './alarms.ts';
import { openBox } from './box.ts';
import { minutes, rating } from './sample.ts';
import { sender } from './sender-asked.ts';
import { reset } from './storage.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

const MINUTE = 60;
const HOUR = 3_600;
const states = (told: readonly { state: string; count: number }[]) =>
  told.map(({ state, count }) => `${state} ${count}`);

describe('a group of alerts', () => {
  test('tells at once what is critical, and everything else after half a minute', async () => {
    const box = openAlertBox();
    await box.raise({ severity: 'critical' });
    expect(await box.told()).toHaveLength(1);
    await box.raise({ rule: 'other' });
    await box.drain(29);
    expect(await box.told()).toHaveLength(1);
    await box.drain(1);
    expect(await box.told()).toHaveLength(2);
  });

  test('waits where its route says so, critical or not', async () => {
    const box = openAlertBox({ group_wait: '2m' });
    await box.raise({ severity: 'critical' });
    await box.drain(119);
    expect(await box.told()).toEqual([]);
    await box.drain(1);
    expect(await box.told()).toHaveLength(1);
  });

  test('updates at most once an interval, and only if there is news', async () => {
    const box = openAlertBox();
    await box.raise();
    await box.drain(30);
    for (let minute = 0; minute < 12; minute++) {
      await box.raise();
      await box.drain(MINUTE);
    }
    await box.drain(HOUR);
    expect(states(await box.told())).toEqual(['firing 1', 'firing 6', 'firing 11', 'firing 13']);
  });

  test('counts a redelivered effect once', async () => {
    const box = openAlertBox();
    for (let time = 0; time < 3; time++) await box.raise({ key: 'the same' });
    await box.drain(30);
    for (let time = 0; time < 3; time++) await box.raise({ key: 'the same' });
    await box.drain(HOUR);
    expect(states(await box.told())).toEqual(['firing 1']);
  });

  test('a rule’s resolves ends it, is told once, and a new one opens it anew under the same id', async () => {
    const box = openAlertBox();
    await box.raise({ severity: 'critical', resolvable: true });
    await box.drain(MINUTE);
    await box.end('failed');
    await box.end('failed');
    await box.drain(HOUR);
    await box.raise({ severity: 'critical', resolvable: true });
    await box.drain(MINUTE);
    const told = await box.told();
    expect(states(told)).toEqual(['firing 1', 'resolved 1', 'firing 1']);
    expect(new Set(told.map(({ alert }) => alert)).size).toBe(1);
    expect(new Set(told.map(({ id }) => id)).size).toBe(3);
  });

  test('what another rule ends is repeated until then, however long nothing comes', async () => {
    const box = openAlertBox();
    await box.raise({ resolvable: true });
    await box.drain(13 * HOUR);
    expect(states(await box.told())).toEqual(['firing 1', 'firing 1', 'firing 1', 'firing 1']);
    await box.end('failed');
    await box.drain(MINUTE);
    expect((await box.told()).at(-1)?.state).toBe('resolved');
  });

  test('the end of another sender, or an older one, ends nothing', async () => {
    const box = openAlertBox();
    await box.raise({ severity: 'critical', resolvable: true, at: Date.now() });
    await box.end('failed', { app_id: 'b' });
    await box.end('failed', { at: Date.now() - 1_000 });
    await box.drain(MINUTE);
    expect(states(await box.told())).toEqual(['firing 1']);
  });

  test('an alert that comes after its end, though it happened before, is told once, as resolved', async () => {
    const box = openAlertBox();
    await box.end('failed');
    await box.raise({ severity: 'critical', resolvable: true, at: Date.now() - 1_000 });
    await box.drain(HOUR);
    expect(await box.told()).toMatchObject([
      { state: 'resolved', count: 1, first_at: expect.any(String), ended_at: expect.any(String) },
    ]);
    expect(await box.why()).toMatchObject({ state: 'resolved' });
  });

  test('an alert that comes after its end, and lasted shorter than it would have waited, is not told', async () => {
    const box = openAlertBox();
    await box.end('failed');
    await box.raise({ severity: 'high', resolvable: true, at: Date.now() - 1_000 });
    await box.drain(HOUR);
    expect(await box.told()).toEqual([]);
    expect(await box.why()).toMatchObject({ state: 'resolved' });
  });

  test('what came once is told once; a pager’s incident ends by itself all the same', async () => {
    const box = openAlertBox({ default: 'pager' });
    await box.raise();
    await box.drain(24 * HOUR);
    expect((await box.arrivals('pagerduty')).map(({ body }) => body.event_action)).toEqual([
      'trigger',
      'resolve',
    ]);
    const slack = openAlertBox({ default: 'slack' });
    await slack.raise({ app_id: 'c' });
    await slack.drain(24 * HOUR);
    expect(await slack.arrivals('slack')).toHaveLength(1);
  });

  test('a change of severity updates the same alert, at once when it is worse', async () => {
    const box = openAlertBox({ group_by: ['app_id', 'channel'] });
    await box.raise({ rule: 'yellow', severity: 'low', resolvable: true });
    await box.drain(MINUTE);
    await box.raise({ rule: 'red', severity: 'critical', resolvable: true });
    await box.drain();
    await box.end('red');
    await box.drain(10 * MINUTE);
    const told = await box.told();
    expect(told.map(({ state, severity }) => `${state} ${severity}`)).toEqual([
      'firing low',
      'firing critical',
      'firing low',
    ]);
    expect(new Set(told.map(({ alert }) => alert)).size).toBe(1);
  });

  test('by `continue` an alert goes both ways', async () => {
    const routes = [
      { match: { severity: 'critical' }, to: 'pager', continue: true },
      { to: 'slack' },
    ];
    const box = openAlertBox({ routes });
    await box.raise({ severity: 'critical' });
    expect([
      (await box.arrivals('pagerduty')).length,
      (await box.arrivals('slack')).length,
    ]).toEqual([1, 1]);
  });

  test('a rule that names its destination is taken at its word', async () => {
    const box = openAlertBox({ routes: [{ to: 'pager' }] });
    await box.raise({ severity: 'critical', to: 'slack' });
    expect([
      (await box.arrivals('pagerduty')).length,
      (await box.arrivals('slack')).length,
    ]).toEqual([0, 1]);
  });
});

describe('asking why', () => {
  test('the trail says what happened, and the sentence what happens next', async () => {
    const box = openAlertBox();
    await box.raise({ resolvable: true });
    await box.drain(5);
    expect((await box.why()).message).toMatch(
      /^Not sent yet: it waits 30 s for more of the same, until 2026-11-20 12:00:30 UTC/,
    );
    await box.drain(MINUTE);
    const { message, trail } = await box.why();
    expect(message).toBe(
      'Not sent: repeats every 4 h, next at 2026-11-20 16:00:30 UTC; a rule ends it.',
    );
    expect(trail.map((line) => line.message)).toEqual([
      'raised by failed: It fails (there are no routes: the default; waits 30 s for more of the same)',
      'sent to ops (once): answered 200',
    ]);
    await box.drain(5 * HOUR);
    await box.end('failed', { actor: 'mended' });
    expect((await box.why()).trail.slice(2).map((line) => line.message)).toEqual([
      'repeated to ops (once): answered 200',
      'mended fired: failed is over',
      'end sent to ops (once): answered 200',
    ]);
  });

  test('of an alert that nobody knows is 404', async () => {
    for (const id of ['nothing', '01JNOSUCHALERT000000000000'])
      expect((await openAlertBox().ask(`/v1/alerts/${id}`)).status).toBe(404);
  });
});

describe('a test of the alerts', () => {
  test('really goes out, is marked, and leaves nothing behind', async () => {
    const box = openBox();
    const response = await box.ask('/v1/alerts/test', {
      method: 'POST',
      body: JSON.stringify({ title: 'Try' }),
    });
    expect(await response.json()).toEqual({
      sent: [{ route: 'default', to: 'ops', taken: true, message: 'answered 200' }],
    });
    expect((await box.arrivals('alert')).map(({ body }) => [body.test, body.title])).toEqual([
      [true, 'Try'],
    ]);
    expect(await (await box.ask('/v1/alerts')).json()).toEqual({ alerts: [] });
  });
});

describe('the shipped rules', () => {
  test('GREEN ends the alert that RED raised', async () => {
    const box = openBox();
    await box.take(rating('RED', minutes(-10)));
    await box.drain();
    await box.take(rating('GREEN', minutes(-5)));
    await box.drain();
    const told = (await box.arrivals('alert')).map(({ body }) => `${body.rule} ${body.state}`);
    expect(told.toSorted()).toEqual([
      'whatsapp-quality-recovered firing',
      'whatsapp-quality-red firing',
      'whatsapp-quality-red resolved',
    ]);
  });

  test('a RED that comes only after the GREEN that followed it does not last', async () => {
    const box = openBox();
    for (const [value, at] of [
      ['GREEN', -300],
      ['GREEN', -200],
      ['RED', -250],
    ] as const) {
      await box.take(rating(value, minutes(at)));
      await box.drain(60);
    }
    const { alerts } = await (await box.ask('/v1/alerts')).json<{
      alerts: { state: string; members: { rule: string }[] }[];
    }>();
    const red = alerts.filter(({ members }) =>
      members.some(({ rule }) => rule === 'whatsapp-quality-red'),
    );
    expect(red.map(({ state }) => state)).toEqual(['resolved']);
    expect(await sender(box)).toMatchObject({ quality: 'GREEN', throttle: { to: '100/minute' } });
  });
});
