import { readCallback } from '../../src/callbacks/callback.ts';
import { signCallback, verifySignature } from '../../src/callbacks/signature.ts';
import { observeFacts } from '../../src/rules/model/observed-facts.ts';
import type { RulebookSource } from '../../src/rules/model/rule.ts';
import { answersOf, differences } from './agreement.ts';
import { type Decide, type Engine, factsOf, plainRules, type Subject } from './engine.ts';
import { baseline, byHand } from './engines/index.ts';
import { type Effort, measure, median } from './measure.ts';
import { callbacksOf, compiled, RECEIVED, type Regime } from './regime.ts';

/**
 * One line of the results. `ratio`: how many times as fast as json-rules-engine with a path resolver, `toClosures` as plain closures.
 * Not a number where it disagreed.
 */
export interface Row {
  readonly regime: string;
  readonly n: number;
  readonly engine: string;
  readonly us: number;
  readonly ratio: number;
  readonly toClosures?: number;
  readonly agreed: boolean;
}

/** All engines over one rulebook. */
export interface Contest {
  readonly regime: string;
  readonly n: number;
  readonly rows: readonly Row[];
  /** Microseconds of verifying, parsing and reading one callback, whatever the rules. */
  readonly floor: number;
  /** Microseconds of parsing and reading one callback, without its signature. */
  readonly reading?: number;
  /** Rules that the sieve leaves to the judge, and rules that fire, a callback. */
  readonly candidates: number;
  readonly fired: number;
  readonly compileMs: number;
  /** Indexing every trigger; each is when its first callback comes. Results of before do not have it. */
  readonly indexMs?: number;
  readonly compileMb: number;
  /** Where an engine answers otherwise than the first one, in words. Then nothing was timed: it would mean nothing. */
  readonly disagreements: readonly string[];
}

const FLOOR = 'floor';
const READING = 'reading';

/** Checks that all engines agree on every callback, then times them in turns. */
export async function contest(
  regime: Regime,
  size: number,
  contenders: readonly Engine[],
  effort: Effort,
): Promise<Contest> {
  const source = await regime.source(size);
  const rulebook = compiled(source);
  const rules = plainRules(rulebook);
  const engines = contenders.filter(({ expresses }) => expresses(rules));
  const bodies = await regime.bodies(size);
  const subjects = (await callbacksOf(bodies)).map(
    (callback): Subject => ({ callback, facts: factsOf(callback, rules, rulebook) }),
  );
  const loaded: { readonly engine: Engine; readonly decide: Decide }[] = [];
  for (const engine of engines) loaded.push({ engine, decide: await engine.load(rules, rulebook) });
  const { fired, disagreements } = await compare(loaded, subjects);
  const all = [
    { name: FLOOR, pass: await ingest(bodies) },
    { name: READING, pass: async () => void (await callbacksOf(bodies)) },
    ...loaded.map(({ engine, decide }) => ({
      name: engine.name,
      pass: async () => {
        for (const subject of subjects) await decide(subject);
      },
    })),
  ];
  const times = await measure(disagreements.size > 0 ? [] : all, effort);
  const microseconds = (name: string): number =>
    ((times.get(name) ?? Number.NaN) * 1_000) / subjects.length;
  const candidates = subjects.map(
    ({ callback }) =>
      rulebook.index.candidates(
        callback.trigger,
        observeFacts(callback, rulebook.lists, async () => undefined),
      ).length,
  );
  const n = rules.length;
  return {
    regime: regime.name,
    n,
    rows: engines.map(({ name }) => ({
      regime: regime.name,
      n,
      engine: name,
      us: microseconds(name),
      ratio: microseconds(baseline.name) / microseconds(name),
      toClosures: microseconds(byHand.name) / microseconds(name),
      agreed: !disagreements.has(name),
    })),
    floor: microseconds(FLOOR),
    reading: microseconds(READING),
    candidates: mean(candidates),
    fired: mean(fired),
    ...compiling(source),
    disagreements: [...disagreements.values()].flat(),
  };
}

/** How many rules fire on each callback by the first engine's word, and where any other says otherwise. */
async function compare(
  [first, ...others]: readonly { readonly engine: Engine; readonly decide: Decide }[],
  subjects: readonly Subject[],
): Promise<{
  readonly fired: readonly number[];
  readonly disagreements: ReadonlyMap<string, readonly string[]>;
}> {
  const answers = first ? await answersOf(first.decide, subjects) : [];
  const disagreements = new Map<string, readonly string[]>();
  for (const { engine, decide } of others) {
    const found = differences(answers, engine.name, await answersOf(decide, subjects), subjects);
    if (found.length > 0) disagreements.set(engine.name, found);
  }
  return { fired: answers.map(({ length }) => length), disagreements };
}

/** What every callback costs before any rule is asked: its signature, its JSON, its schema. */
async function ingest(bodies: readonly Uint8Array[]): Promise<() => Promise<void>> {
  const secret = 'bench-secret';
  const secrets = new Map([['*', [secret]]]);
  const signed: { readonly body: Uint8Array; readonly headers: Headers }[] = [];
  for (const body of bodies) {
    const headers = await signCallback(body, secret, {
      nonce: 'bench',
      timestamp: RECEIVED / 1_000,
    });
    signed.push({ body, headers: new Headers(headers) });
  }
  return async () => {
    for (const { body, headers } of signed) {
      await verifySignature({ headers, body, secrets, now: RECEIVED });
      await readCallback(body, RECEIVED);
    }
  };
}

/** Milliseconds (medians of five) of compiling the rules and of indexing them, and megabytes that stay. */
function compiling(source: RulebookSource): Pick<Contest, 'compileMs' | 'indexMs' | 'compileMb'> {
  const times = Array.from({ length: 5 }, () => {
    globalThis.gc?.();
    const start = performance.now();
    const { index } = compiled(source);
    const ready = performance.now();
    index.unindexed();
    return { compile: ready - start, index: performance.now() - ready };
  });
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  const kept = compiled(source);
  kept.index.unindexed();
  globalThis.gc?.();
  const bytes = process.memoryUsage().heapUsed - before;
  return {
    compileMs: median(times.map(({ compile }) => compile)),
    indexMs: median(times.map(({ index }) => index)),
    // Used here so that it is still there when the memory is counted.
    compileMb: kept.rules.length === 0 ? 0 : bytes / 2 ** 20,
  };
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
