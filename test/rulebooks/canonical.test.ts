import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  canonicalize,
  readCanonical,
  withExamples,
  withoutExamples,
} from '../../src/rulebooks/canonical.ts';

const files = fc.dictionary(
  fc.stringMatching(/^[a-z0-9]{1,6}\.json$/),
  fc.record({ name: fc.string(), n: fc.nat() }),
  {
    maxKeys: 6,
  },
);
const sources = fc.record({
  rules: files,
  lists: files,
  conditions: files,
  alerts: fc.jsonValue(),
  guardrails: files,
});
const turned = (record: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(record).toReversed());

describe('a sealed rulebook', () => {
  test('comes back as it was, whatever the order of its files', async () => {
    await fc.assert(
      fc.asyncProperty(sources, async (source) => {
        const one = await canonicalize(source);
        const two = await canonicalize({
          ...source,
          rules: turned(source.rules),
          lists: turned(source.lists),
        });
        expect(two).toEqual(one);
        const opened = await readCanonical(one.version, one.body);
        expect(await canonicalize(opened)).toEqual(one);
        expect(opened).toEqual(JSON.parse(JSON.stringify(source)));
      }),
      { numRuns: 50 },
    );
  });

  test('is known by what decides: examples and editor hints are not part of it, and come back from beside it', async () => {
    const examples = [{ name: 'yes', callback: {}, fires: true }];
    const bare = {
      rules: { 'a.json': { name: 'a' } },
      lists: { 'lists/l.json': {} },
      conditions: { 'conditions/c.json': {} },
      alerts: {},
      guardrails: { 'guardrails/g.json': {} },
    };
    const hinted = {
      lists: { 'lists/l.json': { $schema: '../list.schema.json' } },
      conditions: { 'conditions/c.json': { $schema: '../condition.schema.json' } },
      alerts: { $schema: './alerts.schema.json' },
      guardrails: { 'guardrails/g.json': { $schema: '../guardrail.schema.json' } },
    };
    const full = {
      ...hinted,
      rules: { 'a.json': { $schema: './rule.schema.json', name: 'a', examples } },
    };
    const [one, two] = [await canonicalize(bare), await canonicalize(full)];
    expect(two.version).toBe(one.version);
    expect(two.examplesHash).not.toBe(one.examplesHash);
    expect(withoutExamples(full)).toEqual(bare);
    expect(withExamples(await readCanonical(two.version, two.body), two.examples).rules).toEqual({
      'a.json': { name: 'a', examples },
    });
  });

  test.each([
    ['changed', (body: string) => body.replace('"a"', '"b"')],
    ['cut off', (body: string) => body.slice(0, -3)],
    ['gone', () => ''],
  ])('one whose text is %s is refused', async (_, harm) => {
    const { version, body } = await canonicalize({
      rules: { 'a.json': { name: 'a' } },
      lists: {},
      conditions: {},
      alerts: {},
    });
    await expect(readCanonical(version, harm(body))).rejects.toThrow(
      `the stored rulebook ${version} does not match its hash`,
    );
  });
});
