import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Identity } from './identity.ts';
import type { Mutant } from './mutants.ts';
import { type Numbered, withMutants } from './schemata.ts';

export const PROJECT = resolve(import.meta.dirname, '..', '..');

/** A mutant and its file, relative to the project. */
export interface Placed extends Mutant {
  readonly file: string;
  readonly identity: Identity;
}

/** A mutant of a run. */
export type Chosen = Placed & Numbered;

/** What tests read of the project. */
const PARTS = [
  ...['src', 'test', 'rules', 'public', '.wrangler', 'package.json', 'wrangler.toml', 'biome.json'],
  ...['tsconfig.json', 'vitest.config.ts', 'docs', 'bin', 'bench', 'ops', 'examples'],
  ...[
    '.dev.vars.example',
    'README.md',
    'CHANGELOG.md',
    'CONTRIBUTING.md',
    'SECURITY.md',
    'LICENSE',
  ],
];

/** Makes a copy of the project whose files have all the mutants in them, of which none is active. */
export function openCopy(mutants: readonly Chosen[]): {
  readonly root: string;
  readonly close: () => void;
} {
  const root = mkdtempSync(join(tmpdir(), 'signalbox-mutants-'));
  for (const name of PARTS) cpSync(join(PROJECT, name), join(root, name), { recursive: true });
  rmSync(join(root, '.wrangler', 'test-home'), { recursive: true, force: true });
  symlinkSync(join(PROJECT, 'node_modules'), join(root, 'node_modules'));
  for (const [file, own] of Map.groupBy(mutants, ({ file: name }) => name)) {
    const source = readFileSync(join(PROJECT, file), 'utf8');
    writeFileSync(join(root, file), withMutants(source, own));
  }
  return { root, close: () => rmSync(root, { recursive: true, force: true }) };
}
