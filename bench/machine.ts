import { readFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { isRecord } from '../src/callbacks/shapes/parts.ts';

/** Where and on what something was measured. */
export interface Machine {
  /** The day, `2026-11-21`. */
  readonly on: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly versions: Readonly<Record<string, string>>;
}

/** This machine, Node, and the named packages of ours or of `bench/package.json`. */
export function machine(packages: readonly string[]): Machine {
  const known = { ...versionsIn('../package.json'), ...versionsIn('./package.json') };
  return {
    on: new Date().toISOString().slice(0, 10),
    cpu: cpus()[0]?.model.trim() || 'unknown',
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    versions: Object.fromEntries([
      ['node', process.versions.node],
      ...packages.map((name) => [name, known[name] ?? '?']),
    ]),
  };
}

function versionsIn(file: string): Record<string, string> {
  const written: unknown = JSON.parse(readFileSync(join(import.meta.dirname, file), 'utf8'));
  if (!isRecord(written)) return {};
  const parts = [written.dependencies, written.devDependencies].filter(isRecord);
  return Object.fromEntries(
    parts.flatMap((part) => Object.entries(part).map(([name, version]) => [name, String(version)])),
  );
}

/** A machine in one line. */
export const machineLine = ({ on, cpu, cores, memoryGb, versions }: Machine): string =>
  `${on}, ${cores} × ${cpu}, ${memoryGb} GB; ${Object.entries(versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ')}`;
