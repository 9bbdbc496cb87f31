import { appendFileSync, writeFileSync } from 'node:fs';
import { createVitest } from 'vitest/node';
import type { Plan } from './each-test.ts';
import { readTasks, type TaskRecord } from './one-by-one.ts';

// Started by `tryOneByOne`: tries each mutant in instances in which it is there from the start.
const { tasks, record } = readTasks(process.argv[2] ?? '');
const project = process.env.MUTATION_PROJECT === 'worker' ? 'worker' : 'node';
const NONE = { own: 0, other: 0, others: 0 };
const note = (line: TaskRecord): void => appendFileSync(record, `${JSON.stringify(line)}\n`);

const plan: Plan = { project, each: [], record: '/dev/null' };
process.env.MUTATION_PLAN = `${record}.plan`;
writeFileSync(process.env.MUTATION_PLAN, JSON.stringify(plan));
const vitest = await createVitest('test', {
  config: 'test/mutation/vitest.config.ts',
  watch: false,
  isolate: true,
  bail: 1,
});
try {
  for (const { id, files } of tasks) {
    note({ begins: id });
    for (const one of vitest.projects) one.provide('mutation', { each: [], one: id, most: NONE });
    let killer: string | null = null;
    for (const file of files) {
      const specifications = await vitest.globTestSpecifications([file]);
      const { testModules, unhandledErrors } = await vitest.runTestSpecifications(specifications);
      const isFailed = testModules.some((module) => !module.ok());
      if (isFailed || unhandledErrors.length > 0) killer = file;
      if (killer) break;
    }
    note({ id, killer });
  }
} finally {
  await vitest.close();
}
