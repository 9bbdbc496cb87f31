import { after } from './after.ts';
import { almostSays } from './almost-says.ts';
import { before } from './before.ts';
import { changed } from './changed.ts';
import { contains } from './contains.ts';
import { containsPhrase } from './contains-phrase.ts';
import { containsWord } from './contains-word.ts';
import { equal } from './equal.ts';
import { greaterThan } from './greater-than.ts';
import { hasSentence } from './has-sentence.ts';
import { isIn } from './in.ts';
import { lessThan } from './less-than.ts';
import { matches } from './matches.ts';
import type { Operator } from './operator.ts';
import { missing, present } from './presence.ts';
import { says } from './says.ts';
import { startsWith } from './starts-with.ts';
import { withinHours } from './within-hours.ts';

/** Every operator, each next to its negation. To add one: its file, and a line here. */
export const operators: readonly Operator[] = [
  ...equal,
  ...isIn,
  ...lessThan,
  ...greaterThan,
  ...contains,
  ...says,
  ...almostSays,
  ...hasSentence,
  ...containsWord,
  ...containsPhrase,
  ...startsWith,
  ...matches,
  ...changed,
  ...before,
  ...after,
  ...withinHours,
  present,
  missing,
];

const byName = new Map(operators.map((operator) => [operator.name, operator]));

/** Returns the operator with this name. */
export const operatorNamed = (name: string): Operator | undefined => byName.get(name);

/** The names of all operators, or of those that suit a type of fact. */
export const operatorNames = (type?: keyof Operator['values']): readonly string[] =>
  operators
    .filter(({ values }) => type === undefined || values[type] !== undefined)
    .map(({ name }) => name);
