import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { copyProject } from '../prove/project-copy.ts';
import { PROJECT } from '../setup/home.ts';
import { execute, scratch } from '../setup/running.ts';
import { fill, onState } from './state.ts';

/** Writes the fixture of this version: its local databases, and what they hold. `npm version` runs it. */
const { version } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8'));
const folder = scratch();
const copy = copyProject();
const found = await onState(copy.root, join(folder.path, 'state'), fill);
copy.remove();
writeFileSync(join(folder.path, 'found.json'), JSON.stringify(found, null, 2));
const file = join(PROJECT, 'test', 'upgrade', `${version}.tgz`);
await execute('tar', ['-czf', file, '-C', folder.path, 'state', 'found.json']);
folder.remove();
console.log(`${file} written`);
