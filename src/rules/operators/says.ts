import { fold } from '../../callbacks/facts/fold.ts';
import { byFold } from './index-forms.ts';
import { pair } from './operator.ts';
import { foldedSet, foldOnce, isText, textsOf } from './text-operands.ts';
import { spoken } from './value-schemas.ts';

export const says = pair({
  description: 'The whole text, whatever its case, accents and punctuation.',
  positive: { name: 'says', summary: (value) => `says ${value}`, expected: (value) => value },
  negative: {
    name: 'doesNotSay',
    summary: (value) => `does not say ${value}`,
    expected: (value) => `anything but ${value}`,
  },
  values: spoken,
  takesList: true,
  keyOfText: fold,
  accepts: isText,
  prepare: (operand) => foldedSet(textsOf(operand)),
  test: (value, folded) => isText(value) && folded.has(foldOnce(value)),
  index: byFold,
  partition: { by: 'fold', at: (operand) => [...foldedSet(textsOf(operand))] },
});
