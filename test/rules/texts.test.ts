import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';

const Texts = v.array(
  v.strictObject({
    text: v.pipe(v.string(), v.nonEmpty()),
    channel: v.picklist(['SMS', 'MMS', 'RCS', 'WHATSAPP']),
    expected: v.picklist(['suppress', 'review', 'none']),
    kind: v.pipe(v.string(), v.regex(/^[a-z]+(-[a-z]+)*$/)),
    note: v.optional(v.pipe(v.string(), v.nonEmpty())),
  }),
);

const FOLDER = 'test/rules/texts';
const table = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.json'))
  .flatMap((file) =>
    v
      .parse(Texts, JSON.parse(readFileSync(`${FOLDER}/${file}`, 'utf8')))
      .map((entry) => ({ language: file.replace('.json', ''), ...entry })),
  );

const languages = [...new Set(table.map(({ language }) => language))];
const OUTCOMES = ['suppress', 'review', 'none'] as const;
const count = (of: typeof table, expected: string): number =>
  of.filter((entry) => entry.expected === expected).length;

const isHeldOut = ({ language, text }: { language: string; text: string }): boolean =>
  /^[89a-f]/.test(createHash('sha256').update(`${language}\n${text}`).digest('hex'));

describe('the labelled texts', () => {
  test('are enough, and enough of them are no stop at all', () => {
    expect(table.length).toBeGreaterThanOrEqual(500);
    expect(languages.length).toBeGreaterThanOrEqual(20);
    expect(count(table, 'none') / table.length).toBeGreaterThanOrEqual(0.4);
  });

  test.each(languages)('in %s have every outcome', (language) => {
    const own = table.filter((entry) => entry.language === language);
    for (const outcome of OUTCOMES) expect(count(own, outcome)).toBeGreaterThan(0);
  });

  test('stand once in a language and channel', () => {
    const keys = table.map(
      ({ language, channel, text }) => `${language} ${channel} ${text.trim().toLowerCase()}`,
    );
    expect(keys.filter((key, at) => keys.indexOf(key) !== at)).toEqual([]);
  });

  test('have one outcome wherever the same text stands on the same channel', () => {
    const outcomes = new Map<string, string>();
    for (const { channel, text, expected } of table) {
      const key = `${channel} ${text.trim().toLowerCase()}`;
      expect(outcomes.get(key) ?? expected, key).toBe(expected);
      outcomes.set(key, expected);
    }
  });

  test('have every outcome in both halves', () => {
    for (const half of [table.filter(isHeldOut), table.filter((entry) => !isHeldOut(entry))]) {
      expect(half.length / table.length).toBeGreaterThan(0.45);
      for (const outcome of OUTCOMES) expect(count(half, outcome)).toBeGreaterThanOrEqual(100);
    }
  });
});
