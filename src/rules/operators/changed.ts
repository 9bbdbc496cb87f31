import { type Expansion, formatOperand, type Operator } from './operator.ts';
import { scalars } from './value-schemas.ts';

interface Change {
  readonly name: string;
  readonly negation: string;
  readonly isNegative: boolean;
  readonly expansion: Expansion;
  readonly phrase: string;
}

/** A comparison with the previous value. Compile replaces it by its expansion, so it is never evaluated itself. */
const change = ({ phrase, ...own }: Change): Operator => ({
  ...own,
  description: 'The value now and the value before; both must be known.',
  values: scalars,
  takesList: false,
  takesNoValue: false,
  exact: true,
  holdsOnMissing: false,
  readsClock: false,
  alternatives: {},
  summary: (value) => `${phrase} ${value}`,
  expected: (value) => `one that ${phrase} ${value}`,
  formatOperand,
  bind: () => () => false,
});

export const changed: readonly Operator[] = [
  change({
    name: 'changedTo',
    negation: 'notChangedTo',
    isNegative: false,
    expansion: { group: 'all', now: 'equal', before: 'notEqual' },
    phrase: 'changed to',
  }),
  change({
    name: 'notChangedTo',
    negation: 'changedTo',
    isNegative: true,
    expansion: { group: 'any', now: 'notEqual', before: 'equal' },
    phrase: 'did not change to',
  }),
  change({
    name: 'changedFrom',
    negation: 'notChangedFrom',
    isNegative: false,
    expansion: { group: 'all', now: 'notEqual', before: 'equal' },
    phrase: 'changed from',
  }),
  change({
    name: 'notChangedFrom',
    negation: 'changedFrom',
    isNegative: true,
    expansion: { group: 'any', now: 'equal', before: 'notEqual' },
    phrase: 'did not change from',
  }),
];
