import { describe, expect, test } from 'vitest';
import { requiresSmallLetters } from '../../../src/rules/check/small-letters.ts';

/** Facts such as the keyword have capital letters only: such a pattern never matches them. */
describe('a pattern that matches no text without small letters', () => {
  test.each([
    ['stop', true],
    ['STOP', false],
    ['Stop', true],
    ['STOp?', false],
    ['STOp*', false],
    ['STOp{0,2}', false],
    ['STOp{1,2}', true],
    ['STOp+', true],
    ['stop|quit', true],
    ['stop|QUIT', false],
    ['(stop)', true],
    ['(stop)?', false],
    ['(stop)? NOW', false],
    ['(stop)? now', true],
    ['((stop) NOW)?', false],
    ['(ST(op)X)', true],
    // Of alternatives inside a group nothing is known.
    ['(stop|STOP)', false],
    ['(?i)stop', false],
    ['(?s)stop', true],
    ['\\d+', false],
  ])('%s: %s', (pattern, requires) => expect(requiresSmallLetters(pattern)).toBe(requires));
});
