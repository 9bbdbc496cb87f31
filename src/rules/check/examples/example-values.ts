import { distance } from 'fastest-levenshtein';
import { type Callback, readCallbacks } from '../../../callbacks/callback.ts';
import { isRecord } from '../../../callbacks/shapes/parts.ts';
import type { Rulebook } from '../../model/compiled.ts';
import { factEntries } from '../../model/facts.ts';
import type { Finding } from '../../model/finding.ts';
import { type UnknownValue, unknownValue } from '../../model/known-value.ts';
import { leavesOf } from '../../model/tree.ts';
import type { FactEntry } from '../../model/vocabulary.ts';
import { type AnalysisContext, warning } from '../analysis-context.ts';

type Path = Finding['path'];

/** A callback as it is written in a file. */
export interface WrittenCallback {
  readonly file: string;
  readonly path: Path;
  readonly body: unknown;
  /** Texts that the rule itself compares: a finding about them stands there. */
  readonly compared: ReadonlySet<unknown>;
  /** Where a text of the body stands in the file, relative to `path`; by default the first place that holds it. */
  readonly placeOf?: (text: string) => Path | undefined;
}

/**
 * Reports values of examples and guardrails that Sinch never sends and that resemble one that it does: "FALIED" in a
 * delivery report shows what never happens. A value that resembles none is taken as new, or as chosen on purpose.
 */
export async function exampleValues({
  source,
  rulebook,
}: AnalysisContext): Promise<readonly Finding[]> {
  const found: Finding[] = [];
  for (const written of [...inExamples(rulebook), ...inGuardrails(source)])
    found.push(...(await valueFaults(written, rulebook)));
  return found;
}

const inExamples = ({ rules }: Rulebook): readonly WrittenCallback[] =>
  rules.flatMap(({ file, when, threshold, examples }) => {
    const nodes = [when, ...(threshold?.among ? [threshold.among.when] : [])];
    const compared = new Set(nodes.flatMap((node) => leavesOf(node)).flatMap(({ value }) => value));
    const written = (path: Path, body: unknown): WrittenCallback => ({
      file,
      path,
      body,
      compared,
    });
    return examples.flatMap(({ callback, before = [] }, at) => [
      written(['examples', at, 'callback'], callback),
      ...before.map((earlier, place) =>
        written(['examples', at, 'before', place, 'callback'], earlier.callback),
      ),
    ]);
  });

const inGuardrails = ({ guardrails = {} }: AnalysisContext['source']): readonly WrittenCallback[] =>
  Object.entries(guardrails).flatMap(([file, guardrail]) => {
    if (!isRecord(guardrail)) return [];
    const { callback, callbacks } = guardrail;
    const compared = new Set();
    return [
      { file, path: ['callback'], body: callback, compared },
      ...(Array.isArray(callbacks) ? callbacks : []).map((body, at) => ({
        file,
        path: ['callbacks', at],
        body,
        compared,
      })),
    ];
  });

/** So many letters differ at most in a slip; more, and the value is another one: a shorter name of the same event. */
const SLIP = 2;

/** The facts whose values are known, beside those that Signalbox stores itself. */
const listed = factEntries().filter(({ known, recalled }) => known && !recalled);

/** Which texts resemble a known value of a fact. The same few ids and codes fill all callbacks. */
const resembling = new Map<string, boolean>();

/** What is wrong with a text as the value of a fact, where it is a slip. */
const slipIn = (text: string, fact: FactEntry): UnknownValue | undefined => {
  const fault = unknownValue(text, fact);
  return fault?.meant === undefined || distance(text.toUpperCase(), fault.meant) > SLIP
    ? undefined
    : fault;
};

/** The known values of all facts by their length: a slip changes the length by two at most. */
const byLength = Map.groupBy(
  new Set(listed.flatMap(({ known = [] }) => known)),
  ({ length }) => length,
);

/** Whether a text may be a slip of any known value. Most texts are sorted out here. */
function isNearKnown(text: string): boolean {
  const upper = text.toUpperCase();
  for (let length = upper.length - SLIP; length <= upper.length + SLIP; length++)
    if (byLength.get(length)?.some((one) => distance(upper, one) <= SLIP)) return true;
  return false;
}

function resembles(text: string): boolean {
  const known = resembling.get(text);
  if (known !== undefined) return known;
  if (resembling.size > MOST_TEXTS) resembling.clear();
  const found = isNearKnown(text) && listed.some((fact) => slipIn(text, fact) !== undefined);
  resembling.set(text, found);
  return found;
}
/** The most texts that are remembered: a console stays open for days. */
const MOST_TEXTS = 10_000;

/** Whether a text of the body may be a slip: reading a callback takes much longer than looking for one. */
const mayHaveSlip = (value: unknown): boolean =>
  typeof value === 'string'
    ? resembles(value)
    : typeof value === 'object' && value !== null && Object.values(value).some(mayHaveSlip);

/** Reports the values of one callback that Sinch never sends and that resemble one that it does. */
export async function valueFaults(
  { file, path, body, compared, placeOf = (text) => firstPlace(text, body) }: WrittenCallback,
  { lists }: Pick<Rulebook, 'lists'>,
): Promise<readonly Finding[]> {
  if (!isRecord(body) || !mayHaveSlip(body)) return [];
  const bytes = new TextEncoder().encode(JSON.stringify(body));
  const callbacks: readonly Callback[] = await readCallbacks(bytes, 0).catch(() => []);
  const found = new Map<string, Finding>();
  for (const callback of callbacks) {
    for (const fact of listed) {
      for (const text of [callback.fact(fact.name, lists)].flat()) {
        if (typeof text !== 'string' || compared.has(text)) continue;
        const fault = slipIn(text, fact);
        if (!fault) continue;
        const inner = placeOf(text);
        // A derived value stands nowhere in the callback.
        if (!inner) continue;
        const { code, words, hint } = fault;
        found.set(
          JSON.stringify(inner),
          warning(file, [...path, ...inner], code, `"${text}" ${words}`, hint),
        );
      }
    }
  }
  return [...found.values()];
}

/** Returns the position of the first text that is this one. */
function firstPlace(text: string, value: unknown): Path | undefined {
  if (value === text) return [];
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    const found = firstPlace(text, inner);
    if (found) return [Array.isArray(value) ? Number(key) : key, ...found];
  }
  return undefined;
}
