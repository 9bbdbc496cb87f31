import { describe, expect, test } from 'vitest';
import { tell } from './telling.ts';

const at = '2026-11-02T09:00:00Z';

describe('a story that does not', () => {
  test.each<[string, object, object]>([
    [
      'a rule that should fire',
      { sample: 'start', then: { fires: ['stop'] } },
      {
        expected: 'fires: stop',
        got: 'fired: start',
        reason: [expect.stringMatching(/^stop did not fire: .* was START, the rule needs STOP/)],
      },
    ],
    [
      'a rule that should not',
      { sample: 'stop', then: { does_not_fire: ['stop'] } },
      {
        expected: 'does not fire: stop',
        got: 'fired: stop',
        reason: [expect.stringMatching(/^stop fired: .* was STOP$/)],
      },
    ],
    [
      'a rule that listens to something else',
      { sample: 'stop', then: { fires: ['red'] } },
      {
        reason: [
          'red was not asked: the callback is MESSAGE_INBOUND, the rule listens to CHANNEL_EVENT',
        ],
      },
    ],
    [
      'any rule at all',
      { sample: 'stop', then: { fires: [] } },
      { expected: 'no rule fires', got: 'fired: stop' },
    ],
    [
      'an action, by its params',
      {
        sample: 'stop',
        then: { actions: [{ action: 'suppress', params: { scope: 'marketing' } }] },
      },
      { expected: 'suppress (scope marketing)', got: 'stop: suppress' },
    ],
    [
      'an action whose rule is silent, and why',
      { sample: 'start', then: { actions: ['suppress'] } },
      {
        expected: 'suppress',
        got: 'start: unsuppress',
        reason: [expect.stringMatching(/^stop did not fire/)],
      },
    ],
    [
      'an action that should not be',
      { sample: 'stop', then: { not_actions: ['suppress'] } },
      { expected: 'not suppress' },
    ],
    [
      'any action at all',
      { sample: 'stop', then: { actions: [] } },
      { expected: 'no action', got: 'stop: suppress' },
    ],
    [
      'an action that is decided but not done',
      { sample: 'delivery-failed-transient', given: { attempt: 1 }, then: { actions: ['retry'] } },
      {
        got: expect.stringContaining('retry: retry (not done: resent once, the rule allows 1)'),
      },
    ],
    [
      'nobody who is told',
      { sample: 'stop', then: { told: ['ops'] } },
      { expected: 'ops is told', got: 'no alert' },
    ],
    [
      'a destination that is told',
      { sample: 'whatsapp-quality-red', then: { told: [] } },
      {
        expected: 'no alert',
        got: 'red tells ops (critical): “RED after”',
        reason: [expect.stringMatching(/^route 1: severity critical, within day/)],
      },
    ],
    [
      'an alert that is another one',
      { sample: 'whatsapp-quality-red', then: { told: [{ severity: 'low' }] } },
      {
        expected: 'any destination is told (low)',
        reason: ['the alert is critical, expected low', expect.stringMatching(/^route/)],
      },
    ],
    [
      'the wrong one who is told',
      { sample: 'whatsapp-quality-red', then: { not_told: ['ops'] } },
      { expected: 'not told: ops' },
    ],
    [
      'consent',
      { sample: 'stop', then: { refuses: 'marketing' } },
      { expected: 'the person refuses marketing', got: 'refuses all' },
    ],
    [
      'a limit',
      { sample: 'whatsapp-quality-red', then: { limit: 'none' } },
      {
        expected: 'limit of the sender: none',
        got: '10/minute',
        reason: ['red set it, until 2026-11-09T09:00:00.000Z'],
      },
    ],
    [
      'a sending that no rule wants',
      { sample: 'delivery-delivered', sent_again_as: 'B', then: { told: [] } },
      { expected: 'the message is sent again as B', got: 'it is not sent again' },
    ],
  ])('names %s', async (_, step, fault) => {
    const { passed, failed } = await tell({ at, ...step });
    expect(passed).toBe(false);
    expect(failed).toHaveLength(1);
    expect(failed[0]?.faults[0]).toMatchObject(fault);
  });

  test('says in which step, by its name and its time, and plays on', async () => {
    const { failed } = await tell(
      { at, sample: 'stop' },
      { name: 'a change of mind', after: '1h', sample: 'start', then: { refuses: 'all' } },
      { after: '1h', then: { limit: '5/second' } },
    );
    expect(failed.map(({ step, name, at: when }) => [step, name, when])).toEqual([
      [2, 'a change of mind', '2026-11-02T10:00:00.000Z'],
      [3, 'step 3', '2026-11-02T11:00:00.000Z'],
    ]);
  });

  test('says of a callback that cannot be read why', async () => {
    const { failed } = await tell(
      { at, sample: 'stop' },
      { callback: { message: {}, event: {} }, then: { fires: [] } },
    );
    expect(failed).toEqual([
      {
        step: 2,
        name: 'step 2',
        at: undefined,
        faults: [expect.objectContaining({ got: expect.stringMatching(/"message" and "event"/) })],
      },
    ]);
  });
});
