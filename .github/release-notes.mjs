// Prints the section of CHANGELOG.md for a version, and fails if package.json has another version or there is no such section.
import { readFileSync } from 'node:fs';

const [version] = process.argv.slice(2);
const { version: ours } = JSON.parse(readFileSync('package.json', 'utf8'));
const sections = readFileSync('CHANGELOG.md', 'utf8').split(/^## /m);
const section = sections.find((text) => text.startsWith(`[${version}]`));
if (version !== ours) {
  console.error(`the tag is v${version}, and package.json has ${ours}: run "npm version"`);
  process.exitCode = 1;
} else if (section === undefined) {
  console.error(`CHANGELOG.md has no section [${version}]: rename [Unreleased]`);
  process.exitCode = 1;
} else console.log(section.split('\n').slice(1).join('\n').trim());
