import type { FactValue } from '../../callbacks/facts/fact.ts';
import { fold } from '../../callbacks/facts/fold.ts';
import type { FactUse, Leaf } from '../model/tree.ts';
import type { Operator } from '../operators/operator.ts';
import { LAST_TIME } from '../operators/value-schemas.ts';
import { type ValueDomain, valueDomainsOf } from './value-domains.ts';

/** One combination of results that all comparisons of a fact can have together. */
export interface ValueClass {
  readonly answers: ReadonlyMap<Leaf, boolean>;
  /** A value with these results; none if it is not certain that one exists. */
  readonly witness: { readonly value: FactValue } | undefined;
}

/** Above this number the analysis gives up. */
const MAX_COMBINATIONS = 128;

/**
 * Returns every combination of results that the comparisons of one fact can have, and possibly more, without a witness, if
 * an operator is not predictable. `undefined` if there are too many.
 */
export function valueClassesOf(
  use: FactUse,
  leaves: readonly Leaf[],
  only?: readonly FactValue[],
): readonly ValueClass[] | undefined {
  const domains =
    only?.map((value): ValueDomain => ({ value, alike: true, alone: true })) ??
    valueDomainsOf(use, leaves);
  if (!domains) return undefined;
  const cases = new Map<string, ValueClass>();
  for (const one of domains) {
    const open = openOf(one, leaves);
    const ways =
      open.length === 0 ? [answersFor(one.value, leaves)] : combinationsOf(one, open, leaves);
    if (!ways) return undefined;
    for (const answers of ways) {
      const key = leaves.map((_, at) => (answers[at] ? '1' : '0')).join('');
      if (cases.get(key)?.witness) continue;
      const witness =
        open.length === 0 ? { value: one.value } : witnessOf(answers, open, one, use, leaves);
      cases.set(key, {
        answers: new Map(leaves.map((leaf, at) => [leaf, answers[at] === true])),
        witness,
      });
    }
  }
  return [...cases.values()];
}

/** The result of each comparison, in order. */
type Answers = readonly boolean[];

const answersFor = (value: FactValue, leaves: readonly Leaf[]): Answers =>
  leaves.map((leaf) => leaf.holds(value));

/** Returns all possible combinations of results within a domain; `undefined` if there are too many. */
function combinationsOf(
  domain: ValueDomain,
  open: readonly Question[],
  leaves: readonly Leaf[],
): readonly Answers[] | undefined {
  const known = answersFor(domain.value, leaves);
  const options = open.map(({ operator }): readonly Reply[] =>
    mayNotAccept(operator, domain.value) ? [...BOTH, 'none'] : BOTH,
  );
  if (options.reduce((product, { length }) => product * length, 1) > MAX_COMBINATIONS)
    return undefined;
  const replies = options.reduce<readonly (readonly Reply[])[]>(
    (lists, some) => lists.flatMap((list) => some.map((reply) => [...list, reply])),
    [[]],
  );
  return replies
    .filter((reply) => isConsistent(open, reply))
    .map((reply) => answersTo(open, reply, known, leaves));
}

/** The result of an open comparison; `none` if the operator does not accept the value, so that it and its negation are false. */
type Reply = 'yes' | 'no' | 'none';
const BOTH = ['yes', 'no'] as const;

/** For an operator on times, a text may or may not be a time. */
const mayNotAccept = ({ values }: Operator, value: FactValue): boolean =>
  typeof value === 'string' && values.time !== undefined && values.text === undefined;

function answersTo(
  open: readonly Question[],
  replies: readonly Reply[],
  known: Answers,
  leaves: readonly Leaf[],
): Answers {
  const answers = new Map(leaves.map((leaf, at) => [leaf, known[at] === true]));
  for (const [at, { uses }] of open.entries()) {
    for (const { leaf, same } of uses)
      answers.set(leaf, replies[at] !== 'none' && (replies[at] === 'yes') === same);
  }
  return leaves.map((leaf) => answers.get(leaf) === true);
}

/** A comparison whose result varies within a domain: the positive operator of a pair, with its operand. */
interface Question {
  readonly operator: Operator;
  readonly value: unknown;
  /** The leaves with this comparison, and whether they use the positive operator. */
  readonly uses: { readonly leaf: Leaf; readonly same: boolean }[];
}

/** Returns the comparisons that are not predictable: patterns and words in texts, hours of the day for times. */
function openOf(domain: ValueDomain, leaves: readonly Leaf[]): readonly Question[] {
  if (domain.alone) return [];
  const questions = new Map<string, Question>();
  for (const leaf of leaves) {
    const { operator, value } = leaf;
    if (!mayAccept(operator, domain.value) || isPredictable(operator, domain)) continue;
    const key = `${operator.isNegative ? operator.negation : operator.name} ${JSON.stringify(value)}`;
    const question = questions.get(key) ?? { operator, value, uses: [] };
    question.uses.push({ leaf, same: !operator.isNegative });
    questions.set(key, question);
  }
  return [...questions.values()];
}

/** Whether the operator can accept a value of this kind. If not, it is false. */
function mayAccept({ values }: Operator, value: FactValue): boolean {
  if (typeof value === 'string') return values.text !== undefined || values.time !== undefined;
  if (typeof value !== 'number') return false;
  return values.number !== undefined || (values.time !== undefined && Math.abs(value) <= LAST_TIME);
}

function isPredictable({ partition }: Operator, { value, alike }: ValueDomain): boolean {
  if (partition?.by === 'words') return alike;
  if (partition?.by === 'item' && typeof value === 'string') return alike;
  // Any text may be a time.
  return partition !== undefined && (partition.by !== 'side' || typeof value !== 'string');
}

/** Whether results are consistent: a text that contains "stop texting" also contains "stop". */
const isConsistent = (open: readonly Question[], replies: readonly Reply[]): boolean =>
  open.every(
    (question, at) =>
      replies[at] !== 'yes' ||
      open.every((other, place) => replies[place] === 'yes' || !implies(question, other)),
  );

const isByWords = (partition: Operator['partition']) =>
  partition?.by === 'words' || partition?.by === 'item';

const implies = (
  { operator: { partition, name, negation }, value }: Question,
  other: Question,
): boolean =>
  isByWords(partition) &&
  [name, negation].includes(other.operator.name) &&
  partition.within(value, other.value);

/** Returns a value with these results: the domain's own, or a text made of the required words. */
function witnessOf(
  answers: Answers,
  open: readonly Question[],
  { value, alike }: ValueDomain,
  { fact }: FactUse,
  leaves: readonly Leaf[],
): ValueClass['witness'] {
  const words = open.flatMap(({ operator: { partition }, value: of, uses }) => {
    const [first] = uses;
    const holds = first !== undefined && answers[leaves.indexOf(first.leaf)] === first.same;
    return (partition?.by === 'words' || partition?.by === 'item') && holds
      ? partition.sample(of)
      : [];
  });
  const texts =
    alike || typeof value !== 'string'
      ? []
      : [
          [...words, value],
          [...words.toReversed(), value],
        ];
  const candidates = [
    value,
    ...texts.map((parts) => (fact.folded ? fold(parts.join(' ')) : parts.join(' '))),
  ];
  const found = candidates.find((candidate) =>
    leaves.every((leaf, at) => leaf.holds(candidate) === answers[at]),
  );
  return found === undefined ? undefined : { value: found };
}
