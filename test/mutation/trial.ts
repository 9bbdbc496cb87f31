/** What one test, or one run of the fault simulator, says about the mutants that it reaches. */
export interface Trial {
  /** The mutants that it reaches while none is active. */
  readonly reached: readonly number[];
  /** Those that were reached outside of a test since the last one: while a module was loaded, or before all tests of a file. */
  readonly loaded: readonly number[];
  /** Those with which it failed, and without which it passed afterwards. */
  readonly killed: readonly number[];
  /** Those with which it passed. */
  readonly passed: readonly number[];
  /** One with which it failed, and after which it fails without as well: something is left behind. */
  readonly unsure: readonly number[];
}

/** How often a mutant may be reached, more than without it, until its loop is taken to be endless. */
const PATIENCE = { times: 200, more: 200_000, whole: 20_000_000 } as const;

/** Which mutant is active, and what is reached. One an instance: the module may be loaded again. */
export class Switch {
  #active: number | undefined;
  #left = 0;
  #reached = new Map<number, number>();
  readonly #loaded = new Map<number, number>();
  #into = this.#loaded;

  /** Makes this what instrumented files ask. */
  install(): this {
    globalThis.$mutation = (id) => this.#isActive(id);
    return this;
  }

  #isActive(id: number): boolean {
    if (this.#active === undefined) {
      this.#into.set(id, (this.#into.get(id) ?? 0) + 1);
      return false;
    }
    if (id !== this.#active) return false;
    this.#left -= 1;
    if (this.#left < 0) throw new Error(`mutant ${id} does not end`);
    return true;
  }

  /** From the start on one mutant is active: how often it is reached otherwise is not known. */
  activateForGood(id: number): void {
    this.#active = id;
    this.#left = PATIENCE.whole;
  }

  /** From now on one mutant is active, or none and what is reached counts anew. */
  activate(id: number | undefined): void {
    if (id === undefined) {
      this.#reached = new Map();
      this.#into = this.#reached;
    } else this.#left = (this.#reached.get(id) ?? 0) * PATIENCE.times + PATIENCE.more;
    this.#active = id;
  }

  /** No test is running: what is reached is reached by loading. */
  rest(): void {
    this.#active = undefined;
    this.#into = this.#loaded;
  }

  /** Returns what was reached since the last activation of none. */
  reached(): readonly number[] {
    return [...this.#reached.keys()];
  }

  /** Returns what was reached at rest, once. */
  takeLoaded(): readonly number[] {
    const loaded = [...this.#loaded.keys()];
    this.#loaded.clear();
    return loaded;
  }
}
