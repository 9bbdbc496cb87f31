import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { PROJECT } from '../setup/home.ts';

/** The folder of cases from public bug reports that may lie beside the project. */
const CASES = resolve(PROJECT, '../shared/cases');

/** A case: its number, the path of its input, and what is right. */
export interface Case {
  readonly number: number;
  readonly name: string;
  readonly path: string;
  readonly expected: string;
}

/** The cases in the order of their numbers; none if the folder is missing. */
export function cases(): readonly Case[] {
  if (!existsSync(CASES)) return [];
  const files = readdirSync(CASES);
  return files
    .filter((file) => file.endsWith('.expected.json'))
    .toSorted()
    .map((file) => {
      const name = file.replace('.expected.json', '');
      const input = files.find((one) => one.startsWith(`${name}.`) && one !== file);
      if (input === undefined) throw new Error(`${name} has no input`);
      const { expected } = JSON.parse(readFileSync(join(CASES, file), 'utf8'));
      return { number: Number(name.slice(0, 2)), name, path: join(CASES, input), expected };
    });
}

/** The time at which the cases happen. */
const WRITTEN = Date.parse('2026-11-29T10:00:00Z');
/** Times of the cases: ISO 8601, or seconds in Meta's notifications. */
const TIMES = /2026-11-29T10:\d\d:00Z|\b179[67]\d{6}\b/g;

/**
 * Returns the text of a case with a person and an app of its own, so that cases do not meet, and with its times moved so that it
 * happens at `at` (milliseconds).
 */
export function inputOf({ number, path }: Case, at: number): string {
  const moved = (time: string): string =>
    time.includes('T')
      ? new Date(Date.parse(time) + at - WRITTEN).toISOString()
      : String(Number(time) + Math.round((at - WRITTEN) / 1_000));
  return readFileSync(path, 'utf8')
    .replaceAll('12025550147', personOf(number))
    .replaceAll('01CASEAPPA000000000000000A', appOf(number))
    .replace(TIMES, moved);
}

const twoDigits = (number: number): string => String(number).padStart(2, '0');

/** The telephone number of the person of a case. */
export const personOf = (number: number): string => `120255502${twoDigits(number)}`;

/** The app of a case. */
export const appOf = (number: number): string => `01CASEAPPA00000000000000${twoDigits(number)}`;
