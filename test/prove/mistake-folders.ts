import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as v from 'valibot';
import { checkFiles, doubtsOf } from '../../src/authoring/check-files.ts';
import { type FileFinding, readJsonBytes } from '../../src/authoring/json-source.ts';
import { SUBFOLDERS, sortFiles } from '../../src/authoring/rule-files.ts';
import { allSamples } from '../../src/cli/callbacks/samples.ts';
import { HOME, PROJECT, RULEBOOK } from '../setup/home.ts';

/** The folder of mistakes that may lie beside the project. */
export const MISTAKES = resolve(PROJECT, '../shared/mistakes');

/** What the collector of a mistake wrote about it. */
const Expected = v.object({
  what: v.string(),
  kind: v.picklist(['mistake', 'valid']),
  file: v.nullable(v.string()),
  line: v.nullable(v.number()),
});
type Expected = v.InferOutput<typeof Expected>;

export interface Mistake extends Expected {
  readonly name: string;
}

/** The mistakes, by the numbers of their folders; none if the folder is missing. */
export function mistakes(): readonly Mistake[] {
  if (!existsSync(MISTAKES)) return [];
  return readdirSync(MISTAKES, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => {
      const text = readFileSync(join(MISTAKES, name, 'expected.json'), 'utf8');
      return { name, ...v.parse(Expected, JSON.parse(text)) };
    })
    .sort((a, b) => numberOf(a.name) - numberOf(b.name));
}

const numberOf = (name: string): number => Number(/\d+/.exec(name)?.[0]);

/** Checks the rulebook of product tests with the files of a mistake over them, as `check` does. */
export async function checkMistake({
  name,
}: Pick<Mistake, 'name'>): Promise<readonly FileFinding[]> {
  const files = new Map([...rulesIn(RULEBOOK), ...rulesIn(join(MISTAKES, name, 'rules'))]);
  const sources = new Map(
    [...files].map(([file, path]) => [file, readJsonBytes(file, readFileSync(path))]),
  );
  const read = sortFiles(sources);
  const checked = await checkFiles(read, await allSamples({ home: HOME }), NOW);
  return checked.together(await doubtsOf(read.source, checked.rulebook));
}

const NOW = Date.parse('2026-11-30T12:00:00Z');

/** The rule files of a folder: their names relative to it, and their paths. */
function rulesIn(folder: string): readonly (readonly [string, string])[] {
  return SUBFOLDERS.flatMap((under) => {
    const path = join(folder, under);
    if (!existsSync(path)) return [];
    return readdirSync(path)
      .filter((file) => file.endsWith('.json'))
      .map((file) => [under ? `${under}/${file}` : file, join(path, file)] as const);
  });
}
