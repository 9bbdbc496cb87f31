import { distance } from 'fastest-levenshtein';
import { type Callback, readCallbacks } from '../../../callbacks/callback.ts';
import { isRecord } from '../../../callbacks/shapes/parts.ts';
import type { Rulebook } from '../../model/compiled.ts';
import { factEntries } from '../../model/facts.ts';
import type { Finding } from '../../model/finding.ts';
import { unknownValue } from '../../model/known-value.ts';
import { leavesOf } from '../../model/tree.ts';
import { type AnalysisContext, warning } from '../analysis-context.ts';

type Path = Finding['path'];

/** A callback as it is written in a file. */
interface Written {
  readonly file: string;
  readonly path: Path;
  readonly body: unknown;
  /** Texts that the rule itself compares: a finding about them stands there. */
  readonly compared: ReadonlySet<unknown>;
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
    found.push(...(await faultsOf(written, rulebook)));
  return found;
}

const inExamples = ({ rules }: Rulebook): readonly Written[] =>
  rules.flatMap(({ file, when, threshold, examples }) => {
    const nodes = [when, ...(threshold?.among ? [threshold.among.when] : [])];
    const compared = new Set(nodes.flatMap((node) => leavesOf(node)).flatMap(({ value }) => value));
    const written = (path: Path, body: unknown): Written => ({ file, path, body, compared });
    return examples.flatMap(({ callback, before = [] }, at) => [
      written(['examples', at, 'callback'], callback),
      ...before.map((earlier, place) =>
        written(['examples', at, 'before', place, 'callback'], earlier.callback),
      ),
    ]);
  });

const inGuardrails = ({ guardrails = {} }: AnalysisContext['source']): readonly Written[] =>
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

async function faultsOf(
  { file, path, body, compared }: Written,
  { lists }: Pick<Rulebook, 'lists'>,
): Promise<readonly Finding[]> {
  if (!isRecord(body)) return [];
  const bytes = new TextEncoder().encode(JSON.stringify(body));
  const callbacks: readonly Callback[] = await readCallbacks(bytes, 0).catch(() => []);
  const found = new Map<string, Finding>();
  for (const callback of callbacks) {
    for (const fact of listed) {
      for (const text of [callback.fact(fact.name, lists)].flat()) {
        if (typeof text !== 'string' || compared.has(text)) continue;
        const fault = unknownValue(text, fact);
        if (fault?.meant === undefined || distance(text.toUpperCase(), fault.meant) > SLIP)
          continue;
        const inner = placeOf(text, body);
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
function placeOf(text: string, value: unknown): Path | undefined {
  if (value === text) return [];
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    const found = placeOf(text, inner);
    if (found) return [Array.isArray(value) ? Number(key) : key, ...found];
  }
  return undefined;
}
