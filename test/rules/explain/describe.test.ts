import { expect, describe as suite, test } from 'vitest';
import { describe } from '../../../src/rules/explain/describe.ts';
import { doing, leaf, list, rule, rulebookOf } from '../rulebook.ts';

const whatsapp = leaf('channel', 'equal', 'WHATSAPP');
const red = leaf('quality_rating', 'equal', 'RED');
const lists = {
  'lists/stops.json': list('stops', ['STOP']),
  'lists/more.json': list('more', ['END']),
};
const either = { why: 'reason', when: { any: [red, whatsapp] } };
const conditions = {
  'conditions/bad.json': {
    name: 'bad',
    ...either,
    says: '{it} is in trouble',
    denies: '{it} is fine',
  },
  'conditions/plain.json': { name: 'plain', ...either },
};
const described = (over: Record<string, unknown>): string => {
  const [found] = rulebookOf([rule({ ...doing({ action: 'block' }), ...over })], {
    lists,
    conditions,
  }).rules;
  return found ? describe(found) : '';
};
const MESSAGE = { on: ['MESSAGE_INBOUND'] };

suite('describe', () => {
  test.each<[string, Record<string, unknown>, string]>([
    ['one condition', { when: red }, 'a number’s quality rating is RED'],
    [
      'the channel before the noun',
      { when: { all: [whatsapp, red] } },
      'a WHATSAPP number’s quality rating is RED',
    ],
    [
      'wherever it stands',
      { when: { all: [red, whatsapp] } },
      'a WHATSAPP number’s quality rating is RED',
    ],
    [
      'an article that can be spoken',
      {
        ...MESSAGE,
        when: { all: [leaf('channel', 'in', ['SMS', 'MMS']), leaf('keyword', 'equal', 'STOP')] },
      },
      'an SMS or MMS inbound message’s plain text is STOP',
    ],
    ['the channel alone', { when: whatsapp }, 'a number’s channel is WHATSAPP'],
    [
      'several triggers',
      { on: ['OPT_IN', 'CONTACT_DELETE'], when: leaf('app_id', 'present') },
      'an opt-in or a deleted contact’s app is present',
    ],
    [
      'several conditions',
      {
        when: { all: [red, leaf('app_id', 'notEqual', 'x'), leaf('age_seconds', 'lessThan', 60)] },
      },
      'a number’s quality rating is RED, its app is not x and its age in seconds is less than 60',
    ],
    [
      'or',
      { when: { any: [red, leaf('app_id', 'equal', 'x')] } },
      'a number’s quality rating is RED or its app is x',
    ],
    [
      'or within and',
      { when: { all: [red, { any: [leaf('app_id', 'equal', 'x'), whatsapp] }] } },
      'a number’s quality rating is RED and (its app is x or its channel is WHATSAPP)',
    ],
    [
      'and within or',
      { when: { any: [red, { all: [leaf('app_id', 'equal', 'x'), whatsapp] }] } },
      'a number’s quality rating is RED or (its app is x and its channel is WHATSAPP)',
    ],
    [
      'not',
      { when: { not: { any: [red, leaf('app_id', 'in', ['x', 'y', 'z'])] } } },
      'a number’s quality rating is not RED and its app is not x, y or z',
    ],
    [
      'groups of one',
      { when: { all: [{ any: [{ all: [red] }] }] } },
      'a number’s quality rating is RED',
    ],
    [
      'the same fact twice',
      { when: { any: [leaf('quality_rating', 'missing'), red] } },
      'a number’s quality rating is missing or is RED',
    ],
    [
      'a change',
      { when: leaf('quality_rating', 'changedTo', 'RED') },
      'a number’s quality rating changed to RED',
    ],
    [
      'no change',
      { when: { not: leaf('quality_rating', 'changedFrom', 'RED') } },
      'a number’s quality rating did not change from RED',
    ],
    [
      'a yes-or-no fact',
      {
        ...MESSAGE,
        when: { all: [leaf('injected', 'equal', true), leaf('injected', 'notEqual', true)] },
      },
      'an inbound message is injected and it is not injected',
    ],
    [
      'lists by name',
      { ...MESSAGE, when: leaf('keyword', 'in', { list: ['stops', 'more'] }) },
      'an inbound message’s plain text is in the lists stops and more',
    ],
    [
      'words',
      { ...MESSAGE, when: leaf('text', 'containsWord', ["don't stop"]) },
      "an inbound message’s text has “don't stop” in it",
    ],
    [
      'a word of a list',
      { ...MESSAGE, when: { not: leaf('text', 'containsWord', { list: 'stops' }) } },
      'an inbound message’s text does not have a word of the list stops in it',
    ],
    [
      'groups within groups within groups',
      {
        when: {
          all: [
            {
              any: [
                red,
                {
                  all: [
                    leaf('app_id', 'equal', 'x'),
                    { not: { any: [leaf('app_id', 'missing'), whatsapp] } },
                  ],
                },
              ],
            },
            leaf('quality_rating', 'present'),
          ],
        },
      },
      '(a number’s quality rating is RED or (its app is x and (its app is present and its channel is not WHATSAPP))) and its quality rating is present',
    ],
    [
      'whether a yes-or-no fact is known',
      { ...MESSAGE, when: { any: [leaf('injected', 'missing'), leaf('injected', 'present')] } },
      'it is not known whether an inbound message is injected or it is known whether it is injected',
    ],
    [
      'a shared condition in its own words',
      { when: { condition: 'bad' } },
      'a number is in trouble',
    ],
    [
      'the same, denied, and after the first',
      { when: { all: [leaf('app_id', 'present'), { not: { condition: 'bad' } }] } },
      'a number’s app is present and it is fine',
    ],
    [
      'a shared condition without words by what it asks',
      { when: { all: [leaf('app_id', 'present'), { condition: 'plain' }] } },
      'a number’s app is present and (its quality rating is RED or its channel is WHATSAPP)',
    ],
    [
      'hours',
      {
        when: leaf('event_time', 'withinHours', {
          from: '09:00',
          to: '17:00',
          timeZone: 'Europe/Paris',
          days: ['mon'],
        }),
      },
      'a number’s time of the event is within 09:00–17:00 on mon (Europe/Paris time)',
    ],
    [
      'a field',
      { when: { ...leaf('payload', 'equal', 'x'), path: 'a.b' } },
      'a number’s field a.b is x',
    ],
    [
      'every callback',
      { on: ['UNSUPPORTED'], when: leaf('trigger', 'present') },
      'an unsupported callback comes',
    ],
    [
      'a callback that nobody knows',
      { on: ['UNKNOWN'], when: leaf('app_id', 'equal', 'x') },
      'a callback’s app is x',
    ],
  ])('says %s', (_, over, words) =>
    expect(described(over)).toBe(`When ${words}: block, and tell ops.`));

  test('joins actions', () => {
    const limit = { action: 'limit', params: { to: '10' } };
    expect(described({ when: red, ...doing(limit, { action: 'note' }) })).toMatch(
      /: limit to 10, and note noted\.$/,
    );
    expect(described({ when: red, ...doing(limit, limit, { action: 'note' }) })).toMatch(
      /: limit to 10, limit to 10, and note noted\.$/,
    );
  });

  test('says what stops others and what is switched off', () =>
    expect(described({ when: red, stop: true, enabled: false })).toMatch(
      /ops\. The rules after it are not asked\. \(Switched off\.\)$/,
    ));

  test('clips what is long', () =>
    expect(described({ when: leaf('app_id', 'equal', 'x y '.repeat(100)) }).length).toBeLessThan(
      200,
    ));
});
