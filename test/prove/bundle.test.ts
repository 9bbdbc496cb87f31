import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { copyProject } from './project-copy.ts';

test('the bundle deploys, stays below 180 KB gzip, and is as large as the README says', () => {
  const { root, remove } = copyProject();
  onTestFinished(remove);
  const folder = join(root, 'dist');
  const PATH = [dirname(process.execPath), process.env.PATH].join(delimiter);
  const env = {
    ...process.env,
    PATH,
    WRANGLER_SEND_METRICS: 'false',
    WRANGLER_WRITE_LOGS: 'false',
  };
  execFileSync(
    process.execPath,
    ['node_modules/wrangler/bin/wrangler.js', 'deploy', '--dry-run', '--outdir', folder],
    {
      cwd: root,
      env,
      stdio: 'pipe',
    },
  );
  const kilobytes = gzipSync(readFileSync(join(folder, 'worker.js'))).byteLength / 1024;
  expect(kilobytes).toBeLessThanOrEqual(180);
  const said = Number(
    /<!-- bundle-size -->\s*The Worker's bundle is (\d+) KB/.exec(
      readFileSync('docs/operators.md', 'utf8'),
    )?.[1],
  );
  expect(
    Math.abs(said - kilobytes),
    `docs/operators.md says ${said} KB, it is ${kilobytes.toFixed(1)}`,
  ).toBeLessThanOrEqual(1);
}, 60_000);
