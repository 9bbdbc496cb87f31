import { describe, expect, test } from 'vitest';
import { typedForms } from '../../../src/rules/operators/typing.ts';

describe('the readings of a typed text', () => {
  test.each([
    ['STOP', ['STOP']],
    ['S.T.O.P', ['S.T.O.P', 'STOP']],
    ['S T O P', ['S T O P', 'STOP']],
    // Words are no single letters: their blanks stay.
    ['STOP IT', ['STOP IT']],
    ['ST OP', ['ST OP']],
    ['5T0P', ['5T0P', 'STOP']],
    ['$ T O P', ['$ T O P', 'S T O P']],
    // A number without a letter is no word.
    ['50', ['50']],
    ['1 0', ['1 0', '10']],
  ])('%s', (text, forms) => expect(typedForms(text)).toEqual(forms));
});
