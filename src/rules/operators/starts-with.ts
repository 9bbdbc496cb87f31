import { fold } from '../../callbacks/facts/fold.ts';
import { byStart } from './index-forms.ts';
import { pair } from './operator.ts';
import { foldOnce, isText, oncePerList, textsOf } from './text-operands.ts';
import { spoken } from './value-schemas.ts';

const startsOf = oncePerList((list) => list.map((text) => fold(String(text))));

export const startsWith = pair({
  description: 'The text begins so, whatever its case, accents and first punctuation.',
  positive: {
    name: 'startsWith',
    summary: (value) => `starts with ${value}`,
    expected: (value) => `a text that starts with ${value}`,
  },
  negative: {
    name: 'doesNotStartWith',
    summary: (value) => `does not start with ${value}`,
    expected: (value) => `a text that does not start with ${value}`,
  },
  values: spoken,
  takesList: true,
  keyOfText: fold,
  accepts: isText,
  prepare: (operand) => startsOf(textsOf(operand)),
  test: (value, starts) =>
    isText(value) && starts.some((start) => foldOnce(value).startsWith(start)),
  index: byStart((operand) => startsOf(textsOf(operand))),
  partition: {
    by: 'words',
    within: (operand, other) => {
      const wider = startsOf(textsOf(other));
      return startsOf(textsOf(operand)).every((start) =>
        wider.some((part) => start.startsWith(part)),
      );
    },
    sample: (operand) => textsOf(operand)[0] ?? '',
  },
});
