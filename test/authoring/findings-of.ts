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
