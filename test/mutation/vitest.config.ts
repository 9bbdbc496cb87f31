import { readFileSync } from 'node:fs';
import type { ProvidedContext } from 'vitest';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import product from '../../vitest.config.ts';
import type { Plan } from './each-test.ts';
import { isAbout } from './kinship.ts';
import { TrialReporter } from './trial-reporter.ts';

// `npm run mutate` writes it.
const plan = JSON.parse(readFileSync(process.env.MUTATION_PLAN ?? '', 'utf8')) as Plan;

/**
 * Runs tests first that are about the sources of many of them, by their names, then
 * tests that know much about few things, and properties with many cases last. A run that ends early has
 * tried what was likeliest to kill.
 */
class LikeliestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const keys = new Map(files.map((file) => [file, this.#keyOf(file.moduleId)]));
    return files.toSorted(
      (a, b) => (keys.get(a) ?? 0) - (keys.get(b) ?? 0) || a.moduleId.localeCompare(b.moduleId),
    );
  }

  #keyOf(moduleId: string): number {
    const test = moduleId.slice(moduleId.lastIndexOf('/test/') + 1);
    if (test.includes('.property.')) return 2;
    const about = plan.each.filter(({ file }) => isAbout(test, file)).length;
    if (about > 0) return -about;
    return /\/worker\/(?!objects|actions|routes)/.test(test) ? 1 : 0;
  }
}

/** A test in Node takes a millisecond, one in workerd a hundred. */
const MOST: Readonly<Record<Plan['project'], ProvidedContext['mutation']['most']>> = {
  node: { own: 1_000, other: 200, others: 5_000 },
  worker: { own: 60, other: 1, others: 30 },
};

const projects = (product.test?.projects ?? []).filter((project) => typeof project === 'object');

/** The tests of the product, run by `MutantRunner` in one instance. */
export default defineConfig({
  test: {
    ...product.test,
    root: new URL('../..', import.meta.url).pathname,
    maxWorkers: 1,
    reporters: [new TrialReporter(plan.record)],
    sequence: { sequencer: LikeliestFirst },
    projects: projects
      .filter((project) => 'test' in project && project.test?.name === plan.project)
      .map((project) => ({
        ...project,
        test: {
          ...('test' in project ? project.test : {}),
          runner: new URL('./mutant-runner.ts', import.meta.url).pathname,
          provide: { mutation: { each: plan.each, one: plan.one, most: MOST[plan.project] } },
          testTimeout: 20_000,
        },
      })),
  },
});
