import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { actions } from '../../src/actions/index.ts';
import { readAlerts } from '../../src/alerts/config.ts';
import { readCallback } from '../../src/callbacks/callback.ts';
import { FAILURE_CLASSES } from '../../src/callbacks/facts/failure-class.ts';
import { fold } from '../../src/callbacks/facts/fold.ts';
import { compile } from '../../src/rules/compile/compile.ts';
import { decide } from '../../src/rules/decide/decide.ts';
import { runExample } from '../../src/rules/prove/examples.ts';
import { RULEBOOK } from '../setup/home.ts';

const read = (file: string): unknown => JSON.parse(readFileSync(join(RULEBOOK, file), 'utf8'));
const isNoRule = (file: string): boolean => file === 'alerts.json' || file.endsWith('.schema.json');

const load = (folder: string): Record<string, unknown> =>
  Object.fromEntries(
    readdirSync(join(RULEBOOK, folder))
      .filter((file) => file.endsWith('.json') && !isNoRule(file))
      .map((file) => [folder + file, read(folder + file)]),
  );

const alerts = readAlerts(read('alerts.json'));
const source = { rules: load(''), lists: load('lists/'), conditions: load('conditions/'), alerts };
const { rulebook, findings } = compile(source, actions, 'shipped');

const list = (name: string): readonly string[] =>
  v.parse(v.array(v.string()), rulebook.lists[name]);
const family = (prefix: string): readonly string[] =>
  Object.keys(rulebook.lists).filter((name) => name.startsWith(prefix));
const STOP_LISTS = family('stop-words-');
const EVERYDAY = [...new Set(family('everyday-stop-words-').flatMap(list))];
const STARTS = [
  ...family('start-words-'),
  ...family('everyday-start-words-'),
  'start-marketing-words',
  'start-notification-words',
];

/** The rules that fire, by name. Our own state knows nothing. */
async function firedBy(body: object): Promise<string[]> {
  const callback = await readCallback(
    new TextEncoder().encode(JSON.stringify(body)),
    Date.parse('2026-11-02T09:15:00Z'),
  );
  const { fired, erred } = await decide(rulebook, callback, async () => undefined);
  expect(erred).toEqual([]);
  return fired.map(({ rule }) => rule.name);
}

const written = (text: string, channel = 'SMS'): Promise<string[]> =>
  firedBy({
    app_id: 'app-1',
    message: {
      id: 'message-1',
      contact_message: { text_message: { text } },
      channel_identity: { channel, identity: '12025550143' },
    },
  });

const failed = (reason: object): Promise<string[]> =>
  firedBy({
    app_id: 'app-1',
    message_delivery_report: {
      message_id: 'message-1',
      status: 'FAILED',
      channel_identity: { channel: 'WHATSAPP', identity: '447700900123' },
      reason,
    },
  });

describe('the shipped rules', () => {
  test('have nothing that check would find', () => expect(findings).toEqual([]));

  test.each(rulebook.rules)('$name has an example that fires and one that does not', ({
    examples,
  }) => {
    expect(new Set(examples.map(({ fires }) => fires))).toEqual(new Set([true, false]));
  });

  const examples = rulebook.rules.flatMap((rule) =>
    rule.examples.map((example) => ({ rule, example })),
  );
  test.each(examples)('$rule.name: $example.name', async ({ rule, example }) => {
    const { passed, sentence } = await runExample(rulebook, rule, example);
    expect(passed, sentence).toBe(true);
  });

  test('name only destinations that alerts.json has', () => {
    const named = rulebook.rules.flatMap((rule) =>
      rule.actions.flatMap(({ params }) =>
        'to' in params && 'for' in params ? [] : 'to' in params ? [params.to] : [],
      ),
    );
    for (const name of named) expect(Object.keys(alerts.destinations)).toContain(name);
  });
});

describe('STOP', () => {
  test.each(
    STOP_LISTS.flatMap((name) => list(name).map((word) => [name, word] as const)),
  )('of %s: %s, however it is written', async (_, word) => {
    for (const text of [
      word,
      word.toLowerCase(),
      `«${word}».`,
      ` ${word} 🛑`,
      word.replaceAll(' ', '-'),
    ]) {
      expect(await written(text), text).toEqual(['stop']);
      expect(await written(text, 'WHATSAPP'), text).toEqual(['stop']);
    }
  });

  test.each(EVERYDAY)('%s counts on SMS and MMS only; elsewhere a person looks', async (word) => {
    expect(await written(word)).toEqual(['stop']);
    expect(await written(word, 'MMS')).toEqual(['stop']);
    expect(await written(word, 'WHATSAPP')).toEqual(['stop-near-miss']);
  });

  test.each(
    STOP_LISTS.map((name) => [name, list(name)[0] ?? '']),
  )('of %s beside another sentence, a person looks: %s', async (_, word) => {
    expect(await written(`${word}. I said it before`)).toEqual(['stop-near-miss']);
  });

  test.each([
    ['Stop promotions'],
    ['Parar promoções'],
    ['إيقاف العروض الترويجية'],
  ])('of promotions by Meta’s button stops marketing: %s', async (text) => {
    expect(await written(text, 'WHATSAPP')).toEqual(['stop-marketing']);
  });

  test.each([
    'Stpo',
    'stopppp',
    'st0p',
    'S.T.O.P.',
    'S T O P',
    'unsuscribe',
    'Unsubscibe',
    'STOP2END',
    '🛑',
    'QUIT ALL',
    'END ALL',
    'cancel all',
    'no more',
    'remove my number',
    'lose my number',
    'wrong number',
    'Quit texting me',
    'dont text me anymore',
    'don’t text me anymore',
  ])('that a person looks at: %s', async (text) => {
    for (const channel of ['SMS', 'MMS', 'RCS', 'WHATSAPP'])
      expect(await written(text, channel), channel).toEqual(['stop-near-miss']);
  });

  test.each([
    'Liked “Acme: 20% off today. Reply STOP to opt out”',
    'Disliked “Acme: 20% off today. Reply STOP to opt out”',
    'A aimé « Acme : -20 % aujourd’hui. STOP au 36111 »',
    '👍 to “Acme: 20% off today. Reply STOP to opt out”',
    'Removed a like from “Acme: 20% off today. Reply STOP to opt out”',
    '\u200a\u200b👍\u200b to “\u200aAcme: reply STOP to opt out\u200a”\u200a',
    'shop',
    'Step',
    'top!',
    "don't stop",
  ])('is nothing of this: %s', async (text) => {
    expect(await written(text)).toEqual([]);
  });

  test('is never also a START or a HELP', () => {
    const stops = [
      ...STOP_LISTS,
      ...family('everyday-stop-words-'),
      'stop-promotions-buttons',
      'stop-marketing-words',
      'stop-notification-words',
    ];
    const folded = (names: readonly string[]) => new Set(names.flatMap(list).map(fold));
    expect(
      [...folded(stops)].filter((word) => folded([...STARTS, ...family('help-words-')]).has(word)),
    ).toEqual([]);
  });

  test.each(['YES', 'yes please', 'OK', 'Ja'])('is not lifted by %s', async (text) => {
    expect(await written(text)).toEqual([]);
  });
});

describe('the lists', () => {
  test.each(
    Object.keys(rulebook.lists).filter((name) => name !== 'accented-stop-words'),
  )('%s names nothing twice', (name) => {
    const values = list(name).map(fold);
    expect(values.filter((value, at) => values.indexOf(value) !== at)).toEqual([]);
  });

  test('put each failure code into one class', () => {
    const codes = FAILURE_CLASSES.flatMap((name) => list(`failure-${name}`));
    expect(codes.filter((code, at) => codes.indexOf(code) !== at)).toEqual([]);
  });

  const hopeless = ['permanent', 'content', 'configuration'].flatMap((name) =>
    list(`failure-${name}`),
  );
  test.each(hopeless)('keep a message that failed with %s from being sent again', async (code) => {
    for (const reason of [
      { code },
      { code: 'CHANNEL_FAILURE', sub_code: code },
      { code: 'UNKNOWN', channel_code: code },
    ]) {
      const rules = await failed(reason);
      expect(rules.filter((name) => name.startsWith('retry'))).toEqual([]);
      expect(rules, 'somebody or something takes note of it').not.toEqual([]);
    }
  });

  test.each(list('failure-transient'))('let %s be sent again, by one rule', async (code) => {
    expect((await failed({ code })).filter((name) => name.startsWith('retry'))).toHaveLength(1);
    expect(
      (await failed({ code: 'CHANNEL_FAILURE', channel_code: code })).filter((name) =>
        name.startsWith('retry'),
      ),
    ).toHaveLength(1);
  });
});
