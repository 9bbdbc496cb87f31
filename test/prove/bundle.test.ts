import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';

test('the bundle deploys, stays below 180 KB gzip, and is as large as the README says', () => {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-bundle-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const env = { ...process.env, WRANGLER_SEND_METRICS: 'false', WRANGLER_WRITE_LOGS: 'false' };
  execFileSync(
    process.execPath,
    ['node_modules/wrangler/bin/wrangler.js', 'deploy', '--dry-run', '--outdir', folder],
    {
      env,
      stdio: 'pipe',
    },
  );
  const kilobytes = gzipSync(readFileSync(join(folder, 'worker.js'))).byteLength / 1024;
  expect(kilobytes).toBeLessThanOrEqual(180);
  const said = Number(
    /<!-- bundle-size -->\s*The Worker's bundle is (\d+) KB/.exec(
      readFileSync('README.md', 'utf8'),
    )?.[1],
  );
  expect(
    Math.abs(said - kilobytes),
    `the README says ${said} KB, it is ${kilobytes.toFixed(1)}`,
  ).toBeLessThanOrEqual(1);
}, 60_000);
