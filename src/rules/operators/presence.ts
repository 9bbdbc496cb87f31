import type { Operator, Predicate } from './operator.ts';
import { Nothing } from './value-schemas.ts';

interface Presence {
  readonly name: string;
  readonly negation: string;
  readonly summary: string;
  readonly expected: string;
  readonly holds: Predicate;
}

const presence = ({ name, negation, summary, expected, holds }: Presence): Operator => ({
  name,
  negation,
  isNegative: holds(undefined),
  description: 'Whether there is a value. Takes no value.',
  values: {
    text: Nothing,
    number: Nothing,
    boolean: Nothing,
    list: Nothing,
    time: Nothing,
    json: Nothing,
  },
  takesList: false,
  takesNoValue: true,
  exact: false,
  holdsOnMissing: holds(undefined),
  readsClock: false,
  alternatives: {},
  summary: () => summary,
  expected: () => expected,
  formatOperand: () => '',
  bind: () => holds,
  partition: { by: 'value', at: () => [] },
});

export const present = presence({
  name: 'present',
  negation: 'missing',
  summary: 'is present',
  expected: 'any value',
  holds: (value) => value !== undefined,
});

export const missing = presence({
  name: 'missing',
  negation: 'present',
  summary: 'is missing',
  expected: 'it missing',
  holds: (value) => value === undefined,
});
