// Builds the typed client into dist/ before `npm pack`, and after `npm ci`.
'use strict';

const { existsSync } = require('node:fs');
const { join } = require('node:path');
const { spawnSync } = require('node:child_process');

const home = join(__dirname, '..');

// The compiler is there without its types where another package brings it.
if (!existsSync(join(home, 'node_modules', '@types', 'node'))) {
  console.error(
    'The client is not built: devDependencies are not installed. "npm ci" without --omit=dev installs them.',
  );
} else {
  const compiler = join(home, 'node_modules', 'typescript', 'bin', 'tsc');
  const { status } = spawnSync(process.execPath, [compiler, '-p', 'tsconfig.client.json'], {
    cwd: home,
    stdio: 'inherit',
  });
  process.exitCode = status === null ? 1 : status;
}
