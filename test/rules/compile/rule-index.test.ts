import { describe, expect, test, vi } from 'vitest';
import { observeFacts } from '../../../src/rules/model/observed-facts.ts';
import { callbackWith, forgetful, leaf, list, rule, rulebookOf } from '../rulebook.ts';

/** The names of the rules that are looked at: every leaf but the indexed one is left to the pre-check. */
function candidates(
  rules: readonly Record<string, unknown>[],
  facts: Record<string, string | number>,
  lists = {},
) {
  const rulebook = rulebookOf(rules, { lists });
  const places = rulebook.index.candidates(
    'MESSAGE_INBOUND',
    observeFacts(callbackWith('MESSAGE_INBOUND', facts), rulebook.lists, forgetful),
  );
  return places.map((place) => rulebook.rules[place]?.name);
}
const inbound = (name: string, when: unknown, over: object = {}) =>
  rule({ name, when, on: ['MESSAGE_INBOUND'], ...over });

describe('the sieve', () => {
  test('finds a rule by any of its keys, once, in the order of decision', () => {
    const rules = [
      inbound('b', { any: [leaf('channel', 'equal', 'SMS'), leaf('app_id', 'in', ['x', 'y'])] }),
      inbound('a', leaf('keyword', 'says', ['stop', 'arrêt'])),
      inbound('z', leaf('app_id', 'equal', 'x'), { priority: 5 }),
      inbound('no', leaf('channel', 'equal', 'MMS')),
    ];
    expect(candidates(rules, { channel: 'SMS', app_id: 'x', keyword: 'ARRET' })).toEqual([
      'z',
      'a',
      'b',
    ]);
    expect(candidates(rules, { channel: 'RCS' })).toEqual([]);
  });

  test('names the rules that nothing narrows down', () => {
    const rules = [
      inbound('absent', leaf('channel', 'missing')),
      inbound('half', { any: [leaf('channel', 'missing'), leaf('app_id', 'equal', 'x')] }),
      inbound('narrowed', { all: [leaf('channel', 'missing'), leaf('app_id', 'equal', 'x')] }),
      inbound('compared', leaf('age_seconds', 'lessThan', 5)),
    ];
    expect([...rulebookOf(rules).index.unindexed()]).toEqual([
      ['absent', ['MESSAGE_INBOUND']],
      ['half', ['MESSAGE_INBOUND']],
    ]);
  });

  test('keeps a rule whose recalled fact has yet to be asked', () => {
    const rules = [
      rule({
        name: 'r',
        on: ['MESSAGE_INBOUND', 'CHANNEL_EVENT'],
        when: {
          all: [leaf('previous_quality_rating', 'equal', 'RED'), leaf('channel', 'equal', 'SMS')],
        },
      }),
    ];
    expect(candidates(rules, { channel: 'SMS' })).toEqual(['r']);
    expect(candidates(rules, { channel: 'MMS' })).toEqual([]);
  });

  test('looks at every rule that searches a text for parts', () => {
    const rules = [
      inbound('one', leaf('text', 'contains', '退订')),
      inbound('several', leaf('text', 'contains', ['停止', '退订'])),
      inbound('named', leaf('text', 'contains', { list: 'parts' })),
    ];
    const lists = { 'lists/parts.json': list('parts', ['停止', '退订']) };
    expect(candidates(rules, { text: '我要退订吧' }, lists)).toEqual(['named', 'one', 'several']);
  });

  test('keeps a rule that finds a sign, also where a list of values is a text', () => {
    const wanted = rule({ when: leaf('restriction_types', 'contains', '🛑') });
    const { index, lists } = rulebookOf([wanted]);
    const seen = (value: unknown) =>
      index.candidates(
        'CHANNEL_EVENT',
        observeFacts(
          callbackWith('CHANNEL_EVENT', { restriction_types: value as string }),
          lists,
          forgetful,
        ),
      );
    expect([seen('🛑'), seen(['🛑']), seen(['x'])]).toEqual([[0], [0], []]);
  });

  test('drops a rule by its cheap facts before anything is judged', () =>
    expect(
      candidates(
        [
          inbound('r', {
            all: [leaf('channel', 'equal', 'SMS'), leaf('age_seconds', 'lessThan', 5)],
          }),
        ],
        {
          channel: 'SMS',
          age_seconds: 6,
        },
      ),
    ).toEqual([]));

  test('looks only at the rules behind the rarest key', () => {
    const rules = Array.from({ length: 1_000 }, (_, at) =>
      inbound(`r-${at}`, {
        all: [leaf('channel', 'equal', 'SMS'), leaf('app_id', 'equal', `app-${at}`)],
      }),
    );
    const rulebook = rulebookOf(rules);
    const callback = callbackWith('MESSAGE_INBOUND', { channel: 'SMS', app_id: 'app-7' });
    const fact = vi.fn(callback.fact);
    const facts = observeFacts({ ...callback, fact }, {}, forgetful);
    expect(rulebook.index.candidates('MESSAGE_INBOUND', facts)).toHaveLength(1);
    expect(fact.mock.calls.map(([name]) => name)).toEqual(['app_id', 'channel']);
  });

  test('finds a value in a huge list', () => {
    const lists = {
      'lists/huge.json': list(
        'huge',
        Array.from({ length: 50_000 }, (_, at) => `v${at}`),
      ),
    };
    const rules = [
      inbound('in', leaf('app_id', 'in', { list: 'huge' })),
      inbound('not', leaf('app_id', 'notIn', { list: 'huge' })),
    ];
    expect(candidates(rules, { app_id: 'v49999' }, lists)).toEqual(['in']);
    expect(candidates(rules, { app_id: 'v50000' }, lists)).toEqual(['not']);
  });
});
