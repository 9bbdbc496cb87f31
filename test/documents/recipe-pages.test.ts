import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { folder, openShell } from '../cli/shell.ts';

/** The recipes of docs/recipes, done as they are written in a copy of the shipped rules. */
const ROOT = join(import.meta.dirname, '../..');
const pages = readdirSync(join(ROOT, 'docs/recipes')).map((file) => {
  const text = readFileSync(join(ROOT, 'docs/recipes', file), 'utf8');
  return { file, text, rule: /The rule `([\w-]+)`/.exec(text)?.[1] ?? '' };
});

const Rule = v.looseObject({
  enabled: v.optional(v.boolean()),
  when: v.unknown(),
  then: v.array(v.looseObject({ params: v.optional(v.record(v.string(), v.unknown())) })),
  examples: v.array(v.looseObject({})),
});

/** A copy of the shipped rules in which one rule is changed. */
function changed(name: string, change: (rule: v.InferOutput<typeof Rule>) => object) {
  const home = folder({});
  const rules = join(home, 'rules');
  cpSync(join(ROOT, 'rules'), rules, { recursive: true });
  const file = join(rules, `${name}.json`);
  const before = v.parse(Rule, JSON.parse(readFileSync(file, 'utf8')));
  writeFileSync(file, JSON.stringify({ ...before, ...change(before) }, null, 2));
  const shell = openShell({ here: home });
  return { ...shell, before, run: (...words: string[]) => shell.run(...words, '--rules', rules) };
}

/** The parts of a page that a pattern finds, as JSON; pages without one are left out. */
const written = (pattern: RegExp, frame: (found: string) => string = (found) => found) =>
  pages
    .map(({ file, text, rule }) => ({
      ...{ file, rule },
      found: [...text.matchAll(pattern)].map(([, found = '']) => JSON.parse(frame(found))),
    }))
    .filter(({ found }) => found.length > 0);

describe('a recipe', () => {
  test.each(
    pages,
  )('$file names a rule that is off, and passes check and its examples once it is on', async ({
    rule,
  }) => {
    const { run, out, before } = changed(rule, () => ({ enabled: true }));
    expect(before.enabled).toBe(false);
    expect([await run('check'), out.at(-1)]).toEqual([
      0,
      expect.stringMatching(/ 0 errors, 0 warnings$/),
    ]);
    expect([await run('test', rule), out.join('\n')]).toEqual([
      0,
      expect.stringMatching(/ 0 failed/),
    ]);
  });

  test.each(
    written(/`(\{"(?:fact|any)": .+?\})`/g),
  )('$file gives conditions under which every trigger still fires', async ({ rule, found }) => {
    const { run, out } = changed(rule, ({ when }) => ({
      ...{ enabled: true, when: { all: [when, ...found] }, examples: undefined },
    }));
    await run('check');
    const findings = out.filter((line) => / (error|warning) /.test(line));
    expect(findings.filter((line) => !/examples?/.test(line))).toEqual([]);
  });

  const PARAM = /`("(?!enabled)\w+": "\w+")`/g;
  test.each(
    written(PARAM, (found) => `{${found}}`),
  )('$file gives params that its action takes', async ({ rule, found }) => {
    const { run, out } = changed(rule, ({ then }) => ({
      enabled: true,
      then: then.map((one) => ({ ...one, params: Object.assign({ ...one.params }, ...found) })),
    }));
    expect([await run('check'), out.at(-1)]).toEqual([0, expect.stringMatching(/ 0 errors/)]);
  });
});
