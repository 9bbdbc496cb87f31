import { describe, expect, test } from 'vitest';
import type { Example } from '../../../src/rules/model/rule.ts';
import { runExample } from '../../../src/rules/prove/examples.ts';
import { rule, rulebookOf } from '../rulebook.ts';

const red = { fact: 'quality_rating', operator: 'equal', value: 'RED' };
const rated = (rating: string, rest: object = {}) => ({
  channel_event: {
    channel: 'WHATSAPP',
    event_type: 'QUALITY_UPDATE',
    additional_data: { quality_rating: rating },
  },
  ...rest,
});

const run = (
  over: Record<string, unknown>,
  example: Partial<Example>,
  others: readonly Record<string, unknown>[] = [],
) => {
  const rulebook = rulebookOf([rule({ name: 'r', when: red, ...over }), ...others]);
  const mine = rulebook.rules.find(({ name }) => name === 'r');
  if (!mine) throw new Error('the rule is missing');
  return runExample(rulebook, mine, { name: 'e', callback: rated('RED'), fires: true, ...example });
};

/** A notification of Meta with several changes, each a callback of its own. */
const notification = (...fields: readonly string[]) => ({
  unsupported_callback: {
    id: 'u1',
    channel: 'WHATSAPP',
    payload: JSON.stringify({
      object: 'whatsapp_business_account',
      entry: [{ id: '1', changes: fields.map((field) => ({ field, value: {} })) }],
    }),
  },
});
const security = {
  on: ['UNSUPPORTED'],
  when: { fact: 'meta_field', operator: 'equal', value: 'security' },
};

describe('an example of a notification with several changes', () => {
  test('fires where the rule fires for one of them, wherever that stands', async () => {
    const callback = notification('calls', 'security');
    expect(await run(security, { callback })).toMatchObject({
      passed: true,
      sentence: 'r fired: Meta field was security',
    });
  });

  test('is quiet only where the rule fires for none', async () => {
    const quiet = { callback: notification('calls', 'security'), fires: false };
    expect(await run(security, quiet)).toMatchObject({ passed: false, fired: true });
    const none = { callback: notification('calls', 'messages'), fires: false };
    expect(await run(security, none)).toMatchObject({ passed: true, fired: false });
  });
});

describe('an example of a rule that counts', () => {
  const counting = { threshold: { count: 2, within: '1h', per: ['app_id'] }, cooldown: '1h' };
  const at = '2026-11-20T12:00:00Z';
  const happened = (event_time: string, times = 1): Partial<Example> => ({
    at,
    before: [{ callback: rated('RED', { app_id: 'a', event_time }), times }],
    callback: rated('RED', { app_id: 'a', event_time: at }),
  });

  test('counts by the time of the event, which may be a little before its receipt', async () => {
    expect(await run(counting, happened('2026-11-20T11:51:00Z'))).toMatchObject({
      passed: true,
      fired: true,
    });
  });

  test('does not count what came too late', async () => {
    expect(await run(counting, happened('2026-11-20T11:49:00Z'))).toMatchObject({
      fired: false,
    });
    // Of many late ones no later one is in time.
    expect(await run(counting, happened('2026-11-20T11:49:00Z', 3))).toMatchObject({
      fired: false,
    });
  });
});

describe('an example', () => {
  test('passes where the rule does what it says', async () => {
    expect(await run({}, {})).toEqual({
      rule: 'r',
      example: 'e',
      expected: true,
      fired: true,
      passed: true,
      sentence: 'r fired: quality rating was RED',
    });
    expect(await run({}, { callback: rated('GREEN'), fires: false })).toMatchObject({
      passed: true,
      fired: false,
    });
  });

  test('fails with the reason', async () =>
    expect(await run({}, { callback: rated('GREEN') })).toMatchObject({
      passed: false,
      fired: false,
      sentence:
        'r did not fire: quality rating was GREEN, the rule needs RED (0 of 1 conditions held)',
    }));

  test('names the trigger that the rule does not listen to', async () =>
    expect(await run({}, { callback: { message: { id: 'm' } } })).toMatchObject({
      passed: false,
      sentence:
        'r did not fire: the callback is MESSAGE_INBOUND, the rule listens to CHANNEL_EVENT',
    }));

  test('is about its rule alone: others neither stop it nor does being switched off', async () => {
    expect(await run({ enabled: false }, {})).toMatchObject({ passed: true });
    expect(await run({}, {}, [rule({ name: 'a', stop: true, priority: 9 })])).toMatchObject({
      passed: true,
    });
  });

  test('may give what our own state would know', async () => {
    const over = { when: { fact: 'quality_rating', operator: 'changedTo', value: 'RED' } };
    expect(await run(over, { given: { previous_quality_rating: 'GREEN' } })).toMatchObject({
      fired: true,
    });
    expect(await run(over, { given: { previous_quality_rating: 'RED' } })).toMatchObject({
      fired: false,
    });
    expect(await run(over, {})).toMatchObject({ fired: false });
  });

  test('may give any other fact, times as texts, and null for missing', async () => {
    const over = {
      when: {
        all: [
          { fact: 'event_time', operator: 'after', value: '2026-01-01T00:00:00Z' },
          { fact: 'channel', operator: 'missing' },
        ],
      },
    };
    expect(
      await run(over, { given: { event_time: '2026-01-01T00:00:01Z', channel: null } }),
    ).toMatchObject({
      fired: true,
    });
  });

  test('is received at its "at", or at its own latest time, never at ours', async () => {
    const over = { when: { fact: 'age_seconds', operator: 'equal', value: 60 } };
    const callback = rated('RED', {
      event_time: '2026-01-01T00:00:00Z',
      accepted_time: '2026-01-01T00:01:00Z',
    });
    expect(await run(over, { callback })).toMatchObject({ fired: true });
    expect(await run(over, { callback, at: '2026-01-01T00:02:00Z' })).toMatchObject({
      fired: false,
    });
    expect(
      await run({ when: { fact: 'age_seconds', operator: 'equal', value: 0 } }, {}),
    ).toMatchObject({
      fired: true,
    });
  });

  test.each<[string, Partial<Example>, RegExp]>([
    ['a fact that does not exist', { given: { atempt: 1 } }, /no fact is called "atempt"/],
    ['a fact of the wrong type', { given: { age_seconds: 'old' } }, /"age_seconds" is a number/],
    [
      'a callback that cannot be read',
      { callback: { message: {}, opt_in_notification: {} } },
      /several payloads at once/,
    ],
  ])('that holds %s does not pass, whatever it expects', async (_, example, sentence) => {
    for (const fires of [true, false]) {
      const result = await run({}, { ...example, fires });
      expect(result).toMatchObject({ passed: false, fired: undefined });
      expect(result.sentence).toMatch(sentence);
    }
  });
});
