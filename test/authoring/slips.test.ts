import { describe, expect, test } from 'vitest';
import { findingsOf } from './findings-of.ts';

/** What people write, a word of a file replaced by another; and what `check` says of it. */
const rule = JSON.stringify(
  {
    name: 'lawyers',
    why: 'Support wants to see these.',
    owner: 'support',
    on: ['MESSAGE_DELIVERY'],
    when: {
      all: [
        { fact: 'status', operator: 'equal', value: 'FAILED' },
        { fact: 'metadata', operator: 'containsWord', value: 'lawyer' },
      ],
    },
    then: [{ action: 'alert', params: { severity: 'high', title: 'Look: {{app_id|none}}' } }],
    examples: [
      {
        name: 'a lawyer',
        fires: true,
        callback: {
          app_id: 'A1',
          message_metadata: 'my lawyer',
          message_delivery_report: { message_id: 'M1', status: 'FAILED' },
        },
      },
    ],
  },
  undefined,
  2,
);
const alerts = JSON.stringify({
  destinations: { ops: { type: 'webhook', url: { secret: 'DEST_OPS' } } },
  default: 'ops',
});

async function said(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  return (await findingsOf(files))
    .filter(({ code }) => code !== 'no-quiet-example')
    .map(({ file, line, code, hint }) => `${file}:${line} ${code}: ${hint}`);
}

const lineOf = (text: string, part: string): number =>
  text.slice(0, text.indexOf(part)).split('\n').length;

describe('a slip has one finding, at its line, with what to write', () => {
  test.each<[was: string, is: string, at: string, says: RegExp]>([
    ['"operator": "containsWord"', '"op": "containsWord"', '"op"', /called "operator" here/],
    ['"fact": "metadata"', '"field": "metadata"', '"field"', /called "fact" here/],
    ['"action": "alert"', '"type": "alert"', '"type"', /called "action" here/],
    ['"MESSAGE_DELIVERY"', '"SMS"', '"SMS"', /the channel is a condition/],
    ['"MESSAGE_DELIVERY"', '"message_delivery_report"', '"message_del', /write "MESSAGE_DELIVERY"/],
    [
      '"fact": "metadata"',
      '"fact": "metadata.order.id"',
      'metadata.order',
      /"metadata_json", "path": "order.id"/,
    ],
    ['"lawyer"', '"lawyer/attorney"', 'lawyer/attorney', /write \["lawyer","attorney"\]/],
    ['"containsWord"', '"endsWith"', 'endsWith', /use "matches"/],
    ['{{app_id|none}}', "{{app_id|default: 'x'}}", 'default', /write \{\{app_id\|x\}\}/],
    ['{{app_id|none}}', '{{#if app_id}}a{{/if}}', '#if', /no sections here/],
    ['{{app_id|none}}', '{{app_id}', '{{app_id}', /write \{\{app_id\}\}/],
    ['"severity": "high",', '', '"params"', /add "severity": "critical", "high" or "low"/],
  ])('%s becomes %s', async (was, is, at, says) => {
    const text = rule.replace(was, is);
    expect(text).not.toBe(rule);
    expect(await said({ 'lawyers.json': text, 'alerts.json': alerts })).toEqual([
      expect.stringMatching(
        new RegExp(`^lawyers\\.json:${lineOf(text, at)} [a-z-]+: .*${says.source}`),
      ),
    ]);
  });

  test('labels that are a list', async () => {
    const text = rule.replace('"owner":', '"labels": ["payments"],\n  "owner":');
    const [first, ...more] = await said({ 'lawyers.json': text, 'alerts.json': alerts });
    expect(first).toMatch(`lawyers.json:${lineOf(text, '"payments"')} bad-value`);
    expect(more).toEqual([]);
  });

  test('a misspelt severity in what a story expects', async () => {
    const then = { told: [{ to: 'ops', severity: 'hgih' }] };
    const callback = JSON.parse(rule).examples[0].callback;
    const story = JSON.stringify(
      { name: 'lawyers', why: 'Lawyers.', steps: [{ callback, then }] },
      undefined,
      2,
    );
    const files = { 'lawyers.json': rule, 'alerts.json': alerts, 'tests/lawyers.json': story };
    expect(await said(files)).toEqual([
      `tests/lawyers.json:${lineOf(story, 'hgih')} bad-value: write "high"`,
    ]);
  });

  test.each<[path: string, says: RegExp]>([
    ['$.order.id', /write "order.id"/],
    ['items[0].x', /write "items.0.x"/],
  ])('of the path %s', async (path, says) => {
    const text = rule.replace('"fact": "metadata"', `"fact": "metadata_json", "path": "${path}"`);
    expect(await said({ 'lawyers.json': text, 'alerts.json': alerts })).toContainEqual(
      expect.stringMatching(says),
    );
  });
});

describe('no finding', () => {
  test.each([
    ['"lawyer"', '"24/7"'],
    ['"lawyer"', '"and/or"'],
    ['{{app_id|none}}', '{{app_id|lower}}'],
  ])('is made of the text where %s becomes %s', async (was, is) => {
    const text = rule.replace(was, is).replace('my lawyer', `my lawyer ${is.replaceAll('"', '')}`);
    expect(await said({ 'lawyers.json': text, 'alerts.json': alerts })).toEqual([]);
  });
});
