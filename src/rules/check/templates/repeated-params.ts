import * as v from 'valibot';
import type { CompiledAction, CompiledRule } from '../../model/compiled.ts';
import type { Finding } from '../../model/finding.ts';
import { formatRate, Rate } from '../../model/values.ts';
import { type AnalysisContext, warning } from '../analysis-context.ts';

/** A rate as people write it in a text: "10 a minute", "10/minute", "10 messages per minute". */
const WRITTEN =
  /\b(\d{1,9})(?: \p{L}+)?(?: ?\/ ?| (?:an?|per|each|every) )(second|minute|hour)\b/giu;

interface RateParam {
  readonly name: string;
  readonly rate: string;
}

/**
 * Reports texts that repeat a rate of their rule, or that state another limit than the rule sets: an author who changes the
 * rate does not see the text.
 */
export const repeatedParams = ({
  source,
  rulebook: { rules },
}: AnalysisContext): readonly Finding[] =>
  rules.flatMap((rule) => rule.actions.flatMap((action) => ofAction(rule, action, source.rules)));

function ofAction(
  rule: CompiledRule,
  { index, definition }: CompiledAction,
  sources: AnalysisContext['source']['rules'],
): readonly Finding[] {
  const rates = ratesOf(rule, index);
  if (rates.length === 0) return [];
  return definition.templates.flatMap((key) => {
    const text = textAt(sources[rule.file], index, key);
    return text === undefined
      ? []
      : ofText(text, rates).map(({ message, hint }) =>
          warning(rule.file, ['then', index, 'params', key], 'repeats-param', message, hint),
        );
  });
}

/** The text as it is written, before `{{params.to}}` is filled in. */
function textAt(source: unknown, index: number, key: string): string | undefined {
  const text: unknown = Object(Object(Object(Object(source).then)[index]).params)[key];
  return typeof text === 'string' ? text : undefined;
}

/** The rates that the rule's other actions set, each under the name that a text may use for it. */
const ratesOf = ({ actions }: CompiledRule, text: number): readonly RateParam[] =>
  actions
    .filter(({ index }) => index !== text)
    .flatMap(({ written }) =>
      Object.entries(written).flatMap(([name, value]) =>
        [value].flat().flatMap((rate) => (v.is(Rate, rate) ? [{ name, rate }] : [])),
      ),
    );

function ofText(
  text: string,
  rates: readonly RateParam[],
): readonly { readonly message: string; readonly hint: string }[] {
  const found = [...text.matchAll(WRITTEN)].flatMap(([words, count, unit = ''], place, all) => {
    const rate = `${count}/${unit.toLowerCase()}`;
    const own = rates.find((one) => one.rate === rate);
    const limits = /\blimit/i.test(sentenceAround(text, all[place]?.index ?? 0));
    const other = limits
      ? rates.find((one) => one.rate.endsWith(`/${unit.toLowerCase()}`))
      : undefined;
    const param = own ?? other;
    if (!param) return [];
    return {
      message: own
        ? `the text repeats "${words}", which is "${param.name}" of this rule: a change of it leaves the text behind`
        : `the text says "${words}", but "${param.name}" of this rule is ${formatRate(param.rate)}`,
      hint: `write {{params.${param.name}}} instead`,
    };
  });
  return found.slice(0, 1);
}

/** The sentence that a place lies in. */
function sentenceAround(text: string, at: number): string {
  const start = text.lastIndexOf('. ', at) + 1;
  const end = text.indexOf('. ', at);
  return text.slice(start, end < 0 ? undefined : end);
}
