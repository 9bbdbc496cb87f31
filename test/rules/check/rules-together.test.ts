import { describe, expect, test } from 'vitest';
import { leaf, list } from '../rulebook.ts';
import { ALERT, found, mms, rule, sms, stop, young } from './found.ts';

describe('rules that others make useless are told of', () => {
  const later = { then: [{ action: 'ignore', params: { because: 'so' } }] };

  test('behind a rule that stops', async () => {
    const first = rule('a', sms, { stop: true, priority: 9 });
    expect(await found([first, rule('b', { all: [sms, stop] }, later)])).toEqual([
      'a.json stop shadowed this rule fires first and stops evaluation whenever "b" would fire, so that rule never takes effect',
    ]);
  });

  test('behind two rules that stop, together', async () => {
    const first = [
      rule('a', sms, { stop: true }),
      rule('b', mms, { stop: true, then: later.then }),
    ];
    const lines = await found([
      ...first,
      rule('c', leaf('channel', 'in', ['SMS', 'MMS']), { then: [ALERT, ...later.then] }),
    ]);
    expect(lines).toEqual([
      expect.stringMatching(/^a\.json stop shadowed this rule or "b" fires .* whenever "c" would/),
    ]);
  });

  test.each([
    ['is switched off', { enabled: false }],
    ['only goes on record', { mode: 'shadow' }],
    ['ends some day', { expires: '2027-01-01T00:00:00Z' }],
    ['comes after it', { name: 'z', priority: 1 }],
    ['leaves it something', { when: { all: [sms, young] } }],
  ])('not behind one that %s', async (_, over) => {
    const first = rule('a', sms, { stop: true, priority: 9, ...over });
    expect(
      await found([first, rule('b', { all: [sms, stop] }, { ...later, priority: 2 })]),
    ).toEqual([]);
  });

  test('the same twice', async () => {
    const twice = [
      rule('a', { all: [sms, stop] }),
      rule('b', { not: { any: [{ not: stop }, { not: sms }] } }),
    ];
    expect(await found(twice)).toEqual([
      'b.json when duplicate-rule "a" fires for the same callbacks and does the same',
    ]);
  });

  test('a narrower one that does the same', async () =>
    expect(await found([rule('a', sms), rule('b', { all: [sms, stop] })])).toEqual([
      'b.json when subsumed-rule whenever this rule fires, "a" fires too and does the same',
    ]));

  test.each([
    ['do something else', later],
    ['tell somebody else', { owner: 'support' }],
    ['listen to more', { on: ['MESSAGE_INBOUND', 'MESSAGE_SUBMIT'] }],
  ])('not those that %s', async (_, over) =>
    expect(
      await found([rule('a', sms), rule('b', { all: [sms, leaf('app_id', 'equal', 'x')] }, over)]),
    ).toEqual([]));
});

describe('of two rules of which a stop lets only one fire', () => {
  const back = { then: [{ action: 'unsuppress', params: { scope: 'all' } }] };
  const out = { then: [{ action: 'suppress', params: { scope: 'all' } }] };
  const narrow = { all: [sms, stop] };

  test('the first does not do what the other does as well', async () => {
    expect(await found([rule('a', sms), rule('b', narrow, { stop: true, priority: 9 })])).toEqual(
      [],
    );
    const between = rule('c', young, { stop: true, priority: 5, then: back.then });
    expect(await found([rule('a', sms), rule('b', narrow, { priority: 9 }), between])).toEqual([]);
    expect(
      await found([
        rule('a', sms),
        rule('b', narrow, { priority: 9 }),
        { ...between, enabled: false },
      ]),
    ).toEqual([expect.stringContaining('subsumed-rule')]);
  });

  test('none undoes what the other does', async () => {
    expect(
      await found([rule('a', sms, out), rule('b', narrow, { ...back, stop: true, priority: 9 })]),
    ).toEqual([]);
    expect(
      await found([
        rule('a', sms, { ...out, stop: true }),
        rule('b', narrow, { ...back, priority: 9 }),
      ]),
    ).toEqual([expect.stringContaining('opposite-actions')]);
  });
});

describe('opposite actions are told of', () => {
  const out = (name: string, when: unknown, scope = 'all', over = {}) =>
    rule(name, when, { then: [{ action: 'suppress', params: { scope } }], ...over });
  const back = (name: string, when: unknown, scope = 'all', over = {}) =>
    rule(name, when, { then: [{ action: 'unsuppress', params: { scope } }], ...over });
  const says = (list: string) => leaf('keyword', 'says', { list });
  const lists = {
    'lists/out.json': list('out', ['STOP', 'ENOUGH']),
    'lists/in.json': list('in', ['START', 'enough']),
  };

  test('where one fires wherever the other does', async () => {
    const lines = await found([out('a', sms), back('b', { all: [sms, young] })]);
    expect(lines).toEqual([
      'b.json then.0.action opposite-actions unsuppress undoes the suppress of "a": whenever one fires, the other fires too',
    ]);
  });

  test('where two lists share a word, naming it', async () =>
    expect(await found([out('a', says('out')), back('b', says('in'))], { lists })).toEqual([
      'b.json then.0.action opposite-actions unsuppress undoes the suppress of "a": both fire for a MESSAGE_INBOUND callback with keyword "ENOUGH"',
    ]));

  test('where an example shows it', async () => {
    const callback = {
      message: {
        contact_message: { text_message: { text: 'Stop' } },
        channel_identity: { channel: 'SMS' },
      },
    };
    const examples = [{ name: 'both', callback, fires: true }];
    const lines = await found([
      out('a', leaf('text', 'startsWith', 'st'), 'all', { examples }),
      back('b', stop),
    ]);
    expect(lines).toEqual([
      expect.stringMatching(/^b\.json .*the example "both" of "a" makes both fire$/),
    ]);
  });

  test('of a throttle and the release that is meant for it', async () => {
    const red = leaf('quality_rating', 'equal', 'RED');
    const on = { on: ['CHANNEL_EVENT'] };
    const limit = rule('a', red, {
      ...on,
      then: [{ action: 'throttle', params: { to: '0', for: '1d' } }],
    });
    const release = (params: object) =>
      rule('b', red, { ...on, then: [{ action: 'release', params }] });
    expect(await found([limit, release({ rule: 'a' })])).toHaveLength(1);
    expect(await found([limit, release({})])).toHaveLength(1);
    expect(await found([limit, release({ rule: 'b' })])).toEqual([]);
  });

  test.each([
    ['whose words differ', [out('a', stop), back('b', leaf('keyword', 'equal', 'START'))]],
    ['whose scopes differ', [out('a', stop, 'marketing'), back('b', stop, 'notification')]],
    ['that nobody can say will meet', [out('a', leaf('text', 'matches', 'x')), back('b', stop)]],
    ['of which one is in shadow', [out('a', stop), back('b', stop, 'all', { mode: 'shadow' })]],
  ])('not of two rules %s', async (_, rules) => expect(await found(rules)).toEqual([]));
});
