import type { FactValue } from '../../callbacks/facts/fact.ts';
import { fold } from '../../callbacks/facts/fold.ts';
import type { FactUse, Leaf } from '../model/tree.ts';
import type { Operator } from '../operators/operator.ts';
import { LAST_TIME, type ValueDomain, valueDomainsOf } from './value-domains.ts';

/** One way in which all comparisons of a fact may come out together. */
export interface ValueClass {
  readonly answers: ReadonlyMap<Leaf, boolean>;
  /** A value with which they come out so; none where that could not be made sure of. */
  readonly witness: { readonly value: FactValue } | undefined;
}

/** More are too many to tell. */
const MAX_COMBINATIONS = 128;

/**
 * All ways in which comparisons of one fact may come out together; perhaps some more, without a witness, where an operator
 * cannot be foretold. `undefined` where there are too many.
 */
export function valueClassesOf(
  use: FactUse,
  leaves: readonly Leaf[],
  only?: readonly FactValue[],
): readonly ValueClass[] | undefined {
  const kin =
    only?.map((value): ValueDomain => ({ value, alike: true, alone: true })) ??
    valueDomainsOf(use, leaves);
  if (!kin) return undefined;
  const cases = new Map<string, ValueClass>();
  for (const one of kin) {
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

/** What each comparison says, in their order. */
type Answers = readonly boolean[];

const answersFor = (value: FactValue, leaves: readonly Leaf[]): Answers =>
  leaves.map((leaf) => leaf.holds(value));

/** All answers that may come together; `undefined` where there are too many. */
function combinationsOf(
  kin: ValueDomain,
  open: readonly Question[],
  leaves: readonly Leaf[],
): readonly Answers[] | undefined {
  const known = answersFor(kin.value, leaves);
  const options = open.map(({ operator }): readonly Reply[] =>
    isMute(operator, kin.value) ? [...BOTH, 'mute'] : BOTH,
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

/** The answer to a question; mute where a value cannot be judged, so that neither it nor its contrary holds. */
type Reply = 'yes' | 'no' | 'mute';
const BOTH = ['yes', 'no'] as const;

/** A text may be a time, or none at all. */
const isMute = ({ values }: Operator, value: FactValue): boolean =>
  typeof value === 'string' && values.time !== undefined && values.text === undefined;

function answersTo(
  open: readonly Question[],
  replies: readonly Reply[],
  known: Answers,
  leaves: readonly Leaf[],
): Answers {
  const answers = new Map(leaves.map((leaf, at) => [leaf, known[at] === true]));
  for (const [at, { asked }] of open.entries()) {
    for (const { leaf, same } of asked)
      answers.set(leaf, replies[at] !== 'mute' && (replies[at] === 'yes') === same);
  }
  return leaves.map((leaf) => answers.get(leaf) === true);
}

/** A question whose answer differs within the kin: the affirming operator of a pair, with a value. */
interface Question {
  readonly operator: Operator;
  readonly value: unknown;
  /** Where it is asked, and whether so or the other way round. */
  readonly asked: { readonly leaf: Leaf; readonly same: boolean }[];
}

/** What cannot be foretold of texts: patterns, and words within them; of times: the hours of the day. */
function openOf(kin: ValueDomain, leaves: readonly Leaf[]): readonly Question[] {
  if (kin.alone) return [];
  const questions = new Map<string, Question>();
  for (const leaf of leaves) {
    const { operator, value } = leaf;
    if (!mayJudge(operator, kin.value) || isForetold(operator, kin)) continue;
    const key = `${operator.isNegative ? operator.negation : operator.name} ${JSON.stringify(value)}`;
    const question = questions.get(key) ?? { operator, value, asked: [] };
    question.asked.push({ leaf, same: !operator.isNegative });
    questions.set(key, question);
  }
  return [...questions.values()];
}

/** Whether a value of this kind can be judged at all; where it cannot, the operator is false. */
function mayJudge({ values }: Operator, value: FactValue): boolean {
  if (typeof value === 'string') return values.text !== undefined || values.time !== undefined;
  if (typeof value !== 'number') return false;
  return values.number !== undefined || (values.time !== undefined && Math.abs(value) <= LAST_TIME);
}

function isForetold({ partition }: Operator, { value, alike }: ValueDomain): boolean {
  if (partition?.by === 'words') return alike;
  // A text may be a time, for all anybody knows.
  return partition !== undefined && (partition.by !== 'side' || typeof value !== 'string');
}

/** Whatever holds takes with it what holds wherever it does: who writes "stop texting" writes "stop". */
const isConsistent = (open: readonly Question[], replies: readonly Reply[]): boolean =>
  open.every(
    (question, at) =>
      replies[at] !== 'yes' ||
      open.every((other, place) => replies[place] === 'yes' || !implies(question, other)),
  );

const implies = (
  { operator: { partition, name, negation }, value }: Question,
  other: Question,
): boolean =>
  partition?.by === 'words' &&
  [name, negation].includes(other.operator.name) &&
  partition.within(value, other.value);

/** A value that comes out so: the kin's own, or a text made of the words that it must have in it. */
function witnessOf(
  answers: Answers,
  open: readonly Question[],
  { value, alike }: ValueDomain,
  { fact }: FactUse,
  leaves: readonly Leaf[],
): ValueClass['witness'] {
  const words = open.flatMap(({ operator: { partition }, value: of, asked }) => {
    const [first] = asked;
    const holds = first !== undefined && answers[leaves.indexOf(first.leaf)] === first.same;
    return partition?.by === 'words' && holds ? partition.sample(of) : [];
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
