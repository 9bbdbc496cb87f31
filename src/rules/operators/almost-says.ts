import { fold } from '../../callbacks/facts/fold.ts';
import { pair } from './operator.ts';
import { foldOnce, isText, oncePerList, textsOf } from './text-operands.ts';
import { isAlmostOneOf, isSigns, MOST_LETTERS, typedForms, typedWordsOf } from './typing.ts';
import { spoken } from './value-schemas.ts';

const wordsOf = oncePerList((list) => {
  const words = [...new Set(list.map((text) => fold(String(text))))];
  return { words, typed: typedWordsOf(words) };
});

export const almostSays = pair({
  description:
    'The whole text is one of these, or is one with a slip in typing: a neighbouring, swapped, missing, doubled or stretched letter, dots or blanks between the letters, digits and signs for letters. Words of one or two letters count as they stand; signs count alone and together, also beside signs of telephones and messages.',
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
  keyOfText: fold,
  accepts: isText,
  prepare: (operand) => wordsOf(textsOf(operand)),
  test: (value, { words, typed }) => {
    if (!isText(value) || value.length > MOST_LETTERS * 2) return false;
    if (isSigns(foldOnce(value), words)) return true;
    return typedForms(foldOnce(value)).some((form) => isAlmostOneOf(form, typed));
  },
});
