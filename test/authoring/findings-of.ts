import { checkFiles, doubtsOf } from '../../src/authoring/check-files.ts';
import { readJsonSource } from '../../src/authoring/json-source.ts';
import { sortFiles } from '../../src/authoring/rule-files.ts';

/** All that `check` reports about these files: texts by the names of the files. Samples and the time of now are none. */
export async function findingsOf(files: Readonly<Record<string, string>>) {
  const sorted = sortFiles(
    new Map(Object.entries(files).map(([name, text]) => [name, readJsonSource(name, text)])),
  );
  const checked = await checkFiles(sorted, new Map(), 0);
  return checked.together(await doubtsOf(sorted.source, checked.rulebook));
}

/** The same as lines: file, line, message and remedy. */
export const linesOf = async (
  files: Readonly<Record<string, string>>,
): Promise<readonly string[]> =>
  (await findingsOf(files)).map(
    ({ file, line, message, hint }) => `${file}:${line} ${message}: ${hint}`,
  );

/** The text with one word replaced, and the line of what replaces it. */
export function replaced(
  text: string,
  was: string,
  is: string,
): readonly [text: string, line: number] {
  if (!text.includes(was)) throw new Error(`the text has no ${was}`);
  return [text.replace(was, () => is), text.slice(0, text.indexOf(was)).split('\n').length];
}
