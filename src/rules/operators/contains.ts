import * as v from 'valibot';
import { fold } from '../../callbacks/facts/fold.ts';
import { byItem } from './index-forms.ts';
import { pair } from './operator.ts';
import { foldWholeOnce, isText, oncePerList } from './text-operands.ts';
import { asList, PartsOfTexts, Scalar } from './value-schemas.ts';

type Operand = string | number | boolean | readonly string[];

const partsOf = oncePerList((list) => list.map((text) => fold(String(text))));
/** The parts of a text that an operand looks for, folded. */
const foldedParts = (operand: unknown): readonly string[] =>
  partsOf(asList(operand as Operand | readonly Operand[])); // passed its schema

interface Prepared {
  readonly item: unknown;
  /** Folded; empty if the operand is no part of a text. */
  readonly parts: readonly string[];
}

export const contains = pair<Prepared>({
  description:
    'A list that has this item. A text that has this sign, such as an emoji, or in a script without blanks (Chinese, Japanese, Thai) this part, whatever its width; for other words use `containsWord`.',
  positive: {
    name: 'contains',
    summary: (value) => `contains ${value}`,
    expected: (value) => `something with ${value} in it`,
    alternatives: { forTexts: 'containsWord' },
  },
  negative: {
    name: 'doesNotContain',
    summary: (value) => `does not contain ${value}`,
    expected: (value) => `something without ${value}`,
    alternatives: { forTexts: 'doesNotContainWord' },
  },
  values: { list: Scalar, json: Scalar, text: PartsOfTexts },
  takesList: true,
  // A part of a text in another script would be found inside other words.
  accepts: (value, { parts }) => Array.isArray(value) || (isText(value) && parts.length > 0),
  prepare: (operand) => ({
    item: operand,
    parts: v.is(PartsOfTexts, operand) ? foldedParts(operand) : [],
  }),
  test: (value, { item, parts }) =>
    Array.isArray(value)
      ? value.some((one) => one === item)
      : isText(value) && parts.some((part) => foldWholeOnce(value).includes(part)),
  index: {
    ...byItem,
    // A part can stand anywhere in a text, so that such an operand has no keys; several parts are a list.
    isFixed: false,
    keysOf: (operand, fact) =>
      v.is(PartsOfTexts, operand) ? undefined : byItem.keysOf(operand, fact),
  },
  partition: {
    by: 'item',
    at: (operand) => operand,
    within: (operand, other) => {
      const wider = foldedParts(other);
      return foldedParts(operand).every((text) => wider.some((part) => text.includes(part)));
    },
    sample: (operand) => String(asList(operand as Operand | readonly Operand[])[0] ?? ''), // passed its schema
  },
});
