import { fold } from '../../callbacks/facts/fold.ts';
import { pair } from './operator.ts';
import { foldOnce, isText, oncePerList, textsOf } from './text-operands.ts';
import { isAlmost, MOST_LETTERS, typedForms } from './typing.ts';
import { spoken } from './value-schemas.ts';

const wordsOf = oncePerList((list) => [...new Set(list.map((text) => fold(String(text))))]);

export const almostSays = pair({
  description:
    'The whole text is one of these, or is one with a slip in typing: a neighbouring, swapped, missing, doubled or stretched letter, dots or blanks between the letters, digits for letters. Words of two letters count as they stand.',
  positive: {
    name: 'almostSays',
    summary: (value) => `almost says ${value}`,
    expected: (value) => `almost ${value}`,
  },
  negative: {
    name: 'doesNotAlmostSay',
    summary: (value) => `does not even almost say ${value}`,
    expected: (value) => `nothing like ${value}`,
  },
  values: spoken,
  takesList: true,
  accepts: isText,
  prepare: (operand) => wordsOf(textsOf(operand)),
  test: (value, words) => {
    if (!isText(value) || value.length > MOST_LETTERS * 2) return false;
    const forms = typedForms(foldOnce(value));
    return words.some((word) => forms.some((form) => isAlmost(form, word)));
  },
});
