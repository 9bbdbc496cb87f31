import {
  type ProvidedContext,
  type RunnerTask,
  type RunnerTestCase,
  TestRunner,
  type TestTryOptions,
} from 'vitest';
import { isAbout } from './kinship.ts';
import { Switch } from './trial.ts';

/** How long one test may try mutants (ms). */
const BUDGET = 20_000;
/** A test that takes longer by itself tries none (ms). */
const SLOW = 3_000;
/** More than any test has mutants: the loop of a test ends when it says so. */
const ENDLESS = 1_000_000_000;

const now = Date.now.bind(Date);

/** What one instance knows, in Node or in workerd: its tests share it. */
interface Known {
  readonly chosen: Switch;
  /** The file of each mutant that is not killed yet. */
  readonly alive: Map<number, string>;
  /** How often each mutant was tried by tests that are about other things. */
  readonly triesOfOthers: Map<number, number>;
  readonly triesOfFile: { file: string; readonly of: Map<number, number> };
  readonly most: ProvidedContext['mutation']['most'];
}

declare global {
  var $knownMutants: Known | undefined;
}

/** The result of a try, as the loop of Vitest reads it: a pending test is not tried again. */
interface Result {
  state: string;
  errors?: unknown[] | undefined;
  attempts?: unknown[];
  pending?: boolean;
}

/** The test that is running. */
interface Running {
  readonly file: string;
  readonly reached: readonly number[];
  readonly left: number[];
  readonly killed: number[];
  readonly passed: number[];
  readonly unsure: number[];
  /** The mutant of this try; missing: none. */
  active: number | undefined;
  /** The mutant with which the last try failed, until it is seen whether the test passes without. */
  suspect: number | undefined;
  readonly until: number;
}

/**
 * Runs each test once as it is, and then, without loading anything anew, with each mutant that it
 * reaches and that no test has killed yet. After a failure it has to pass without a mutant, otherwise
 * the mutant left something behind and nothing is known of it.
 */
export default class MutantRunner extends TestRunner {
  #running: Running | undefined;
  #begunAt = 0;
  readonly #one: number | undefined;
  readonly #known: Known;

  constructor(...given: ConstructorParameters<typeof TestRunner>) {
    super(...given);
    const { each, one, most }: ProvidedContext['mutation'] = this.injectValue('mutation');
    this.#one = one;
    globalThis.$knownMutants ??= {
      chosen: new Switch(),
      alive: new Map(each.map(({ id, file }) => [id, file])),
      triesOfOthers: new Map(),
      triesOfFile: { file: '', of: new Map() },
      most,
    };
    this.#known = globalThis.$knownMutants;
    this.#known.chosen.install();
    if (one === undefined) this.#known.chosen.rest();
    else this.#known.chosen.activateForGood(one);
  }

  override async onBeforeRunTask(test: RunnerTask): Promise<void> {
    await super.onBeforeRunTask(test);
    this.#running = undefined;
    this.#begunAt = now();
    if (this.#one !== undefined || test.type !== 'test') return;
    test.repeats = ENDLESS;
    const { triesOfFile } = this.#known;
    if (triesOfFile.file !== test.file.name) {
      triesOfFile.file = test.file.name;
      triesOfFile.of.clear();
    }
  }

  override onBeforeTryTask(test: RunnerTask, options: TestTryOptions): void {
    super.onBeforeTryTask(test, options);
    if (this.#one === undefined) this.#known.chosen.activate(this.#running?.active);
  }

  override async onAfterRetryTask(test: RunnerTestCase, options: TestTryOptions): Promise<void> {
    await super.onAfterRetryTask(test, options);
    const result: Result | undefined = test.result;
    if (this.#one !== undefined || !result || result.state === 'skip' || result.pending) return;
    const failed = result.state === 'fail' || (result.errors?.length ?? 0) > 0;
    const running = this.#running ?? this.#begin(test.file.name, failed);
    this.#running = running;
    this.#judge(running, failed);
    this.#next(running);
    const isOver = running.active === undefined && running.suspect === undefined;
    result.state = isOver ? 'skip' : 'run';
    delete result.errors;
    result.attempts = [];
    result.pending = isOver;
    if (!isOver) return;
    const { chosen } = this.#known;
    chosen.rest();
    const { reached, killed, passed, unsure } = running;
    test.meta.mutation = { reached, loaded: chosen.takeLoaded(), killed, passed, unsure };
  }

  /** After the first try, without a mutant. A test that fails by itself, or is slow, tries none. */
  #begin(file: string, failed: boolean): Running {
    const reached = failed ? [] : this.#known.chosen.reached();
    const isSlow = now() - this.#begunAt > SLOW;
    const left = isSlow ? [] : reached.filter((id) => this.#isWanted(id, file));
    return {
      ...{ file, reached, left, killed: [], passed: [], unsure: [] },
      ...{ active: undefined, suspect: undefined, until: now() + BUDGET },
    };
  }

  #isWanted(id: number, file: string): boolean {
    const { alive, triesOfOthers, triesOfFile, most } = this.#known;
    const source = alive.get(id);
    if (source === undefined) return false;
    const tries = triesOfFile.of.get(id) ?? 0;
    if (isAbout(file, source)) return tries < most.own;
    return tries < most.other && (triesOfOthers.get(id) ?? 0) < most.others;
  }

  #judge(running: Running, failed: boolean): void {
    const { active, suspect } = running;
    if (active !== undefined) {
      if (failed) running.suspect = active;
      else running.passed.push(active);
      return;
    }
    if (suspect === undefined) return;
    running.suspect = undefined;
    if (failed) {
      running.unsure.push(suspect);
      running.left.length = 0;
    } else {
      running.killed.push(suspect);
      this.#known.alive.delete(suspect);
    }
  }

  #next(running: Running): void {
    running.active = undefined;
    if (running.suspect !== undefined || now() > running.until) return;
    const next = running.left.shift();
    if (next === undefined) return;
    running.active = next;
    const { alive, triesOfOthers, triesOfFile } = this.#known;
    triesOfFile.of.set(next, (triesOfFile.of.get(next) ?? 0) + 1);
    if (!isAbout(running.file, alive.get(next) ?? ''))
      triesOfOthers.set(next, (triesOfOthers.get(next) ?? 0) + 1);
  }
}
