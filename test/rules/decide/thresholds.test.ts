import { describe, expect, test } from 'vitest';
import { openTallies } from '../../../src/rules/decide/tallies.ts';
import { describe as sentenceOf } from '../../../src/rules/explain/describe.ts';
import { explain } from '../../../src/rules/explain/explain.ts';
import { runExample } from '../../../src/rules/prove/examples.ts';
import { callbackOf, forgetful, NOON, rule, rulebookOf } from '../rulebook.ts';

const FAILED = { fact: 'status', operator: 'equal', value: 'FAILED' };
const ENDED = { fact: 'status', operator: 'in', value: ['DELIVERED', 'FAILED'] };
const counting = { count: 20, within: '10m', per: ['app_id', 'channel'] };
const sharing = { share: 0.05, among: ENDED, at_least: 200, within: '10m', per: ['channel'] };
const failures = (over: Record<string, unknown> = {}) =>
  rule({ on: ['MESSAGE_DELIVERY'], when: FAILED, threshold: counting, ...over });

const at = (seconds: number) => new Date(NOON + seconds * 1000).toISOString();
const report = (id: string, status = 'FAILED', seconds = 0, over: object = {}) => ({
  app_id: 'app-1',
  event_time: at(seconds),
  message_delivery_report: {
    message_id: id,
    status,
    channel_identity: { channel: 'SMS', identity: '12025550143' },
    ...over,
  },
});
const received = (body: object, seconds = 0) => callbackOf(body, NOON + seconds * 1000);

describe('describe', () => {
  const said = (over: Record<string, unknown>) => {
    const [found] = rulebookOf([failures(over)]).rules;
    return found && sentenceOf(found);
  };

  test('says how often, for whom, and how seldom', () => {
    expect(said({ cooldown: '1h' })).toBe(
      'When a message’s delivery status is FAILED, at least 20 times within any 10 minutes, for each app and channel: note noted. At most once an hour for each.',
    );
    expect(said({ threshold: { count: 1, within: '1h' } })).toMatch(
      /, at least once within any hour: note noted\. At most once an hour\.$/,
    );
  });

  test('says which part of what', () => {
    expect(said({ threshold: sharing })).toBe(
      'When a message’s delivery status is FAILED, in over 5 % of the cases in which a message’s delivery status is DELIVERED or FAILED, of at least 200, within any 10 minutes, for each channel: note noted. At most once in 10 minutes for each.',
    );
  });
});

describe('explain', () => {
  const explained = async (over: Record<string, unknown>, body: object, seconds = 0) => {
    const [found] = await explain(
      rulebookOf([failures(over)]),
      await received(body, seconds),
      forgetful,
    );
    return found;
  };

  test('shows the count and the window', async () => {
    expect(await explained({}, report('m'))).toMatchObject({
      outcome: 'counted',
      window: { reading: { hits: 1, sample: 1 }, fires: false },
      sentence:
        'r counts it: 1 of the 20 that it needs, within 10 minutes (app_id app-1, channel SMS)',
    });
  });

  test('says that a callback fires it', async () => {
    expect(await explained({ threshold: { count: 1, within: '10m' } }, report('m'))).toMatchObject({
      outcome: 'fired',
      sentence: 'r fires with it: 1 of the 1 that it needs, within 10 minutes',
    });
  });

  test('tells what is only looked at from what is counted', async () => {
    expect(await explained({ threshold: sharing }, report('m', 'DELIVERED'))).toMatchObject({
      outcome: 'counted',
      sentence:
        'r counts it among those it looks at: 0 of 1, 0 % (it needs over 5 % of at least 200), within 10 minutes (channel SMS)',
    });
  });

  test('says why a callback does not count', async () => {
    expect((await explained({}, report('m', 'READ')))?.sentence).toBe(
      'r did not fire: delivery status was READ, the rule needs FAILED (0 of 1 conditions held)',
    );
    expect((await explained({}, report('m'), 601))?.sentence).toBe(
      'r does not count it: it came 601 seconds after it happened, 600 at most',
    );
  });
});

describe('windows in memory', () => {
  test('fire with the callback that crosses them, each group by itself', async () => {
    const rulebook = rulebookOf([failures({ threshold: { ...counting, count: 3 } })]);
    const tallies = openTallies();
    const firedAt: string[] = [];
    for (const [n, channel] of ['SMS', 'MMS', 'SMS', 'MMS', 'SMS', 'SMS', 'MMS'].entries()) {
      const body = report(`m${n}`, 'FAILED', n, {
        channel_identity: { channel, identity: '12025550143' },
      });
      const { fired } = await tallies.decide(rulebook, await received(body, n), forgetful);
      firedAt.push(...fired.map(({ saw }) => `${n} ${saw.channel} ${saw.count}`));
    }
    expect(firedAt).toEqual(['4 SMS 3', '6 MMS 3']);
  });

  test('fill the texts with the newest callback that was counted', async () => {
    const text = '{{count}}/{{sample}} {{share}} {{status}}';
    const threshold = { ...sharing, share: 0.4, at_least: 4 };
    const rulebook = rulebookOf([
      failures({ threshold, then: [{ action: 'note', params: { text } }] }),
    ]);
    const tallies = openTallies();
    const decisions = [];
    for (const [n, status] of ['FAILED', 'FAILED', 'READ', 'DELIVERED', 'DELIVERED'].entries()) {
      const callback = await received(report(`m${n}`, status, n), n);
      decisions.push(await tallies.decide(rulebook, callback, forgetful));
    }
    expect(decisions.map(({ fired }) => fired.length)).toEqual([0, 0, 0, 0, 1]);
    expect(decisions[4]?.fired[0]?.actions).toMatchObject([
      { params: { text: '2/4 50 % FAILED' } },
    ]);
  });

  test('begin anew where there was no room for them, and say so', async () => {
    const rulebook = rulebookOf([
      failures({ threshold: { count: 2, within: '1d', per: ['identity'] } }),
    ]);
    const firedOf = async (windows: number) => {
      let lost = 0;
      const onLoss = () => {
        lost += 1;
      };
      const tallies = openTallies(onLoss, { windows, entries: 1_000 });
      const fired: number[] = [];
      for (const [n, identity] of ['1', '2', '3', '3', '1'].entries()) {
        const body = report(`m${n}`, 'FAILED', n, {
          channel_identity: { channel: 'SMS', identity },
        });
        if ((await tallies.decide(rulebook, await received(body, n), forgetful)).fired.length > 0)
          fired.push(n);
      }
      return { fired, lost };
    };
    expect(await firedOf(3)).toEqual({ fired: [3, 4], lost: 0 });
    expect(await firedOf(2)).toEqual({ fired: [3], lost: 2 });
  });

  test('of a rule in shadow only go on record', async () => {
    const rulebook = rulebookOf([
      failures({ mode: 'shadow', threshold: { count: 1, within: '1m' } }),
    ]);
    const decision = await openTallies().decide(rulebook, await received(report('m')), forgetful);
    expect(decision).toMatchObject({ fired: [], shadowed: [{ rule: { name: 'r' } }] });
  });
});

describe('an example', () => {
  const run = async (over: Record<string, unknown>, example: Record<string, unknown>) => {
    const rulebook = rulebookOf([
      failures({ ...over, examples: [{ name: 'e', fires: true, ...example }] }),
    ]);
    const [found] = rulebook.rules;
    const [first] = found?.examples ?? [];
    if (!found || !first) throw new Error('no example');
    return runExample(rulebook, found, first);
  };

  test('lets a callback come again and again on a clock of its own', async () => {
    const callback = report('m');
    expect(await run({}, { callback, times: 20, every: '31s' })).toMatchObject({
      passed: true,
      sentence: expect.stringContaining(
        'r fired at callback 20: 20 of the 20 that it needs, within 10 minutes',
      ),
    });
    expect(await run({}, { callback, times: 20, every: '32s' })).toMatchObject({
      passed: false,
      sentence: expect.stringContaining(
        'r did not fire: its window came to hold 19 of the 20 that it needs',
      ),
    });
  });

  test('lets others come before', async () => {
    const before = [{ callback: report('d', 'DELIVERED'), times: 189, every: '1s' }];
    const failing = { callback: report('f'), every: '1s' };
    expect(await run({ threshold: sharing }, { before, ...failing, times: 11 })).toMatchObject({
      passed: true,
    });
    expect(await run({ threshold: sharing }, { before, ...failing, times: 10 })).toMatchObject({
      passed: false,
    });
  });

  test('that repeats needs a rule that counts', async () => {
    expect(await run({ threshold: undefined }, { callback: report('m'), times: 2 })).toMatchObject({
      passed: false,
      sentence: '"before" and "times" are for rules with a "threshold"',
    });
  });
});
