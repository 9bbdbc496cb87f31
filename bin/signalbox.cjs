#!/usr/bin/env node
// Plain JavaScript, so that an old Node prints a sentence instead of a syntax error.
'use strict';

/** The first Node that runs TypeScript as it is. */
var required = '22.18';

/** `22.18.0` as a number that can be compared: major and minor. */
function comparable(version) {
  var parts = version.split('.').map(Number);
  return parts[0] * 1000 + (parts[1] || 0);
}

if (comparable(process.versions.node) < comparable(required)) {
  console.error(
    'Signalbox needs Node ' +
      required +
      ' or newer, and this is Node ' +
      process.versions.node +
      ': run "npm ci" without --ignore-scripts, which installs the right one, then use "npm start" or "npx --no -- signalbox".',
  );
  process.exitCode = 1;
} else {
  import('../src/cli/main.ts');
}
