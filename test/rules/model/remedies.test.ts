import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { isAddress, remedyOf, withoutAddresses } from '../../../src/rules/model/remedies.ts';

const remedy = (schema: v.GenericSchema, written: unknown): string | undefined => {
  const { issues } = v.safeParse(schema, written);
  return issues?.[0] && remedyOf(issues[0]);
};

describe('the remedy for a refused value', () => {
  const texts = v.array(v.string());
  test.each<[string, v.GenericSchema, unknown, string | undefined]>([
    ['one text in place of a list', texts, 'a', 'write ["a"]'],
    ['a long text in place of a list', texts, 'a'.repeat(80), undefined],
    ['an object in place of a list', texts, { a: 1 }, 'put [ ] around it: a list, even of one'],
    ['a number in place of a list', texts, 5, undefined],
    ['a number in place of a text', v.string(), 5, 'write "5"'],
    ['a boolean in place of a text', v.string(), true, 'write "true"'],
    ['a list of one in place of a text', v.string(), ['a'], 'write "a"'],
    ['a list of two in place of a text', v.string(), ['a', 'b'], undefined],
    ['a number in quotes', v.number(), '5', 'write 5'],
    ['a word in place of a number', v.number(), 'five', 'write 5'],
    [
      'a name that is nearly right',
      v.picklist(['marketing', 'all']),
      'marketting',
      'write "marketing"',
    ],
    ['a name that is far from all', v.picklist(['marketing', 'all']), 'xyz', undefined],
    ['a number in place of a name', v.picklist(['marketing', 'all']), 3, undefined],
  ])('%s', (_, schema, written, expected) => expect(remedy(schema, written)).toBe(expected));
});

test.each([
  ['see https://a.test/x?y=1, please', 'see (an address) please'],
  ['mail ops+1@a.test', 'mail (an address)'],
  ['call +1 (202) 555-0143', 'call (a number)'],
  ['write 12345 or a@b', 'write 12345 or a@b'],
])('%s is told without its addresses', (written, told) => {
  expect(withoutAddresses(written)).toBe(told);
  expect(isAddress(written)).toBe(written !== told);
});
