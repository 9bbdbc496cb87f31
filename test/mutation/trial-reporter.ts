import { appendFileSync } from 'node:fs';
import type { Reporter, TestCase, TestModule } from 'vitest/node';
import type { Trial } from './trial.ts';

/** A line of the record: a test begins, what it says about mutants, or a file has ended. */
export type Recorded =
  | { readonly begins: string; readonly file: string }
  | { readonly test: string; readonly file: string; readonly trial: Trial }
  | { readonly ended: string };

/** Appends to a file what each test says, so that a run that ends early is not lost. */
export class TrialReporter implements Reporter {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  #record(line: Recorded): void {
    appendFileSync(this.#path, `${JSON.stringify(line)}\n`);
  }

  onTestCaseReady(test: TestCase): void {
    this.#record({ begins: test.fullName, file: test.module.relativeModuleId });
  }

  onTestCaseResult(test: TestCase): void {
    const { mutation } = test.meta();
    const file = test.module.relativeModuleId;
    if (mutation) this.#record({ test: test.fullName, file, trial: mutation });
  }

  onTestModuleEnd(module: TestModule): void {
    this.#record({ ended: module.relativeModuleId });
  }
}
