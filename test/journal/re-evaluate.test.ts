import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { actions } from '../../src/actions/index.ts';
import { type Callback, readCallback } from '../../src/callbacks/callback.ts';
import { sampleNames } from '../../src/cli/callbacks/samples.ts';
import { checkRules } from '../../src/cli/rules/checked-rules.ts';
import { openDataKey } from '../../src/crypto/data-key.ts';
import { Entry } from '../../src/journal/entry.ts';
import { explainEntry, openEntryFacts, reEvaluate } from '../../src/journal/re-evaluate.ts';
import { redactFacts } from '../../src/journal/redact.ts';
import { compile, type Rulebook } from '../../src/rules/compile/compile.ts';
import { decide } from '../../src/rules/decide/decide.ts';
import { HOME, inbound, NOW, openShell, stopRule } from '../cli/shell.ts';

const dataKey = openDataKey('test-data-key-test-data-key-test-data-key');
const { shell } = openShell();
const { rulebook: shipped } = await checkRules(undefined, shell);
const read = (body: object | string) =>
  readCallback(
    new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body)),
    NOW,
  );

/** What the journal has of a callback once a rulebook has decided it. */
async function entryOf(
  callback: Callback,
  rulebook: Rulebook,
  recalled: Record<string, string | number> = {},
  keep = false,
) {
  const decision = await decide(rulebook, callback, async (name) => recalled[name]);
  const entry: Entry = {
    id: callback.id,
    rulebook: rulebook.version,
    receivedAt: callback.receivedAt,
    eventTime: callback.eventTime,
    class: 'callback',
    trigger: callback.trigger,
    appId: callback.envelope.appId,
    rules: decision.fired.map(({ rule }) => ({ rule: rule.name, outcome: 'fired' })),
    keys: [],
    actions: [],
    facts: await redactFacts(callback, rulebook, recalled, dataKey),
    shadow: false,
    ...(keep ? { body: callback.raw } : {}),
  };
  return { entry, fired: decision.fired.map(({ rule }) => rule.name) };
}

const rule = (name: string, when: object, more: object = {}) => ({
  ...stopRule,
  name,
  when,
  then: [{ action: 'ignore', params: { because: 'test' } }],
  ...more,
});
const book = (...rules: readonly object[]): Rulebook => {
  const named = rules.map((one) => [`${Reflect.get(one, 'name')}.json`, one] as const);
  const { rulebook, findings } = compile(
    { rules: Object.fromEntries(named), lists: {}, conditions: {}, alerts: {} },
    actions,
    'v1',
  );
  expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  return rulebook;
};

const WORDS = [
  'STOP',
  'stop!',
  'please stop texting me',
  'HELP',
  'start',
  'marketing',
  'Where is my order?',
  'STOP all',
  'yes',
  '',
];
const samples = await Promise.all(
  (await sampleNames(shell)).map(async (name) => ({
    name,
    text: readFileSync(`${HOME}/src/samples/callbacks/${name}.json`, 'utf8'),
  })),
);

describe('a decision of the past', () => {
  test('is never told otherwise than it was, only left open where a fact was not kept', async () => {
    const texts = fc.constantFrom(...WORDS).map((text) => JSON.stringify(inbound(text)));
    const stored = fc.constantFrom(...samples.map(({ text }) => text));
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(stored, texts),
        fc.nat(3),
        fc.boolean(),
        async (body, attempt, keep) => {
          const callback = await read(body);
          const { entry, fired } = await entryOf(
            callback,
            shipped,
            { attempt, previous_quality_rating: 'GREEN' },
            keep,
          );
          const past = await openEntryFacts(entry, shipped, dataKey);
          const counted = reEvaluate(entry, shipped, past);
          const names = counted.fired.map(({ name }) => name);
          const open = counted.unknown.map((one) => one.rule.name);
          expect(names.filter((name) => !fired.includes(name))).toEqual([]);
          expect(fired.filter((name) => !names.includes(name) && !open.includes(name))).toEqual([]);
          if (keep) expect(open).toEqual([]);
          const told = (await explainEntry(entry, shipped, dataKey)).filter(
            ({ outcome }) => outcome === 'fired',
          );
          expect(told.map((one) => one.rule).toSorted()).toEqual(fired.toSorted());
        },
      ),
      { numRuns: 150 },
    );
  });

  test('is the same with the index as without, whatever was kept', async () => {
    const words = fc.constantFrom('stop', 'lawyer', 'help', 'SMS');
    const operator = fc.constantFrom(
      ...['equal', 'notEqual', 'in', 'containsWord', 'startsWith', 'matches', 'says', 'present'],
    );
    const leaf = fc
      .record({ fact: fc.constantFrom('text', 'keyword', 'channel', 'metadata'), operator, words })
      .map(({ fact, operator, words }) => ({
        fact,
        operator,
        ...(operator !== 'present' && { value: operator === 'in' ? [words] : words }),
      }));
    const when = fc.oneof(
      leaf,
      fc.record({ all: fc.array(leaf, { minLength: 2, maxLength: 2 }) }),
      fc.record({ any: fc.array(leaf, { minLength: 2, maxLength: 2 }) }),
      leaf.map((not) => ({ not })),
    );
    const conditions = fc.array(when, { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(
        conditions,
        fc.constantFrom(...WORDS),
        fc.constantFrom('kept', 'redacted', 'erased'),
        async (conditions, text, state) => {
          const rulebook = book(...conditions.map((when, at) => rule(`rule-${at}`, when)));
          const { entry } = await entryOf(
            await read(inbound(text)),
            rulebook,
            {},
            state === 'kept',
          );
          const facts = { clear: {}, hashed: {}, withheld: [], absent: [], erased: true };
          const past = state === 'erased' ? { ...entry, facts } : entry;
          const seen = await openEntryFacts(past, rulebook, dataKey);
          const index = { ...rulebook.index, candidates: () => rulebook.rules.map((_, at) => at) };
          expect(reEvaluate(past, rulebook, seen)).toEqual(
            reEvaluate(past, { ...rulebook, index }, seen),
          );
        },
      ),
      { numRuns: 200 },
    );
  });

  test('is known wherever a rule asks for equality, though only a hash was kept', async () => {
    const rulebook = book(
      rule('a-stop', { fact: 'keyword', operator: 'says', value: ['stop', 'quit'] }),
      rule('b-not-stop', { fact: 'keyword', operator: 'notEqual', value: 'STOP' }),
      rule('c-vip', { fact: 'identity', operator: 'in', value: ['46732001122'] }),
      rule('d-other', { fact: 'identity', operator: 'equal', value: '46700000000' }),
      rule('e-metadata', { fact: 'metadata', operator: 'missing' }),
      rule('f-there', { fact: 'text', operator: 'present' }),
      rule('g-words', { fact: 'text', operator: 'containsWord', value: 'lawyer' }),
    );
    const { entry } = await entryOf(await read(inbound('Stop.')), rulebook);
    const { fired, unknown } = reEvaluate(
      entry,
      rulebook,
      await openEntryFacts(entry, rulebook, dataKey),
    );
    expect(fired.map(({ name }) => name)).toEqual(['a-stop', 'c-vip', 'e-metadata', 'f-there']);
    expect(unknown.map((one) => [one.rule.name, one.reason])).toEqual([['g-words', ['text']]]);
  });

  test('says what was not kept, and what was missing, in words', async () => {
    const rulebook = book(
      rule('lawyer', {
        all: [
          { fact: 'channel', operator: 'equal', value: 'SMS' },
          { fact: 'text', operator: 'containsWord', value: 'lawyer' },
        ],
      }),
      rule('media', { fact: 'media_url', operator: 'present' }),
      rule('metadata', { fact: 'metadata', operator: 'equal', value: 'vip' }),
    );
    const { entry } = await entryOf(await read(inbound('my lawyer', {})), rulebook);
    const sentences = (await explainEntry(entry, rulebook, dataKey)).map(
      ({ sentence }) => sentence,
    );
    expect(sentences).toEqual([
      'lawyer fired: channel was SMS, text was not kept',
      'media did not fire: address of the media was missing, the rule needs any value (0 of 1 conditions held)',
      'metadata did not fire: metadata was missing, the rule needs vip (0 of 1 conditions held)',
    ]);
  });

  test('under another rulebook is judged anew, and open where it cannot be', async () => {
    const then = book(rule('old', { fact: 'keyword', operator: 'equal', value: 'STOP' }));
    const now = {
      ...book(
        rule('words', { fact: 'text', operator: 'containsWord', value: 'stop' }),
        rule('zz', { fact: 'payload', path: 'contact_message.foo', operator: 'present' }),
      ),
      version: 'v2',
    };
    const { entry } = await entryOf(await read(inbound('STOP')), then);
    const told = await explainEntry(entry, now, dataKey);
    expect(told.map(({ rule: name, outcome }) => [name, outcome])).toEqual([
      ['words', 'unknown'],
      ['zz', 'unknown'],
    ]);
    expect(told[0]?.sentence).toMatch(
      /^words may have fired, that is not known: text was not kept, the rule needs .* \(0 of 1 conditions held, 1 not known\)$/,
    );
  });

  test('leaves open what comes after a rule that may have stopped the others', async () => {
    const rulebook = book(
      rule(
        'first',
        { fact: 'text', operator: 'containsWord', value: 'stop' },
        { stop: true, priority: 5 },
      ),
      rule('second', { fact: 'channel', operator: 'equal', value: 'SMS' }),
    );
    const { entry } = await entryOf(await read(inbound('hello')), rulebook);
    const { fired, unknown } = reEvaluate(
      entry,
      rulebook,
      await openEntryFacts(entry, rulebook, dataKey),
    );
    expect(fired).toEqual([]);
    expect(unknown.map((one) => [one.rule.name, one.reason])).toEqual([
      ['first', ['text']],
      ['second', ['whether first stopped it']],
    ]);
  });

  test('goes by the failure lists of the rulebook that looks at it', async () => {
    const failed = samples.find(({ name }) => name === 'delivery-failed-transient')?.text ?? '';
    const when = { fact: 'failure_class', operator: 'equal', value: 'transient' };
    const rulebook = book(rule('transient', when, { on: ['MESSAGE_DELIVERY'] }));
    const { entry } = await entryOf(await read(failed), shipped);
    const past = async (lists: object) => {
      const changed = { ...rulebook, lists: { ...lists } };
      return reEvaluate(entry, changed, await openEntryFacts(entry, changed, dataKey)).fired.length;
    };
    expect(await past({ 'failure-transient': ['RATE_LIMITED'] })).toBe(1);
    expect(await past({ 'failure-permanent': ['RATE_LIMITED'] })).toBe(0);
  });

  test('knows nothing any more once the person was erased', async () => {
    const rulebook = book(
      rule('sms', { fact: 'message_kind', operator: 'equal', value: 'text' }),
      rule('trigger', { fact: 'trigger', operator: 'equal', value: 'MESSAGE_INBOUND' }),
    );
    const { entry } = await entryOf(await read(inbound('STOP')), rulebook);
    const erased = {
      ...entry,
      facts: { clear: {}, hashed: {}, withheld: [], absent: [], erased: true },
    };
    const told = await explainEntry(erased, rulebook, dataKey);
    expect(told.map(({ sentence }) => sentence)).toEqual([
      'sms fired: kind of message was erased',
      'trigger fired: trigger was MESSAGE_INBOUND',
    ]);
  });

  test('fits the schema of the queue', async () => {
    const { entry } = await entryOf(await read(inbound('STOP')), shipped);
    expect(v.parse(Entry, JSON.parse(JSON.stringify(entry)))).toEqual(
      JSON.parse(JSON.stringify(entry)),
    );
  });
});
