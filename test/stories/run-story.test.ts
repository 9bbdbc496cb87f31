import { describe, expect, test } from 'vitest';
import { tell } from './telling.ts';

/** A notification of Meta with the preferences of several people. */
const preferences = (...people: readonly (readonly [number: string, value: string])[]) => ({
  app_id: '01JB1JEWE77B1WMNG5RADAGJ9R',
  unsupported_callback: {
    channel: 'WHATSAPP',
    id: '01JDVF7QJYSFTQAR3303QM2H85',
    payload: JSON.stringify({
      object: 'whatsapp_business_account',
      entry: people.map(([wa_id, value]) => ({
        id: '1',
        changes: [
          {
            field: 'user_preferences',
            value: { user_preferences: [{ wa_id, value, category: 'marketing_messages' }] },
          },
        ],
      })),
    }),
  },
});

const at = '2026-11-02T09:00:00Z';
const message = (id: string) => ({ set: { 'message_delivery_report.message_id': id } });

describe('a story that comes out as it says', () => {
  test.each<[string, object[]]>([
    [
      'carries consent from step to step, and a later step can look at it',
      [
        {
          at,
          sample: 'stop',
          then: { fires: ['stop'], does_not_fire: ['start'], actions: ['suppress'], told: [] },
        },
        { after: '1d', then: { refuses: 'all' } },
        { after: '1h', sample: 'start', then: { refuses: 'nothing', not_actions: ['suppress'] } },
      ],
    ],
    [
      'lets a START that is older than the STOP lift nothing',
      [
        { at, sample: 'stop' },
        { after: '1h', late: '2h', sample: 'start', then: { fires: ['start'], refuses: ['all'] } },
      ],
    ],
    [
      'tells people apart, and SMS and MMS together',
      [
        { at, sample: 'stop' },
        {
          sample: 'start',
          set: { 'message.channel_identity.identity': '447700900123' },
          then: { refuses: 'nothing' },
        },
        {
          sample: 'start',
          late: '1d',
          set: { 'message.channel_identity.channel': 'MMS' },
          then: { refuses: 'all' },
        },
      ],
    ],
    [
      'carries limits until they end or are released',
      [
        { at, sample: 'whatsapp-quality-red', then: { limit: '10/minute' } },
        { after: '6d', then: { limit: '10/minute' } },
        { after: '1d', then: { limit: 'none' } },
        { sample: 'whatsapp-quality-red', then: { limit: '10/minute' } },
        {
          after: '1h',
          sample: 'whatsapp-quality-green',
          then: { actions: ['release'], limit: 'none' },
        },
      ],
    ],
    [
      'recalls the rating before',
      [
        { at, sample: 'whatsapp-quality-yellow' },
        {
          after: '1h',
          sample: 'whatsapp-quality-red',
          then: { told: [{ title: 'RED after YELLOW' }] },
        },
      ],
    ],
    [
      'asks the routes at the hour of the step',
      [
        { at, sample: 'whatsapp-quality-red', then: { told: ['ops'], not_told: ['night'] } },
        {
          at: '2026-11-03T03:00:00Z',
          sample: 'whatsapp-quality-red',
          then: { told: ['night'], not_told: ['ops'] },
        },
      ],
    ],
    [
      'follows a message from sending to sending, and stops as the action does',
      [
        {
          at,
          sample: 'delivery-failed-transient',
          ...message('A'),
          sent_again_as: 'B',
          then: { actions: ['retry'] },
        },
        {
          after: '1m',
          sample: 'delivery-failed-transient',
          ...message('B'),
          then: {
            fires: ['retry', 'given-up'],
            not_actions: ['retry'],
            told: [{ severity: 'low', to: 'ops' }],
          },
        },
      ],
    ],
    [
      'does not send again what was delivered, what the person refuses, or what is too old',
      [
        { at, sample: 'delivery-delivered', ...message('A') },
        {
          after: '1m',
          sample: 'delivery-failed-transient',
          ...message('A'),
          then: { not_actions: ['retry'] },
        },
        {
          after: '1m',
          sample: 'delivery-failed-transient',
          ...message('B'),
          late: '2h',
          then: { not_actions: ['retry'] },
        },
      ],
    ],
    [
      'does nothing twice for a callback that comes twice',
      [
        { at, sample: 'whatsapp-quality-red', then: { told: ['ops'] } },
        {
          after: '1h',
          sample: 'whatsapp-quality-red',
          again: true,
          then: { fires: ['red'], actions: [], told: [] },
        },
        { sample: 'whatsapp-quality-red', then: { actions: ['throttle'], told: ['ops'] } },
      ],
    ],
    [
      'counts each of several as another event',
      [
        {
          at,
          sample: 'whatsapp-quality-red',
          times: 3,
          every: '1m',
          then: { told: ['ops'], limit: '10/minute' },
        },
      ],
    ],
    [
      'decides each callback of a notification that holds several',
      [
        {
          at,
          callback: preferences(['12025550143', 'resume'], ['12025550144', 'stop']),
          then: { fires: ['preference-stop'], actions: ['suppress'] },
        },
        { callback: preferences(['12025550144', 'resume']), then: { refuses: 'marketing' } },
        { callback: preferences(['12025550143', 'resume']), then: { refuses: 'nothing' } },
      ],
    ],
    [
      'takes facts as they are given',
      [
        {
          at,
          sample: 'delivery-failed-transient',
          given: { attempt: 1 },
          then: { fires: ['given-up'] },
        },
      ],
    ],
  ])('%s', async (_, steps) => {
    expect(await tell(...steps)).toMatchObject({ passed: true, failed: [], steps: steps.length });
  });

  test('asks about every person that a notification names', async () => {
    const callback = preferences(['12025550144', 'stop'], ['12025550143', 'resume']);
    const { failed } = await tell({ at, callback, then: { refuses: 'marketing' } });
    expect(failed.flatMap(({ faults }) => faults)).toEqual([
      { expected: 'the person refuses marketing', got: 'refuses nothing', reason: [] },
    ]);
  });

  test('explains a rule by the callback that it fired on', async () => {
    const callback = preferences(['12025550143', 'resume'], ['12025550144', 'stop']);
    const { failed } = await tell({ at, callback, then: { does_not_fire: ['preference-stop'] } });
    expect(failed.flatMap(({ faults }) => faults)).toMatchObject([
      { reason: [expect.stringMatching(/^preference-stop fired: /)] },
    ]);
  });
});
