import { describe, expect, test } from 'vitest';
import { leaf } from '../rulebook.ts';
import { found, rule } from './found.ts';

const failed = leaf('status', 'equal', 'FAILED');
const told = (text: string) =>
  rule('a', failed, {
    on: ['MESSAGE_DELIVERY'],
    then: [{ action: 'alert', params: { severity: 'low', title: 'Look', text } }],
  });

describe('a text with an empty field is reported', () => {
  test.each([
    ['a label with nothing after it', 'Reason: {{reason_code|}}'],
    ['a label before a full stop', 'Reason: {{reason_code|}}. See the log.'],
    ['a label with two facts', 'Told: {{reason_code|}} {{channel_code|}}'],
    ['a label before the next sentence', 'Told: {{reason_code|}} See the log.'],
    ['empty brackets', 'Message {{message_id}} ({{metadata|}})'],
    ['empty quotation marks', 'It says “{{reason_description|}}”.'],
    ['a mark at the start', '{{reason_code|}}: message {{message_id}}'],
    ['two marks in a row', 'Message {{message_id}}, {{reason_code|}}, see the log.'],
    [
      'a fact of a part that is missing alone',
      '[[Code {{channel_code}}, reason: {{reason_code}}.]]',
    ],
  ])('%s', async (_, text) => {
    const [finding] = await found([told(text)]);
    expect(finding).toMatch(/^a\.json then\.0\.params\.text empty-field /);
  });
});

describe('a text without an empty field is not reported', () => {
  test.each([
    ['a part for each fact', '[[Reason: {{reason_code}}.]][[ Code {{channel_code}}.]]'],
    ['another fact after the label', 'Message: {{reason_code|}} {{message_id}}'],
    ['a text for a missing value', 'Reason: {{reason_code|none given}}'],
    ['a part whose facts follow one label', 'It failed[[: {{channel_code}} {{reason_code}}]].'],
    ['a text that is one fact alone', '{{reason_code|}}'],
  ])('%s', async (_, text) => expect(await found([told(text)])).toEqual([]));
});
