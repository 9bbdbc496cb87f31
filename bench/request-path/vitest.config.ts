import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';
import base from '../../vitest.config.ts';
import { markFunctions } from './mark-functions.ts';

const root = new URL('../../', import.meta.url).pathname;

/** Marks each file of `src` whose functions run, so that the test can list the files on a request's path. */
const markedFiles: Plugin = {
  name: 'mark-functions',
  enforce: 'post',
  transform(code, id) {
    const [file = ''] = id.split('?');
    if (!file.startsWith(`${root}src/`) || !/\.tsx?$/.test(file)) return null;
    return markFunctions(code, this.parse(code), file.slice(root.length));
  },
};

const worker = base.test?.projects?.find(
  (project) => typeof project === 'object' && 'test' in project && project.test?.name === 'worker',
);
if (typeof worker !== 'object' || !('test' in worker))
  throw new Error('vitest.config.ts has no project "worker"');

export default defineConfig({
  test: {
    globalSetup: './test/setup/open-home.ts',
    projects: [
      {
        ...worker,
        plugins: [...(worker.plugins ?? []), markedFiles],
        test: { ...worker.test, include: ['bench/request-path/*.test.ts'] },
      },
    ],
  },
});
