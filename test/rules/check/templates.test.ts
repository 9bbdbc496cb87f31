import { describe, expect, test } from 'vitest';
import { leaf } from '../rulebook.ts';
import { found, mms, rule, sms } from './found.ts';

const failed = leaf('status', 'equal', 'FAILED');
const told = (text: string, when: unknown = failed, over: Record<string, unknown> = {}) =>
  rule('a', when, {
    on: ['MESSAGE_DELIVERY'],
    then: [{ action: 'alert', params: { severity: 'low', title: 'Look', text } }],
    ...over,
  });
const empty = (names: string) =>
  `a.json then.0.params.text template-may-be-empty ${names} may be missing when the rule fires, which leaves the text empty there`;

describe('a fact in a text that may be missing is told of', () => {
  const detail = leaf('reason_sub_code', 'in', ['RATE_LIMITED']);

  test.each<[string, string, unknown]>([
    ['Sinch does not always send it', 'Why: {{reason_sub_code}}', failed],
    [
      'only one part of an "any" asks for it',
      'Why: {{reason_sub_code}}',
      { all: [failed, { any: [sms, detail] }] },
    ],
    [
      'the rule asks for its absence',
      'Why: {{reason_sub_code}}',
      { all: [failed, leaf('reason_sub_code', 'missing')] },
    ],
  ])('where %s', async (_, text, when) =>
    expect(await found([told(text, when)])).toEqual([empty('{{reason_sub_code}}')]));

  test('where it is a field, and another field is asked for', async () => {
    const when = { all: [failed, leaf('payload', 'present', undefined, { path: 'foo.baz' })] };
    expect(await found([told('{{payload.foo.bar}}', when)])).toEqual([
      empty('{{payload.foo.bar}}'),
    ]);
  });

  test('once a text, by all its names', async () =>
    expect(await found([told('{{metadata}} {{reason_code}} {{metadata}}')])).toEqual([
      empty('{{metadata}} and {{reason_code}}'),
    ]));

  test('where only another trigger always has it', async () =>
    expect(
      await found([
        told('{{app_id}}', leaf('contact_id', 'present'), { on: ['OPT_IN', 'CONTACT_UPDATE'] }),
      ]),
    ).toEqual([empty('{{app_id}}')]));
});

describe('a fact in a text is not told of', () => {
  test.each<[string, string, unknown]>([
    [
      'that Sinch always sends',
      '{{app_id}} {{channel}} {{message_id}} {{status}} {{event_time}}',
      failed,
    ],
    [
      'that the condition names a value of',
      '{{reason_code}}',
      { all: [failed, leaf('reason_code', 'equal', 'A')] },
    ],
    [
      'that must not have a value',
      '{{reason_code}}',
      { all: [failed, leaf('reason_code', 'notEqual', 'A')] },
    ],
    ['that is compared', '{{attempt}}', { all: [failed, leaf('attempt', 'greaterThan', 2)] }],
    ['that must be there', '{{metadata}}', { all: [failed, { not: leaf('metadata', 'missing') }] }],
    [
      'that every part of an "any" asks for',
      '{{metadata}}',
      {
        any: [
          { all: [sms, leaf('metadata', 'equal', 'a')] },
          { all: [mms, leaf('metadata', 'present')] },
        ],
      },
    ],
    [
      'that is a field which is asked for',
      '{{payload.foo.0.bar}}',
      { all: [failed, leaf('payload', 'matches', 'x', { path: 'foo.0.bar' })] },
    ],
    ['for which something else stands there', '{{metadata|none}} {{payload.foo.bar|}}', failed],
  ])('%s', async (_, text, when) => expect(await found([told(text, when)])).toEqual([]));

  test('that tells what a window held', async () => {
    const threshold = {
      share: 0.5,
      among: leaf('metadata', 'present'),
      at_least: 5,
      within: '10m',
    };
    const text = '{{count}} of {{sample}}, {{share}} within {{within}}, last {{metadata}}';
    expect(await found([told(text, failed, { threshold })])).toEqual([]);
  });
});

test('a trigger that never carries the fact is told of once, and not where something else stands there', async () => {
  const on = ['OPT_IN', 'CHANNEL_EVENT'];
  expect(await found([told('{{opt_status}}', leaf('channel', 'present'), { on })])).toEqual([]);
});
