import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';

/** Lower may not know higher. A folder or file that is not in this list is a new layer and must be placed here. */
const LAYERS = [
  ['errors', 'outbound', 'patience'],
  ['callbacks'],
  ['data-key', 'env', 'settings'],
  ['rules'],
  ['rulebook'],
  ['api'],
  ['objects'],
  ['sinch', 'alerts'],
  ['actions'],
  ['journal'],
  ['asking', 'lists', 'stories'],
  ['sharing'],
  ['wiring'],
  ['routes'],
  ['app', 'rpc'],
  ['worker', 'client'],
];

/** What the CLI may use: everything pure, nothing that needs workerd. */
const CLI_MAY = [
  'errors',
  'outbound',
  'callbacks',
  'data-key',
  'env',
  'settings',
  'rules',
  'rulebook',
  'sinch',
  'api',
  'alerts',
  'actions',
  'stories',
  'cli',
  'simulator',
];

/** Folders whose definitions stand side by side; the list above, the contract below. */
const SIBLINGS = ['callbacks', 'actions', 'alerts'];

const files = globSync('src/**/*.ts').filter((file) => !file.endsWith('.d.ts'));
const layerOf = (file: string): string => normalize(file).split('/')[1]?.replace(/\.ts$/, '') ?? '';
const levelOf = (layer: string): number => LAYERS.findIndex((names) => names.includes(layer));

function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(/^(?:import|export)[^'"]*?from '(\.[^']+)'/gms)].map(([, path]) =>
    join(dirname(file), path ?? ''),
  );
}

describe('the house', () => {
  test('has a place for every folder', () => {
    const strangers = [...new Set(files.map(layerOf))].filter(
      (layer) => layer !== 'cli' && levelOf(layer) < 0,
    );
    expect(strangers).toEqual([]);
  });

  test.each(files)('%s imports only from its own layer or below', (file) => {
    const own = layerOf(file);
    const wrong = importsOf(file).filter((target) =>
      own === 'cli'
        ? !CLI_MAY.includes(layerOf(target))
        : layerOf(target) === 'cli' || levelOf(layerOf(target)) > levelOf(own),
    );
    expect(wrong).toEqual([]);
  });

  test.each(SIBLINGS)('definitions in %s/ do not import each other', (folder) => {
    const listed = new Set(importsOf(`src/${folder}/index.ts`));
    const crossed = [...listed].flatMap((file) =>
      importsOf(file)
        .filter((target) => listed.has(target))
        .map((target) => `${file} -> ${target}`),
    );
    // The contract file is imported by the list as a type, and by every definition.
    expect(crossed.filter((pair) => !/(action|destination|trigger)\.ts$/.test(pair))).toEqual([]);
  });

  const everything = [
    ...files,
    ...globSync(['test/**/*.ts', 'bench/*.ts', 'bench/{decide,growth,state,worker}/**/*.ts']),
  ];

  test.each(everything)('%s stays below 300 lines', (file) => {
    expect(readFileSync(file, 'utf8').split('\n').length).toBeLessThanOrEqual(301);
  });
});
