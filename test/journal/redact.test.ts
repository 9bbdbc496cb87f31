import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readCallback } from '../../src/callbacks/callback.ts';
import { sampleNames } from '../../src/cli/callbacks/samples.ts';
import { checkRules } from '../../src/cli/rules/checked-rules.ts';
import { openDataKey } from '../../src/crypto/data-key.ts';
import { fixtureOf } from '../../src/journal/anonymise.ts';
import { driftsOf } from '../../src/journal/drift.ts';
import { redactFacts } from '../../src/journal/redact.ts';
import { factEntries } from '../../src/rules/model/facts.ts';
import { HOME, inbound, NOW, openShell } from '../cli/shell.ts';

const { shell } = openShell();
const { rulebook } = await checkRules(undefined, shell);
const dataKey = openDataKey('test-data-key-test-data-key-test-data-key');
const read = (body: object) => readCallback(new TextEncoder().encode(JSON.stringify(body)), NOW);
const samples = (await sampleNames(shell)).map((name) => ({
  name,
  body: readFileSync(`${HOME}/src/samples/callbacks/${name}.json`),
}));

/** What a callback tells of a person: addresses, names, words, files. */
const personal = factEntries()
  .filter((fact) => fact.personal && fact.name !== 'payload')
  .map(({ name }) => name);

describe('what the journal keeps', () => {
  test.each(samples)('keeps nothing of a person in clear: $name', async ({ body }) => {
    const callback = await readCallback(new Uint8Array(body), NOW);
    const kept = JSON.stringify(await redactFacts(callback, rulebook, {}, dataKey));
    for (const name of personal) {
      const value = callback.fact(name, rulebook.lists);
      // A code or an address of some length; "en" or "1" may be part of anything.
      for (const text of [value].flat())
        if (typeof text === 'string' && text.length > 5) expect(kept).not.toContain(text);
    }
  });

  test('keeps a recalled fact, which nobody could recall later', async () => {
    const callback = await readCallback(
      readFileSync(`${HOME}/src/samples/callbacks/delivery-failed-transient.json`),
      NOW,
    );
    expect((await redactFacts(callback, rulebook, { attempt: 2 }, dataKey)).clear).toMatchObject({
      attempt: 2,
      status: 'FAILED',
    });
  });
});

describe('what is new at Sinch', () => {
  /** An invented event type of ours that stands for those nobody listed. */
  const known = samples.filter(
    ({ name }) => !['whatsapp-number-restricted', 'unsupported-not-json'].includes(name),
  );

  test.each(known)('is nothing in $name', async ({ body }) => {
    expect(driftsOf(await readCallback(new Uint8Array(body), NOW))).toEqual([]);
  });

  test.each([
    [
      'a trigger',
      { app_id: 'a', story_notification: { id: '1' } },
      ['trigger', 'UNKNOWN', 'story_notification', ''],
    ],
    ['a trigger without a payload', { app_id: 'a' }, ['trigger', 'UNKNOWN', '(no payload)', '']],
    [
      'a value',
      { message_delivery_report: { message_id: 'm', status: 'PAUSED' } },
      ['value', 'MESSAGE_DELIVERY', 'status', 'PAUSED'],
    ],
    [
      'an event type',
      {
        channel_event_notification: {
          channel_event: { channel: 'WHATSAPP', event_type: 'NEW_THING' },
        },
      },
      ['event type', 'CHANNEL_EVENT', 'event_type', 'NEW_THING'],
    ],
    [
      'a kind of message',
      { message: { id: 'm', contact_message: { hologram_message: { text: 'hi' } } } },
      ['event type', 'MESSAGE_INBOUND', 'message_kind', 'hologram'],
    ],
    [
      'a field of the payload',
      inbound('hi', { message: { id: 'm', mood: 'good' } }),
      ['field', 'MESSAGE_INBOUND', 'message.mood', ''],
    ],
    [
      'a field around the payload',
      inbound('hi', { trace_id: '1' }),
      ['field', 'MESSAGE_INBOUND', 'trace_id', ''],
    ],
    [
      'a field of an object within',
      {
        message_delivery_report: {
          message_id: 'm',
          status: 'FAILED',
          reason: { code: 'RATE_LIMITED', cost: 1 },
        },
      },
      ['field', 'MESSAGE_DELIVERY', 'message_delivery_report.reason.cost', ''],
    ],
    [
      'a value that may be a name',
      { message_delivery_report: { message_id: 'm', status: 'Anna Andersson 46732001122' } },
      ['value', 'MESSAGE_DELIVERY', 'status', '(not a plain word)'],
    ],
  ])('is %s', async (_, body, expected) => {
    const drifts = driftsOf(await read(body));
    expect(drifts.map(({ kind, trigger, name, value }) => [kind, trigger, name, value])).toEqual([
      expected,
    ]);
    expect(drifts[0]).toMatchObject({ day: '2026-11-20', fixture: expect.stringContaining('{') });
  });

  test('is copied into a fixture only where it is news', async () => {
    const callback = await read(inbound('hi', { trace: {} }));
    const trap = {
      get id(): never {
        throw new Error('copied');
      },
    };
    const trapped = {
      ...callback,
      envelope: { ...callback.envelope, body: { ...callback.envelope.body, trace: trap } },
    };
    expect(driftsOf(trapped, () => false)).toEqual([]);
    expect(() => driftsOf(trapped)).toThrow('copied');
  });

  test.each(
    samples,
  )('comes with a fixture that names nobody and reads as the same trigger: $name', async ({
    body,
  }) => {
    const callback = await readCallback(new Uint8Array(body), NOW);
    const fixture = fixtureOf(callback.envelope.body);
    for (const name of personal) {
      const value = callback.fact(name, rulebook.lists);
      for (const text of [value].flat())
        if (typeof text === 'string' && text.length > 5) expect(fixture).not.toContain(text);
    }
    expect((await read(JSON.parse(fixture))).trigger).toBe(callback.trigger);
  });
});
