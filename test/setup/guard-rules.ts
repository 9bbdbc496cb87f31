import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The rules of whoever runs this Signalbox: a customer changes them, so no product test may depend on them. */
const RULES = resolve(import.meta.dirname, '..', '..', 'rules');

/** Attempts to open `rules/` since the last call of `takeAttempts`. Code under test may swallow the error. */
const attempts: string[] = [];
export const takeAttempts = (): readonly string[] => attempts.splice(0);

const isGuarded = (path: string): boolean => path === RULES || path.startsWith(RULES + sep);

function pathOf(value: unknown): string | undefined {
  if (typeof value === 'string') return resolve(value);
  const text = value instanceof URL ? String(value) : '';
  if (text.startsWith('file:')) return fileURLToPath(text);
  return value instanceof Uint8Array ? resolve(Buffer.from(value).toString()) : undefined;
}

function refuse(call: string, value: unknown): void {
  const path = pathOf(value);
  if (path === undefined || !isGuarded(path)) return;
  const message = `${call}: product tests must not open ${path}; use RULEBOOK of test/setup/home.ts`;
  attempts.push(message);
  throw new Error(message);
}

/** Functions of node:fs whose first argument is a path. */
const CALLS = [
  ...['access', 'copyFile', 'cp', 'exists', 'glob', 'lstat', 'open', 'openAsBlob', 'opendir'],
  ...['readFile', 'readdir', 'readlink', 'realpath', 'stat', 'watch', 'watchFile', 'writeFile'],
  ...['createReadStream', 'rename', 'rm', 'unlink', 'mkdir', 'symlink', 'appendFile'],
];

/** Returns the folder that `fs.glob` opens: the fixed beginning of its pattern. */
function globFolder(pattern: unknown, options: unknown): unknown {
  if (typeof pattern !== 'string') return pattern;
  const cwd = pathOf(Object(options).cwd) ?? process.cwd();
  return resolve(cwd, pattern.replace(/[*?[{].*$/s, ''));
}

type Call = (this: unknown, ...args: unknown[]) => unknown;

function guard(target: object, name: string): void {
  const original: unknown = Reflect.get(target, name);
  if (typeof original !== 'function') return;
  const guarded: Call = function (...args) {
    for (const path of [args[0]].flat())
      refuse(`fs.${name}`, name.startsWith('glob') ? globFolder(path, args[1]) : path);
    return Reflect.apply(original, this, args);
  };
  // `realpath.native` and its like stay reachable.
  Reflect.set(target, name, Object.assign(guarded, original));
}

for (const name of CALLS) {
  guard(fs, name);
  guard(fs, `${name}Sync`);
  guard(fs.promises, name);
}
syncBuiltinESMExports();
