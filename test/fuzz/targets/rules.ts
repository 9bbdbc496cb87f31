import fc from 'fast-check';
import { actions } from '../../../src/actions/index.ts';
import { publishRulebook } from '../../../src/api/rulebooks/rulebooks.ts';
import { checkFiles, doubtsOf } from '../../../src/authoring/check-files.ts';
import { readJsonBytes } from '../../../src/authoring/json-source.ts';
import { sortFiles } from '../../../src/authoring/rule-files.ts';
import { compile } from '../../../src/rules/compile/compile.ts';
import type { RulebookSource } from '../../../src/rules/model/rule.ts';
import { pump } from '../../simulation/observe.ts';
import { sourceOf } from '../../simulation/rulebook.ts';
import { authorizationOf, type Bench } from '../bench.ts';
import { oddValues } from '../from-schema.ts';
import { mutated, mutatedBytes } from '../mutate.ts';
import { filesIn } from './documents.ts';
import { documented } from './statuses.ts';
import { defineTarget } from './target.ts';

/** The frozen rulebook of the tests, by folder. */
const FOLDERS = ['', 'lists/', 'conditions/', 'guardrails/', 'tests/'] as const;
const written = FOLDERS.map((folder) => ({
  folder,
  // The largest lists would take most of the time, and are like the others.
  files: Object.entries(filesIn(`test/rulebook/${folder}`)).filter(
    ([, file]) => JSON.stringify(file).length < 8_000,
  ),
}));
/** One of these files, under its own name or an odd one. */
const file = fc.constantFrom(...written).chain(({ folder, files }) =>
  fc.tuple(
    fc.oneof(
      { weight: 9, arbitrary: fc.constantFrom(...files.map(([name]) => `${folder}${name}`)) },
      {
        weight: 1,
        arbitrary: fc.constantFrom(
          'alerts.json',
          '__proto__.json',
          `${folder}.json`,
          'a/b/c.json',
          `${folder}${'x'.repeat(300)}.json`,
        ),
      },
    ),
    fc.oneof(
      {
        weight: 5,
        arbitrary: mutated(files.map(([, one]) => one))
          .map((one) => JSON.stringify(one) ?? 'null')
          .map((text) => new TextEncoder().encode(text)),
      },
      { weight: 1, arbitrary: mutatedBytes(files.map(([, one]) => one)) },
    ),
  ),
);

/** Returns what a check throws or how long it takes. */
async function tried(check: () => Promise<unknown>, { house }: Bench): Promise<readonly string[]> {
  const started = process.cpuUsage();
  try {
    await pump(house, check());
  } catch (error) {
    return [`threw ${error instanceof Error ? error.stack?.slice(0, 600) : String(error)}`];
  }
  const { user, system } = process.cpuUsage(started);
  const cpu = Math.round((user + system) / 1_000);
  return cpu > 1_000 ? [`took ${cpu} ms of CPU time`] : [];
}

/** Rule files, lists, shared conditions, alerts, guardrails and stories, through `check`. */
export const ruleFiles = defineTarget({
  name: 'rule files',
  share: 4,
  inputs: fc.array(file, { minLength: 1, maxLength: 3 }),
  run: (files, bench) =>
    tried(async () => {
      const sources = new Map(files.map(([name, bytes]) => [name, readJsonBytes(name, bytes)]));
      const { rulebook } = await checkFiles(
        sortFiles(sources),
        new Map([['stop', {}]]),
        bench.house.world.now(),
      );
      await doubtsOf(sortFiles(sources).source, rulebook);
    }, bench),
});

/** A rulebook whose parts are anything, as one that was not parsed by a schema could be. */
export const sources = defineTarget({
  name: 'rulebooks that are none',
  share: 1,
  inputs: fc.record({
    rules: oddValues,
    lists: oddValues,
    conditions: oddValues,
    alerts: oddValues,
    guardrails: oddValues,
  }),
  run: (source, bench) =>
    tried(async () => {
      // Exactly what the type forbids.
      const { rulebook } = compile(source as RulebookSource, actions, 'fuzz');
      await doubtsOf(source as RulebookSource, rulebook);
    }, bench),
});

const published = { ...sourceOf('published'), author: 'fuzz', message: 'fuzz', builds_on: '*' };
const folderOf = {
  '': 'rules',
  'lists/': 'lists',
  'conditions/': 'conditions',
  'guardrails/': 'guardrails',
  'tests/': 'stories',
} as const;
const STATUSES = documented(publishRulebook);

/** Rulebooks with changed files, or of a changed form, that are published and then decide. */
export const rulebooks = defineTarget({
  name: 'PUT /v1/rulebooks',
  share: 2,
  inputs: fc.record({
    whole: fc.oneof(
      { weight: 5, arbitrary: fc.constant<unknown>(published) },
      { weight: 2, arbitrary: mutated([published]) },
      { weight: 1, arbitrary: oddValues },
    ),
    more: fc
      .constantFrom(...written)
      .chain(({ folder, files }) =>
        fc.tuple(
          fc.constant(folder),
          fc.constantFrom(...files.map(([name]) => `${folder}${name}`)),
          mutated(files.map(([, one]) => one)),
        ),
      ),
    caller: fc.constantFrom('owner', 'owner', 'author', 'read'),
    query: fc.constantFrom(
      '',
      '?activate=true',
      '?activate=false',
      '?dry_run=true',
      '?shadow=true',
    ),
  }),
  run({ whole, more: [folder, name, content], caller, query }, bench) {
    const part = folderOf[folder];
    const isObject = typeof whole === 'object' && whole !== null && !Array.isArray(whole);
    const body = isObject
      ? { ...whole, [part]: { ...Object(Reflect.get(whole, part)), [name]: content } }
      : whole;
    return bench.ask(
      {
        method: 'PUT',
        path: `/v1/rulebooks${query}`,
        headers: { 'content-type': 'application/json', ...authorizationOf(caller) },
        body: JSON.stringify(body) ?? 'null',
      },
      STATUSES,
    );
  },
});
