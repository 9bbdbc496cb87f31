import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';
import { actions } from '../src/actions/index.ts';
import { destinations } from '../src/alerts/destinations/index.ts';
import { triggers } from '../src/callbacks/triggers/index.ts';
import { factEntries } from '../src/rules/model/facts.ts';
import { operators } from '../src/rules/operators/index.ts';

/**
 * The layers, lowest first. A file may not import from a higher layer. A folder that is not in this
 * list is a new layer and must be added here.
 */
const LAYERS = [
  ['errors', 'outbound'],
  ['crypto'],
  ['callbacks'],
  ['settings'],
  ['rules'],
  ['rulebooks'],
  ['api'],
  ['objects'],
  ['sinch'],
  ['alerts'],
  ['work'],
  ['actions'],
  ['pipeline'],
  ['journal'],
  ['stores'],
  ['sending', 'imports', 'stories'],
  ['authoring'],
  ['services'],
  ['routes'],
  ['app', 'rpc'],
  ['worker', 'client'],
];

/** What the CLI, the local Sinch and the samples may import: pure code, nothing that needs workerd. */
const OFFLINE = ['cli', 'simulator', 'samples'];
const OFFLINE_MAY = [
  ...OFFLINE,
  'errors',
  'outbound',
  'crypto',
  'callbacks',
  'settings',
  'rules',
  'rulebooks',
  'sinch',
  'api',
  'alerts',
  'work',
  'actions',
  'pipeline',
  'stories',
  'authoring',
];

/** Lists of equals: an `index.ts` that imports definitions, which do not import each other. */
const LISTS = [
  'src/callbacks/triggers',
  'src/rules/operators',
  'src/actions',
  'src/alerts/destinations',
];
/** Files that the definitions of a list share. */
const SHARED = /\/(trigger|operator|action|destination|parts|values|define-\w+)\.ts$/;

/** Folders of equals, exempt from the limit of files in a folder. */
const EQUALS = [...LISTS, 'src/callbacks/facts', 'src/cli/commands', 'src/console/screens'];
const MOST_FILES = 27;

const files = globSync('src/**/*.{ts,tsx}').filter((file) => !file.endsWith('.d.ts'));
const layerOf = (file: string): string =>
  normalize(file)
    .split('/')[1]
    ?.replace(/\.tsx?$/, '') ?? '';
const levelOf = (layer: string): number => LAYERS.findIndex((names) => names.includes(layer));

/** An import with the path of a file: a statement, or a dynamic one whose module a constant takes. */
const IMPORT = /^(?:(?:import|export)[^'"]*?from | *const [^=]*= await import\()'(\.[^']+)'/gms;

function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(IMPORT)].map(([, path]) => join(dirname(file), path ?? ''));
}

/** Where programs start. */
const ENTRIES = ['src/worker.ts', 'src/client.ts', 'src/cli/main.ts'];
/** Folders of which tests import files directly, or that are loaded by name. */
const LOOSE = ['simulator', 'samples', 'console'];

/** Folders whose `index.ts` lists every definition, those in its subfolders too. */
const LISTED = [...LISTS, 'src/settings', 'src/api', 'src/routes', 'src/cli/commands'];
const DEFINES = /^(?:export const| {2})[^(]*\b(?:define[A-Z]\w*(?:<\w+>)?|pair|route)\(/m;
const DECLARES = /^export (?:const|function) (?:define[A-Z]\w*|pair|route)\b/m;

/** A comparison of a definition's name with a text: `fact.name === 'channel'`, `action !== 'retry'`. */
const NAME_COMPARED =
  /\b(?:(?:fact|operator|action|trigger|destination)(?:\??\.name)?|use\.key) [!=]== '([\w-]+)'/g;
/** A branch of a `switch` over names. */
const NAME_SWITCHED =
  /\bswitch \((?:\w+\.)*(?:(?:fact|operator|action|trigger|destination)(?:\.name)?|use\.key)\)/;
const DEFINED: ReadonlySet<string> = new Set([
  ...[...actions, ...triggers, ...factEntries(), ...operators].map(({ name }) => name),
  ...destinations.map(({ type }) => type),
]);

const imports = new Map(files.map((file) => [file, importsOf(file)]));

const used = new Set([...imports.values()].flat());

/** Files that import each other, directly or through others (Tarjan's components of more than one file). */
function cycles(): string[][] {
  const found: string[][] = [];
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const stack: string[] = [];
  const visit = (file: string): void => {
    order.set(file, order.size);
    lowest.set(file, order.size - 1);
    stack.push(file);
    for (const target of imports.get(file) ?? []) {
      if (!imports.has(target)) continue;
      if (!order.has(target)) visit(target);
      if (stack.includes(target))
        lowest.set(file, Math.min(lowest.get(file) ?? 0, lowest.get(target) ?? 0));
    }
    if (lowest.get(file) !== order.get(file)) return;
    const component = stack.splice(stack.indexOf(file));
    if (component.length > 1) found.push(component);
  };
  for (const file of files) if (!order.has(file)) visit(file);
  return found;
}

const upward = (file: string): string[] => {
  const own = layerOf(file);
  return (imports.get(file) ?? []).filter((target) => {
    const layer = layerOf(target);
    if (own === 'console') return false;
    if (OFFLINE.includes(own)) return !OFFLINE_MAY.includes(layer);
    return OFFLINE.includes(layer) || levelOf(layer) > levelOf(own);
  });
};

describe('the source tree', () => {
  test('has a layer for every folder', () => {
    const unknown = [...new Set(files.map(layerOf))].filter(
      (layer) => ![...OFFLINE, 'console'].includes(layer) && levelOf(layer) < 0,
    );
    expect(unknown).toEqual([]);
  });

  test('imports one way', () => {
    expect(files.flatMap((file) => upward(file).map((target) => `${file} -> ${target}`))).toEqual(
      [],
    );
  });

  test('has no import cycles, not even of types', () => {
    expect(cycles()).toEqual([]);
  });

  test.each(LISTS)('definitions in %s do not import each other', (folder) => {
    const listed = new Set(importsOf(`${folder}/index.ts`));
    const crossed = [...listed].flatMap((file) =>
      importsOf(file)
        .filter((target) => listed.has(target) && !SHARED.test(target))
        .map((target) => `${file} -> ${target}`),
    );
    expect(crossed).toEqual([]);
  });

  test('starts the command line without what a command writes: a fresh clone has neither rulebook nor build', () => {
    const reached = new Set(['src/cli/main.ts']);
    for (const file of reached) {
      const types = /^(?:import|export) type [^'"]*?from '\.[^']+'/gms;
      const text = readFileSync(file, 'utf8').replace(types, '');
      expect(text, file).not.toMatch(/^import [^;]* from '#/m);
      for (const [, path] of text.matchAll(IMPORT)) reached.add(join(dirname(file), path ?? ''));
    }
    expect(reached.size).toBeGreaterThan(100);
  });

  test('has no file that no other imports', () => {
    const checked = files.filter(
      (file) => !ENTRIES.includes(file) && !LOOSE.includes(layerOf(file)),
    );
    expect(checked.filter((file) => !used.has(file))).toEqual([]);
  });

  test.each(LISTED)('%s/index.ts lists every definition of its folder', (folder) => {
    const listed = new Set(importsOf(`${folder}/index.ts`));
    const unlisted = files.filter((file) => {
      if (!file.startsWith(`${folder}/`) || listed.has(file)) return false;
      const text = readFileSync(file, 'utf8');
      return DEFINES.test(text) && !DECLARES.test(text);
    });
    expect(unlisted).toEqual([]);
  });

  test('has no folder that mixes too many files', () => {
    const counts = Map.groupBy(files, (file) => dirname(file));
    const crowded = [...counts]
      .filter(([folder, own]) => own.length > MOST_FILES && !EQUALS.includes(folder))
      .map(([folder, own]) => `${folder}: ${own.length}`);
    expect(crowded).toEqual([]);
  });

  test('has no file over 300 lines', () => {
    const everything = [
      ...files,
      ...globSync(['test/**/*.ts', 'bench/*.ts', 'bench/{decide,growth,state,worker}/**/*.ts']),
    ];
    const long = everything.filter((file) => readFileSync(file, 'utf8').split('\n').length > 301);
    expect(long).toEqual([]);
  });

  test('waits in tests as long as a busy machine needs', () => {
    const impatient = globSync('test/**/*.test.ts').filter((file) =>
      /vi\.waitFor\(|vi\.waitUntil\((?![\s\S]{0,500}?timeout: \d{2,3}_000)/.test(
        readFileSync(file, 'utf8'),
      ),
    );
    expect(impatient).toEqual([]);
  });

  test('has no branch on the name of a trigger, fact, operator, action or destination outside the definitions', () => {
    const own = [...LISTS, 'src/callbacks/facts'];
    const branches = files
      .filter((file) => !own.some((folder) => file.startsWith(`${folder}/`)))
      .flatMap((file) => {
        const text = readFileSync(file, 'utf8');
        const compared = [...text.matchAll(NAME_COMPARED)]
          .filter(([, name = '']) => DEFINED.has(name))
          .map(([found]) => `${file}: ${found}`);
        return NAME_SWITCHED.test(text) ? [...compared, `${file}: switch`] : compared;
      });
    expect(branches).toEqual([]);
  });

  test('has no test that empties or evicts objects but by test/worker/storage.ts', () => {
    const direct = globSync('test/worker/**/*.ts').filter(
      (file) =>
        !file.startsWith('test/worker/storage.') &&
        /import \{[^}]*\b(reset|evict\w+)\b[^}]*\} from 'cloudflare:test'/.test(
          readFileSync(file, 'utf8'),
        ),
    );
    expect(direct).toEqual([]);
  });
});
