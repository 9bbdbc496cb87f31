import { fold } from '../../callbacks/facts/fold.ts';
import { bySentence } from './index-forms.ts';
import { pair } from './operator.ts';
import { foldedSet, foldOnce, isText, sentencesOnce, textsOf } from './text-operands.ts';
import { spoken } from './value-schemas.ts';

export const hasSentence = pair({
  description:
    'One sentence, line or part between commas is one of these texts, whatever its case, accents and punctuation.',
  positive: {
    name: 'hasSentence',
    summary: (value) => `has ${value} as a sentence`,
    expected: (value) => `${value} as a sentence`,
  },
  negative: {
    name: 'hasNoSentence',
    summary: (value) => `does not have ${value} as a sentence`,
    expected: (value) => `no sentence that is ${value}`,
  },
  values: spoken,
  takesList: true,
  keyOfText: fold,
  accepts: isText,
  prepare: (operand) => foldedSet(textsOf(operand)),
  test: (value, folded) =>
    isText(value) &&
    (folded.has(foldOnce(value)) || sentencesOnce(value).some((sentence) => folded.has(sentence))),
  index: bySentence,
});
