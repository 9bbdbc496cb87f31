#!/usr/bin/env node
// Plain JavaScript, so that an old Node prints a sentence instead of a syntax error.
'use strict';

var fs = require('node:fs');
var path = require('node:path');

var main = path.join(__dirname, '..', 'src', 'cli', 'main.ts');

/** The first Node that runs TypeScript as it is. */
var required = '22.18';

/** `22.18.0` as a number that can be compared: major and minor. */
function comparable(version) {
  var parts = version.split('.').map(Number);
  return parts[0] * 1000 + (parts[1] || 0);
}

// `npm pack` makes a package of the client for other projects. Commands work on the files of a project.
if (!fs.existsSync(main)) {
  console.error(
    'This package holds the client of Signalbox (signalbox/client), not its commands: run them in the folder of your Signalbox project, where rules/ and wrangler.toml are.',
  );
  process.exitCode = 1;
} else if (comparable(process.versions.node) < comparable(required)) {
  console.error(
    'Signalbox needs Node ' +
      required +
      ' or newer, and this is Node ' +
      process.versions.node +
      ': run "npm ci" without --ignore-scripts, which installs the right one, then use "npm start" or "npx --no -- signalbox".',
  );
  process.exitCode = 1;
} else {
  // Node keeps the compiled modules in the temporary folder, also what TypeScript becomes without its types.
  require('node:module').enableCompileCache();
  import('../src/cli/main.ts');
}
