import type { FactValue } from '../../callbacks/fact.ts';
import { fold } from '../../callbacks/fold.ts';
import type { Operator } from '../operator.ts';
import type { FactUse, Leaf } from '../tree.ts';
import { type Kin, kinOf } from './values.ts';

/** One way in which all comparisons of a fact may come out together. */
export interface Case {
  readonly answers: ReadonlyMap<Leaf, boolean>;
  /** A value with which they come out so; none where that could not be made sure of. */
  readonly witness: { readonly value: FactValue } | undefined;
}

/** More are too many to tell. */
const MOST_OPEN = 7;

/**
 * All ways in which comparisons of one fact may come out together; perhaps some more, without a witness, where an operator
 * cannot be foretold. `undefined` where there are too many.
 */
export function casesOf(
  use: FactUse,
  leaves: readonly Leaf[],
  only?: readonly FactValue[],
): readonly Case[] | undefined {
  const kin = only?.map((value): Kin => ({ value, alike: true, alone: true })) ?? kinOf(use, leaves);
  if (!kin) return undefined;
  const cases = new Map<string, Case>();
  for (const one of kin) {
    const ways = waysOf(one, use, leaves);
    if (!ways) return undefined;
    for (const way of ways) {
      const key = leaves.map((leaf) => (way.answers.get(leaf) ? '1' : '0')).join('');
      if (!cases.get(key)?.witness) cases.set(key, way);
    }
  }
  return [...cases.values()];
}

function waysOf(kin: Kin, use: FactUse, leaves: readonly Leaf[]): readonly Case[] | undefined {
  const known = answersFor(kin.value, leaves);
  const open = openOf(kin, leaves);
  if (open.length === 0) return [{ answers: known, witness: { value: kin.value } }];
  if (open.length > MOST_OPEN) return undefined;
  const ways: Case[] = [];
  for (let mask = 0; mask < 2 ** open.length; mask++) {
    const holding = open.filter((_, at) => (mask >> at) & 1);
    if (!isConsistent(holding, open)) continue;
    const answers = new Map(known);
    for (const question of open) {
      const yes = holding.includes(question);
      for (const { leaf, same } of question.asked) answers.set(leaf, yes === same);
    }
    ways.push({ answers, witness: witnessOf(holding, answers, kin, use) });
  }
  // A field may hold what the operator cannot judge at all: then it holds as little as its opposite.
  return use.path === undefined ? ways : [...ways, { answers: known, witness: { value: kin.value } }];
}

const answersFor = (value: FactValue, leaves: readonly Leaf[]): Map<Leaf, boolean> =>
  new Map(leaves.map((leaf) => [leaf, leaf.holds(value)]));

/** A question whose answer differs within the kin: the affirming operator of a pair, with a value. */
interface Question {
  readonly operator: Operator;
  readonly value: unknown;
  /** Where it is asked, and whether so or the other way round. */
  readonly asked: { readonly leaf: Leaf; readonly same: boolean }[];
}

/** What cannot be foretold of texts: patterns, and words within them; of times: the hours of the day. */
function openOf(kin: Kin, leaves: readonly Leaf[]): readonly Question[] {
  if (kin.alone) return [];
  const questions = new Map<string, Question>();
  for (const leaf of leaves) {
    const { operator, value } = leaf;
    if (!mayJudge(operator, kin.value) || isForetold(operator, kin)) continue;
    const key = `${operator.denies ? operator.negation : operator.name} ${JSON.stringify(value)}`;
    const question = questions.get(key) ?? { operator, value, asked: [] };
    question.asked.push({ leaf, same: !operator.denies });
    questions.set(key, question);
  }
  return [...questions.values()];
}

/** Whether a value of this kind can be judged at all; where it cannot, the operator is false. */
function mayJudge({ values }: Operator, value: FactValue): boolean {
  if (typeof value === 'string') return values.text !== undefined || values.time !== undefined;
  return typeof value === 'number' && (values.number !== undefined || values.time !== undefined);
}

function isForetold({ divides }: Operator, { value, alike }: Kin): boolean {
  if (divides?.by === 'words') return alike;
  // A text may be a time, for all anybody knows.
  return divides !== undefined && (divides.by !== 'side' || typeof value !== 'string');
}

/** Whatever holds takes with it what holds wherever it does: who writes "stop texting" writes "stop". */
const isConsistent = (holding: readonly Question[], open: readonly Question[]): boolean =>
  holding.every((question) => open.every((other) => holding.includes(other) || !implies(question, other)));

const implies = ({ operator: { divides, name, negation }, value }: Question, other: Question): boolean =>
  divides?.by === 'words' && [name, negation].includes(other.operator.name) && divides.within(value, other.value);

/** A value that comes out so: the kin's own, or a text made of the words that it must have in it. */
function witnessOf(
  holding: readonly Question[],
  answers: ReadonlyMap<Leaf, boolean>,
  { value, alike }: Kin,
  { fact }: FactUse,
): Case['witness'] {
  const words = holding.flatMap(({ operator: { divides }, value: of }) =>
    divides?.by === 'words' ? divides.sample(of) : [],
  );
  const texts =
    alike || typeof value !== 'string'
      ? []
      : [
          [...words, value],
          [...words.reverse(), value],
        ];
  const candidates = [value, ...texts.map((parts) => (fact.folded ? fold(parts.join(' ')) : parts.join(' ')))];
  const found = candidates.find((candidate) =>
    [...answers].every(([leaf, answer]) => leaf.holds(candidate) === answer),
  );
  return found === undefined ? undefined : { value: found };
}
