import { describe, expect, test } from 'vitest';
import { commonFacts } from '../../../src/callbacks/facts/common-facts.ts';
import { triggers } from '../../../src/callbacks/triggers/index.ts';
import {
  factEntries,
  factEntry,
  isCarried,
  lookup,
  pathFault,
  triggerNames,
} from '../../../src/rules/model/facts.ts';

describe.each(factEntries())('the fact $name', (entry) => {
  test('has words', () => {
    expect(entry.name).toMatch(/^[a-z]+(_[a-z]+)*$/);
    expect(entry.summary).toMatch(/^\S.*\S$/);
    expect(entry.description).toMatch(/[.!]$/);
  });

  test('has one type and one way to be had, whatever trigger it comes with', () => {
    const all = [commonFacts, ...triggers.map(({ facts }) => facts)].flatMap(
      (facts) => facts[entry.name] ?? [],
    );
    for (const { type, recalled, folded, previous } of all) {
      expect({ type, recalled, folded, previous }).toEqual({
        type: entry.type,
        recalled: entry.recalled,
        folded: entry.folded,
        previous: entry.previous,
      });
    }
  });

  test('remembers its earlier value in a fact of the same type', () => {
    if (entry.previous !== undefined)
      expect(factEntry(entry.previous)).toMatchObject({ type: entry.type, recalled: true });
  });
});

describe('the vocabulary', () => {
  test('knows which triggers carry a fact', () => {
    const rating = factEntry('quality_rating');
    expect(rating?.triggers).toEqual(['CHANNEL_EVENT']);
    expect(rating && isCarried(rating, ['MESSAGE_INBOUND', 'CHANNEL_EVENT'])).toBe(true);
    expect(rating && isCarried(rating, ['MESSAGE_INBOUND'])).toBe(false);
    expect(factEntry('app_id')?.triggers).toEqual([]);
    const channel = factEntry('channel');
    expect(channel && isCarried(channel, ['MESSAGE_INBOUND'])).toBe(true);
    for (const trigger of ['CONTACT_CREATE', 'BATCH_STATUS_UPDATE', 'UNKNOWN'])
      expect(channel && isCarried(channel, [trigger])).toBe(false);
  });

  test('is closed', () => {
    for (const name of ['__proto__', 'constructor', 'toString', ''])
      expect(factEntry(name)).toBeUndefined();
  });

  test('has the unknown trigger, too', () => expect(triggerNames).toContain('UNKNOWN'));
});

describe('a path', () => {
  const value = { a: { b: ['x', { c: null }], '': 1 }, t: 'text', length: 3 };
  test.each<[string, unknown]>([
    ['a.b.0', 'x'],
    ['a.b.1.c', null],
    ['a.b.2', undefined],
    ['a.b.length', 2],
    ['t.length', undefined],
    ['t.0', undefined],
    ['length', 3],
    ['a.x.y', undefined],
    ['constructor', undefined],
    ['__proto__', undefined],
    ['a.__proto__.toString', undefined],
    ['a.b.map', undefined],
  ])('%s leads to %j', (path, expected) => expect(lookup(value, path)).toEqual(expected));

  test('reaches a key that is called __proto__ in the JSON', () =>
    expect(lookup(JSON.parse('{"__proto__":{"x":1}}'), '__proto__.x')).toBe(1));

  test.each(['$', '$.a', '$..a', 'a[0]', 'a.*', 'a..b', '.a', 'a.', ''])('refuses %j', (path) =>
    expect(pathFault(path, 'payload')).toBeDefined());
  test.each(['a', 'a.b.0', 'a-b.c_d', 'WHATSAPP:x', 'é'])('takes %j', (path) =>
    expect(pathFault(path, 'payload')).toBeUndefined());
});
