import { FAILURE_CLASSES } from '../../callbacks/facts/failure-class.ts';
import { REASON_CODES, REASON_SUB_CODES } from '../../callbacks/facts/reason-codes.ts';
import { isRecord } from '../../callbacks/shapes/parts.ts';
import type { Finding } from '../model/finding.ts';
import { unknownValue } from '../model/known-value.ts';
import { type AnalysisContext, warning } from './analysis-context.ts';
import { comparisonsIn, type WrittenComparison } from './comparisons.ts';

/** Codes of channels: Meta's numbers, and those of Sinch's SMS API. No list of them is complete. */
const CHANNEL_CODE = /^(SMS:)?-?\d+$/;

/** Reports values of named lists that Sinch was never seen to send, where rules compare them exactly. */
export function knownValues({ source }: Pick<AnalysisContext, 'source'>): readonly Finding[] {
  const uses = Map.groupBy(
    comparisonsIn(source).flatMap((one) => one.lists.map((list) => ({ list, one }))),
    ({ list }) => list,
  );
  return Object.entries(source.lists).flatMap(([file, list]) => {
    if (!isRecord(list) || typeof list.name !== 'string' || !Array.isArray(list.values)) return [];
    const { name } = list;
    const vocabulary = vocabularyOf(name, uses.get(name)?.map(({ one }) => one) ?? []);
    if (!vocabulary) return [];
    return list.values.flatMap((value, at) => {
      if (typeof value !== 'string' || CHANNEL_CODE.test(value)) return [];
      const fault = unknownValue(value, vocabulary);
      if (!fault) return [];
      const { code, words, hint } = fault;
      return [warning(file, ['values', at], code, `"${value}" ${words}`, hint)];
    });
  });
}

/** The known values of the facts that rules compare exactly with a list; `undefined` if one of them is open. */
function vocabularyOf(name: string, uses: readonly WrittenComparison[]) {
  const codes = [...REASON_CODES, ...REASON_SUB_CODES];
  if (FAILURE_CLASSES.some((one) => name === `failure-${one}`)) return { name, known: codes };
  const facts = uses.map(({ fact, operator }) =>
    (operator.exact || fact?.type === 'list') && !fact?.folded ? fact : undefined,
  );
  if (facts.length === 0 || facts.some((fact) => fact?.known === undefined)) return undefined;
  return {
    name: facts[0]?.name ?? name,
    known: facts.flatMap((fact) => fact?.known ?? []),
    synonyms: Object.assign({}, ...facts.map((fact) => fact?.synonyms ?? {})),
  };
}
