import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { SUBFOLDERS } from '../../authoring/rule-files.ts';
import { closest } from '../../rules/model/closest.ts';
import type { Finding } from '../../rules/model/finding.ts';

/**
 * How a file ends that was probably meant to be read: `Stop.JSON`, `stop.jsonc`, Windows’
 * `stop.json.txt`.
 */
const NEARLY_JSON = /\.(json|jsonc|json5|json\.txt|json\.bak|json~|ya?ml|js|ts|txt)$/i;
/** The one key that rules, lists, shared conditions, guardrails and stories have in common. */
const WRITTEN_FOR_US = /"?\bwhy"?\s*:/;

/**
 * Returns a finding for each rule, list or story that Signalbox does not read because of its name
 * or folder.
 */
export async function strayFiles(folder: string): Promise<readonly Finding[]> {
  const found: Finding[] = [];
  for (const file of await filesIn(folder, '')) {
    const name = basename(file);
    const under = file.slice(0, Math.max(0, file.length - name.length - 1));
    const isRoom = SUBFOLDERS.includes(under);
    if (!NEARLY_JSON.test(name) || (isRoom && name.endsWith('.json'))) continue;
    if (!WRITTEN_FOR_US.test(await readFile(join(folder, file), 'utf8'))) continue;
    const hint = isRoom
      ? /\.(ya?ml|js|ts)$/i.test(name)
        ? `write it as JSON, into "${name.replace(NEARLY_JSON, '')}.json"`
        : `call it "${name.replace(NEARLY_JSON, '')}.json"`
      : (closest(under, SUBFOLDERS.filter(Boolean)) ??
        'a rule lies directly in the rules folder, the rest in lists/, conditions/, guardrails/ or tests/');
    found.push({
      file,
      path: [],
      code: 'not-read',
      severity: 'warning',
      message: 'this file is not read',
      hint,
    });
  }
  return found;
}

/** Returns the paths of all files except hidden folders and node_modules. */
async function filesIn(folder: string, under: string): Promise<readonly string[]> {
  const entries = await readdir(join(folder, under), { withFileTypes: true });
  const found = entries
    .filter(({ name }) => !name.startsWith('.') && name !== 'node_modules')
    .map(async (entry) => {
      const path = under === '' ? entry.name : `${under}/${entry.name}`;
      if (entry.isDirectory()) return filesIn(folder, path);
      return entry.isFile() ? [path] : [];
    });
  return (await Promise.all(found)).flat();
}
