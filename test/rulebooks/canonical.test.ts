import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  canonicalize,
  checkTexts,
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
        expect(await canonicalize(withExamples(opened, one.examples))).toEqual(one);
        expect(opened).toEqual({ ...JSON.parse(JSON.stringify(source)), stories: {} });
      }),
      { numRuns: 50 },
    );
  });

  test('is known by what decides and what proves it, not by editor hints; examples and stories come back from beside it', async () => {
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
    const stories = { 'tests/s.json': { name: 's', steps: [] } };
    const hintless = { ...bare, rules: { 'a.json': { name: 'a', examples } } };
    const [one, two, three, told] = await Promise.all(
      [bare, full, hintless, { ...full, stories }].map(canonicalize),
    );
    expect(three?.version).toBe(two?.version);
    expect(new Set([one?.version, two?.version, told?.version]).size).toBe(3);
    expect(withoutExamples(full)).toEqual(bare);
    const opened = await readCanonical(told?.version ?? '', told?.body ?? '');
    expect(withExamples(opened, told?.examples ?? '')).toMatchObject({
      rules: { 'a.json': { name: 'a', examples } },
      stories,
    });
  });

  test('takes the texts of its files, and no others', () => {
    const values = { 'a.json': { name: 'a' } };
    expect(() => checkTexts({ 'a.json': '{ "name":\n "a" }' }, values)).not.toThrow();
    for (const texts of [{ 'a.json': '{"name":"b"}' }, { 'b.json': '{}' }, { 'a.json': '{' }])
      expect(() => checkTexts(texts, values)).toThrow(/is not the text of a file/);
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
