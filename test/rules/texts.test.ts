import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import * as v from 'valibot';
import { beforeAll, describe, expect, test } from 'vitest';
import { actions } from '../../src/actions/index.ts';
import { readCallback } from '../../src/callbacks/callback.ts';
import { compile } from '../../src/rules/compile/compile.ts';
import { decide } from '../../src/rules/decide/decide.ts';
import { RULEBOOK } from '../setup/home.ts';

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

const read = (folder: string): Record<string, unknown> =>
  Object.fromEntries(
    readdirSync(`${RULEBOOK}/${folder}`)
      .filter((file) => file.endsWith('.json') && file !== 'alerts.json')
      .map((file) => [
        folder + file,
        JSON.parse(readFileSync(`${RULEBOOK}/${folder}${file}`, 'utf8')),
      ]),
  );

interface Figures {
  /** The share of texts that suppress and are meant to. */
  readonly precision: number;
  /** The share of texts to suppress or review that do. */
  readonly recall: number;
  /** The share of other texts that are left alone. */
  readonly leftAlone: number;
}

describe('the rules of STOP', () => {
  const outcomes = new Map<object, string>();

  beforeAll(async () => {
    const { rulebook } = compile(
      { rules: read(''), lists: read('lists/'), conditions: read('conditions/'), alerts: {} },
      actions,
      'texts',
    );
    for (const entry of table) {
      const body = {
        app_id: 'app-1',
        message: {
          id: 'message-1',
          direction: 'TO_APP',
          contact_message: { text_message: { text: entry.text } },
          channel_identity: { channel: entry.channel, identity: '12025550143' },
        },
      };
      const callback = await readCallback(
        new TextEncoder().encode(JSON.stringify(body)),
        Date.parse('2026-11-02T09:15:00Z'),
      );
      const { fired } = await decide(rulebook, callback, async () => undefined);
      const chosen = fired.flatMap(({ actions: calls }) => calls.map(({ action }) => action));
      const outcome = OUTCOMES.find((name) => chosen.includes(name));
      outcomes.set(entry, outcome ?? 'none');
    }
  });

  function figuresOf(of: typeof table): Figures {
    const got = (outcome: string) => of.filter((entry) => outcomes.get(entry) === outcome);
    const meant = of.filter(({ expected }) => expected !== 'none');
    const others = of.filter(({ expected }) => expected === 'none');
    const found = meant.filter((entry) => outcomes.get(entry) !== 'none');
    const alone = others.filter((entry) => outcomes.get(entry) === 'none');
    return {
      precision: count(got('suppress'), 'suppress') / got('suppress').length,
      recall: found.length / meant.length,
      leftAlone: alone.length / others.length,
    };
  }

  /** A failure shows the figures alone: texts of the held-out half stay unseen. */
  test.each([
    ['tuning', false],
    ['held-out', true],
  ] as const)('reach their figures on the %s half', (half, heldOut) => {
    const figures = figuresOf(table.filter((entry) => isHeldOut(entry) === heldOut));
    const line = Object.entries(figures)
      .map(([name, share]) => `${name} ${share.toFixed(3)}`)
      .join(', ');
    console.info(`${half} half: ${line}`);
    expect(figures.precision, line).toBeGreaterThanOrEqual(0.99);
    expect(figures.recall, line).toBeGreaterThanOrEqual(0.95);
    expect(figures.leftAlone, line).toBeGreaterThanOrEqual(0.9);
  });
});
