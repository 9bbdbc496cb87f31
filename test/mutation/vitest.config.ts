import { readFileSync } from 'node:fs';
import type { ProvidedContext } from 'vitest';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import product from '../../vitest.config.ts';
import type { Plan } from './each-test.ts';
import { TrialReporter } from './trial-reporter.ts';

/** Tests that know much about few things come first, properties with many cases last. */
class SpecificFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number =>
      moduleId.includes('.property.')
        ? 2
        : /\/worker\/(?!objects|actions|routes)/.test(moduleId)
          ? 1
          : 0;
    return files.toSorted((a, b) => rank(a) - rank(b) || a.moduleId.localeCompare(b.moduleId));
  }
}

// `npm run mutate` writes it.
const plan = JSON.parse(readFileSync(process.env.MUTATION_PLAN ?? '', 'utf8')) as Plan;

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
    sequence: { sequencer: SpecificFirst },
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
