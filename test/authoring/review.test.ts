import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { actions } from '../../src/actions/index.ts';
import { compareLines, reviewRulebooks } from '../../src/authoring/review.ts';
import { compile } from '../../src/rules/compile/compile.ts';
import { differenceLines } from '../../src/rules/explain/difference-lines.ts';
import { inbound } from '../cli/shell.ts';

const rule = (over: object = {}, params: object = {}, text: object = {}) => ({
  name: 'help',
  why: 'They ask.',
  owner: 'support',
  on: ['MESSAGE_INBOUND'],
  when: { fact: 'keyword', operator: 'equal', value: 'HELP' },
  then: [
    { action: 'throttle', params: { to: '10/minute', for: '7d', ...params } },
    {
      action: 'alert',
      params: {
        severity: 'low',
        title: 'HELP on {{channel}}',
        text: 'Limited to {{params.to}} for {{params.for}}: {{metadata|no metadata}}',
        ...text,
      },
    },
  ],
  examples: [{ name: 'help', callback: inbound('help'), fires: true }],
  ...over,
});
const ALERTS = {
  destinations: {
    ops: { type: 'webhook', url: { secret: 'DEST_OPS' } },
    night: { type: 'webhook', url: { secret: 'DEST_NIGHT' } },
  },
  default: 'ops',
  routes: [{ name: 'support', match: { owner: 'support' }, to: 'ops' }],
};
const made = (help: object, alerts: object = ALERTS) => {
  const source = { rules: { 'help.json': help }, lists: {}, conditions: {}, alerts };
  const { rulebook, findings } = compile(source, actions, 'test');
  expect(findings).toEqual([]);
  return { source, rulebook };
};
const review = async (now: object, alerts?: object) =>
  (await reviewRulebooks(made(rule()), made(now, alerts))).flatMap((one) => differenceLines(one));

describe('a review', () => {
  test('shows a changed limit in words, and the text that states it as it will be sent', async () => {
    expect(await review(rule({}, { to: '20/minute' }))).toEqual([
      '~ rule help changed',
      expect.stringContaining(
        'old: When an inbound message’s plain text is HELP: limit marketing to 10 a minute',
      ),
      expect.stringContaining(
        'new: When an inbound message’s plain text is HELP: limit marketing to 20 a minute',
      ),
      '    throttle to',
      '      old: 10 a minute',
      '      new: 20 a minute',
      '    alert text',
      '      old: Limited to 10 a minute for 7 days: no metadata',
      '      new: Limited to 20 a minute for 7 days: no metadata',
    ]);
  });

  test('shows a changed text filled from an example, though the sentence stays', async () => {
    expect(await review(rule({}, {}, { title: 'Help wanted on {{channel}}' }))).toEqual([
      '~ rule help changed',
      '    the sentence stays',
      '    alert title',
      '      old: HELP on SMS',
      '      new: Help wanted on SMS',
    ]);
  });

  test('shows other keys old and new, and the texts of a new rule', async () => {
    expect(await review(rule({ why: 'They ask for help.' }))).toEqual([
      '~ rule help changed',
      '    the sentence stays',
      '    why',
      '      old: They ask.',
      '      new: They ask for help.',
    ]);
    const added = await reviewRulebooks(
      { ...made(rule()), rulebook: { ...made(rule()).rulebook, rules: [] } },
      made(rule()),
    );
    expect(added.flatMap((one) => differenceLines(one))).toEqual([
      '+ rule help added',
      expect.stringMatching(/^ {4}When /),
      '    alert title',
      '      new: HELP on SMS',
      '    alert text',
      '      new: Limited to 10 a minute for 7 days: no metadata',
    ]);
  });

  test('shows routes as a tree with what changed, and destinations by the names of their secrets', async () => {
    const alerts = {
      ...ALERTS,
      destinations: {
        ...ALERTS.destinations,
        night: { type: 'webhook', url: { secret: 'DEST_LATE' } },
      },
      routes: [{ name: 'support', match: { owner: 'support' }, to: 'night' }],
    };
    expect(await review(rule(), alerts)).toEqual([
      '~ alerts.json changed',
      '    who is notified',
      '    destination night',
      '      old: webhook, url from DEST_NIGHT',
      '      new: webhook, url from DEST_LATE',
      '      every alert',
      '    - ├─ support: owner support → ops',
      '    + ├─ support: owner support → night',
      '      └─ else → ops',
    ]);
  });

  test('has both texts in the compared lines, whatever they are', () => {
    const lines = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 12 });
    fc.assert(
      fc.property(lines, lines, (old, now) => {
        const compared = compareLines(old, now);
        const side = (without: string) =>
          compared.filter(({ change }) => change !== without).map(({ text }) => text);
        expect(side('added')).toEqual(old);
        expect(side('removed')).toEqual(now);
      }),
    );
  });
});
