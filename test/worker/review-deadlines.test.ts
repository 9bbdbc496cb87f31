import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Review } from '../../src/api/consent/reviews.ts';
import { open } from '../../src/services.ts';
import { decideOverdue, severityOf } from '../../src/stores/review-deadlines.ts';
import { type Box, openBox } from './box.ts';
import { look, maySend, sms } from './routes/asking.ts';
import { inbound, minutes } from './sample.ts';
import { reset } from './storage.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

const DAY = 86_400_000;
const nearMiss = () => inbound('please stop texting me', { at: minutes(-3) });
const asked = async (box: Box) =>
  (await maySend(box, [sms('marketing'), sms('notification')])).results.map(
    ({ reasons }) => reasons[0]?.code ?? 'allowed',
  );
const reviews = async (box: Box, state = 'open') =>
  (await (await box.ask(`/v1/reviews?state=${state}`)).json<{ reviews: Review[] }>()).reviews;
const decide = (box: Box, id: string | undefined, decision: string) =>
  box.ask(`/v1/reviews/${id}`, {
    method: 'POST',
    body: JSON.stringify({ decision, actor: 'ines', reason: 'I read it' }),
  });
const later = (milliseconds: number) => vi.setSystemTime(Date.now() + milliseconds);
const runDeadlines = (box: Box) => decideOverdue(open(box.bindings, undefined, () => Date.now()));

describe('an open near miss', () => {
  test('holds marketing from the answer to its callback on, and nothing else', async () => {
    const box = openBox();
    await box.take(nearMiss());
    expect(await asked(box)).toEqual(['review_open', 'allowed']);
    expect((await look(box)).review_since).toBe(minutes(-3));
  });

  test('that is dismissed holds no longer, not even when its callback comes again', async () => {
    const box = openBox();
    await box.take(nearMiss());
    await box.drain();
    const [review] = await reviews(box);
    expect(review?.due).toBe(new Date(Date.parse(minutes(-3)) + 3 * DAY).toISOString());
    expect((await decide(box, review?.id, 'dismiss')).status).toBe(200);
    await box.take(nearMiss());
    expect(await asked(box)).toEqual(['allowed', 'allowed']);
    expect((await look(box)).history).toMatchObject([
      { to: 'hold', rule: 'stop-near-miss', undone: 'ines (api-token): I read it' },
    ]);
  });

  test('suppresses marketing when it is overdue, with its reason, an alert, and a way back', async () => {
    const box = openBox();
    await box.take(nearMiss());
    await box.drain();
    await runDeadlines(box);
    expect(await asked(box)).toEqual(['review_open', 'allowed']);
    later(3 * DAY);
    const health = await (await box.ask('/healthz')).json<{ troubles: string[] }>();
    expect(health.troubles.join()).toContain('the oldest open review waits for 72 hours');
    expect(await (await box.ask('/metrics')).text()).toMatch(
      /^signalbox_review_oldest_seconds 2593\d\d$/m,
    );
    await runDeadlines(box);
    await runDeadlines(box);
    expect(await asked(box)).toEqual(['opted_out_marketing', 'allowed']);
    expect((await look(box)).history.find(({ to }) => to === 'out')).toMatchObject({
      ...{ to: 'out', scope: 'marketing', actor: 'signalbox', words: 'please stop texting me' },
      reason: 'nobody decided the review in time (setting REVIEW_DUE)',
    });
    await box.drain(60);
    const alerts = JSON.stringify(await box.arrivals('alert'));
    expect(alerts).toContain('reviews were not decided in time');
    const [decided] = await reviews(box, 'suppressed');
    expect(decided).toMatchObject({ decided_by: 'signalbox' });
    expect((await decide(box, decided?.id, 'dismiss')).status).toBe(200);
    expect(await asked(box)).toEqual(['allowed', 'allowed']);
    expect((await decide(box, decided?.id, 'suppress')).status).toBe(409);
  });

  test('does not suppress what a person decided in time', async () => {
    const box = openBox();
    await box.take(nearMiss());
    await box.drain();
    await decide(box, (await reviews(box))[0]?.id, 'dismiss');
    later(4 * DAY);
    await runDeadlines(box);
    expect(await asked(box)).toEqual(['allowed', 'allowed']);
  });
});

test.each([
  [0, undefined],
  [23, undefined],
  [24, 'low'],
  [47, 'low'],
  [48, 'high'],
  [71, 'high'],
  [72, 'critical'],
  [300, 'critical'],
])('after %d of 72 hours the alert about open reviews has the severity %s', (age, severity) =>
  expect(severityOf(age, 72)).toBe(severity));
