import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Work } from '../../src/work/effect.ts';
import { openBox } from './box.ts';
import { alerts, BATCH, eachFailure, failed, failures, onApp, openCounting } from './counting.ts';
import { decisions } from './journal-asked.ts';
import { APP, minutes, receipt } from './sample.ts';
import { reset } from './storage.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

describe('a rule with a threshold', () => {
  test('acts once the window crosses, state and effects alike, and not at the callback itself', async () => {
    const counting = openCounting([failures()]);
    for (let n = 0; n < 20; n++)
      expect(await counting.take(failed(`m${n}`, -n))).toMatchObject({ fired: [] });
    await counting.drain();
    expect(alerts(counting)).toMatchObject([
      {
        params: { severity: 'high', title: `20 failures of ${APP} in 10 minutes` },
        facts: { app_id: APP, channel: 'SMS', status: 'FAILED', count: 20 },
      },
    ]);
    const { throttle } = await (await counting.box.ask(`/v1/senders/${APP}/SMS`)).json<{
      throttle: object;
    }>();
    expect(throttle).toMatchObject({ to: '0', reason: 'failures-pile-up' });
  });

  test('leaves in the callback’s one sendBatch', async () => {
    const counting = openCounting([failures(), eachFailure]);
    await counting.take(failed('m1'));
    expect(counting.box.line.batches[0]).toBe(2);
    const waiting = counting.box.line.waiting().filter(({ queue }) => queue === 'effects');
    expect(waiting.map(({ body }) => (body as Work).kind)).toEqual(['effect', 'tally']); // our own messages
  });

  test('of three apps tells three times of a thousand failures, in few calls, shuffled and twice', async () => {
    const counting = openCounting([failures()]);
    counting.box.line.times = 2;
    const order = Array.from({ length: 1_000 }, (_, n) => (n * 617) % 1_000);
    for (const n of order) await counting.take(onApp(`app-${n % 3}`, failed(`m${n}`, -n * 0.06)));
    counting.box.line.times = 1;
    await counting.drain();
    expect(
      alerts(counting)
        .map(({ params }) => params.title)
        .sort(),
    ).toEqual(
      [0, 1, 2].map((n) => expect.stringMatching(new RegExp(`failures of app-${n} in 10 minutes`))),
    );
    // 2,000 messages, 20 a batch, at most three windows in each.
    expect(counting.calls.length).toBeLessThanOrEqual(3 * (2_000 / BATCH));
  });

  test('names the group where it counts by more than the sender', async () => {
    const counting = openCounting([
      failures({ threshold: { count: 2, within: '10m', per: ['app_id', 'reason_code'] } }),
    ]);
    for (const code of ['RATE_LIMITED', 'CHANNEL_REJECT'])
      for (const n of [1, 2]) await counting.take(receipt(`${code}${n}`, 'FAILED', { code }));
    await counting.drain();
    expect(alerts(counting).map(({ params }) => params.about)).toEqual(
      expect.arrayContaining(['RATE_LIMITED', 'CHANNEL_REJECT']),
    );
  });

  test('counts a repeated callback once, however it comes', async () => {
    const counting = openCounting([failures()]);
    for (let n = 0; n < 57; n++) await counting.take(failed(`m${n % 19}`));
    await counting.drain();
    expect(alerts(counting)).toEqual([]);
    await counting.take(failed('m19'));
    await counting.drain();
    expect(alerts(counting)).toHaveLength(1);
  });

  test('is quiet for its cool-down, then tells again if it must', async () => {
    const counting = openCounting([failures()]);
    for (let minute = 0; minute < 130; minute++) {
      vi.setSystemTime(Date.parse(minutes(minute)));
      for (let n = 0; n < 4; n++) await counting.take(failed(`m${minute}/${n}`, minute * 60));
      await counting.drain();
    }
    expect(
      alerts(counting).map(({ key }) => Number(key.split('/')[2]) - Date.parse(minutes(0))),
    ).toEqual([4, 64, 124].map((minute) => minute * 60_000));
  });

  test('acts in the end when acting broke off, and once', async () => {
    const counting = openCounting([failures()]);
    for (let n = 0; n < 20; n++) await counting.take(failed(`m${n}`));
    const { line } = counting.box;
    line.failing = true;
    await counting.drain();
    expect(counting.effects).toEqual([]);
    line.failing = false;
    await counting.take(failed('another'));
    await counting.drain(30);
    expect(alerts(counting), 'what comes meanwhile waits for nobody').toEqual([]);
    await counting.drain(300);
    expect(new Set(alerts(counting).map(({ key }) => key)).size).toBe(1);
    expect(line.waiting().filter(({ queue }) => queue === 'effects')).toEqual([]);
  });

  test('that cannot be counted now comes again; other rules count meanwhile', async () => {
    const one = failures({ name: 'one', threshold: { count: 1, within: '10m' } });
    const two = failures({ name: 'two', threshold: { count: 1, within: '10m' } });
    const counting = openCounting([one, two]);
    counting.unreachable.add('one');
    await counting.take(failed('m1'));
    await counting.drain();
    expect(alerts(counting).map(({ key }) => key.split('/')[3])).toEqual(['two']);
    counting.unreachable.clear();
    await counting.drain(60);
    expect(alerts(counting).map(({ key }) => key.split('/')[3])).toEqual(['two', 'one']);
  });

  test('does not count what came more than ten minutes late, and says so', async () => {
    const counting = openCounting([failures({ threshold: { count: 1, within: '10m' } })]);
    const warn = vi.spyOn(console, 'warn').mockReturnValue();
    await counting.take(failed('old', -601));
    await counting.drain();
    expect(counting.effects).toEqual([]);
    expect(warn).toHaveBeenCalledWith(
      expect.objectContaining({ event: 'tally.late', rules: ['failures-pile-up'], seconds: 601 }),
    );
    await counting.take(failed('young', -600));
    await counting.drain();
    expect(alerts(counting)).toHaveLength(1);
  });

  test('is put on record with the callback that its texts speak of', async () => {
    const counting = openCounting([failures({ threshold: { count: 2, within: '10m' } })]);
    const { id } = await counting.take(failed('m1', -1));
    const { id: last } = await counting.take(failed('m2'));
    await counting.drain();
    const [decision] = (await decisions(counting.box)).filter((one) => one.id === last);
    expect(decision?.actions.map(({ rule, action, outcome }) => [rule, action, outcome])).toEqual([
      ['failures-pile-up', 'throttle', 'done'],
      ['failures-pile-up', 'alert', 'queued'],
    ]);
    expect(id).not.toBe(last);
  });

  test('in shadow counts and does nothing', async () => {
    const counting = openCounting([
      failures({ mode: 'shadow', threshold: { count: 1, within: '10m' } }),
    ]);
    await counting.take(failed('m1'));
    await counting.drain();
    expect(counting.calls).toHaveLength(1);
    expect(counting.effects).toEqual([]);
    const { throttle } = await (await counting.box.ask(`/v1/senders/${APP}/SMS`)).json<{
      throttle: null;
    }>();
    expect(throttle).toBeNull();
  });

  test('speaks of a large callback too, which waits in R2', async () => {
    const counting = openCounting([failures({ threshold: { count: 1, within: '10m' } })]);
    const large = failed('m1');
    Object.assign(large.message_delivery_report.reason ?? {}, { description: 'x'.repeat(200_000) });
    await counting.take(large);
    await counting.drain();
    expect(alerts(counting)).toHaveLength(1);
  });
});

describe('a share', () => {
  const share = failures({
    threshold: {
      share: 0.05,
      among: { fact: 'status', operator: 'in', value: ['DELIVERED', 'FAILED'] },
      at_least: 200,
      within: '10m',
      per: ['app_id', 'channel'],
    },
    then: [
      {
        action: 'alert',
        params: {
          severity: 'high',
          title: '{{share}} of {{sample}} on {{channel}}: {{reason_code}}',
        },
      },
    ],
  });
  const send = async (delivered: number, failing: number) => {
    const counting = openCounting([share]);
    for (let n = 0; n < failing; n++) await counting.take(failed(`f${n}`, -n));
    for (let n = 0; n < delivered; n++) await counting.take(failed(`d${n}`, -n, 'DELIVERED'));
    for (let n = 0; n < 50; n++) await counting.take(failed(`r${n}`, -n, 'READ'));
    await counting.drain();
    return alerts(counting).map(({ params }) => params.title);
  };

  test('is told when it is over, of enough; the newest failure speaks', async () => {
    expect(await send(189, 11)).toEqual(['5.5 % of 200 on SMS: CHANNEL_FAILURE']);
  });

  test.each([
    ['just reached', 190, 10],
    ['of too few', 150, 49],
    ['of nothing', 0, 0],
  ])('is not told when it is %s', async (_, delivered, failing) => {
    expect(await send(delivered, failing)).toEqual([]);
  });
});

test('a rule without a threshold touches no window', async () => {
  const counting = openCounting([eachFailure]);
  await counting.take(failed('m1'));
  await counting.drain();
  expect(alerts(counting)).toHaveLength(1);
  expect(counting.calls).toEqual([]);
});

describe('a dry run', () => {
  const found = async (box: ReturnType<typeof openBox>, body: object) => {
    const answer = await box.ask('/v1/dry-run', { method: 'POST', body: JSON.stringify(body) });
    const { fired, explanation } = await answer.json<{
      fired: { rule: string }[];
      explanation: { rule: string; outcome: string; sentence: string }[];
    }>();
    const told = explanation.find(({ rule }) => rule === 'content-failures-pile-up');
    return {
      fired: fired.map(({ rule }) => rule),
      outcome: told?.outcome,
      sentence: told?.sentence,
    };
  };
  const broken = (id: string) =>
    receipt(id, 'FAILED', { code: 'TEMPLATE_NOT_FOUND', at: minutes(0) });

  test('says what the window holds and whether the rule would fire, and counts nothing', async () => {
    const box = openBox();
    for (let n = 0; n < 48; n++) await box.take(broken(`m${n}`));
    await box.drain();
    for (let again = 0; again < 3; again++) {
      expect(await found(box, broken(`m${48 + again}`))).toMatchObject({
        outcome: 'counted',
        sentence: expect.stringContaining('49 of the 50 that it needs, within 10 minutes'),
      });
    }
    await box.take(broken('m48'));
    await box.drain();
    expect(await found(box, broken('m49'))).toMatchObject({
      fired: expect.arrayContaining(['content-failures-pile-up']),
      outcome: 'fired',
    });
    // More than ten minutes late it would not be counted.
    vi.setSystemTime(Date.parse(minutes(10.1)));
    expect((await found(box, broken('m49'))).fired).not.toContain('content-failures-pile-up');
  });
});
