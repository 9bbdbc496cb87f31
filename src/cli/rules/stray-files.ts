import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { SUBFOLDERS } from '../../authoring/rule-files.ts';
import { closest } from '../../rules/model/closest.ts';
import type { Finding } from '../../rules/model/finding.ts';

/**
 * How a file ends that was probably meant to be read: `Stop.JSON`, `stop.jsonc`, Windows’
 * `stop.json.txt`, a file without an ending.
 */
const NEARLY_JSON =
  /(^[^.]+|\.(json|jsonc|json5|json\.txt|json\.bak|json~|ya?ml|toml|js|ts|txt|rtf))$/i;
/** Tables and documents: nothing that Signalbox could read, and too long to look into. */
const OFFICE = /\.(csv|tsv|xlsx?|ods|numbers|docx?|odt)$/i;
/** Two keys that only rules, lists, shared conditions, guardrails and stories have, as JSON or YAML writes them. */
const KEY =
  /^[\s{,]*["']?(why|on|when|then|values|owner|fires|callback|must|must_not|steps)["']?\s*[:=]/gm;

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
    if (isRoom && name.endsWith('.json')) continue;
    const isMeant =
      OFFICE.test(name) ||
      (NEARLY_JSON.test(name) && isWrittenForUs(await readFile(join(folder, file), 'utf8'), under));
    if (!isMeant) continue;
    found.push({
      file,
      path: [],
      code: 'not-read',
      severity: 'warning',
      message: 'this file is not read',
      hint: isRoom ? asJson(name, under) : rightRoom(under),
    });
  }
  return found;
}

/** Whether a text holds keys of our files. In a folder of its own, a plain list of words is meant as one. */
const isWrittenForUs = (text: string, under: string): boolean =>
  under === 'lists' || new Set([...text.matchAll(KEY)].map(([, key]) => key)).size > 1;

function asJson(name: string, under: string): string {
  const stem = name.replace(OFFICE, '').replace(/\.[a-z0-9.~]+$/i, '');
  if (/\.(json|jsonc|json5|json\.txt|json\.bak|json~)$/i.test(name) || !name.includes('.'))
    return `call it "${stem}.json"`;
  return under === 'lists'
    ? `write its values into "${stem}.json": {"name": "${stem}", "why": "…", "values": [ … ]}`
    : `write it as JSON, into "${stem}.json"`;
}

const rightRoom = (under: string): string =>
  closest(under, SUBFOLDERS.filter(Boolean)) ??
  'a rule lies directly in the rules folder, the rest in lists/, conditions/, guardrails/ or tests/';

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
