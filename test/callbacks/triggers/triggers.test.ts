import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UNKNOWN } from '../../../src/callbacks/callback.ts';
import { commonFacts } from '../../../src/callbacks/facts/common-facts.ts';
import type { FactType } from '../../../src/callbacks/facts/fact.ts';
import type { Envelope } from '../../../src/callbacks/model.ts';
import { triggerNamed, triggers } from '../../../src/callbacks/triggers/index.ts';
import { AppError } from '../../../src/errors.ts';
import { LISTS, read, readSample, sampleBody, samples } from '../../../src/samples/samples.ts';

const callbacks = await Promise.all(
  samples.map(async (name) => ({ name, callback: await readSample(name) })),
);
const samplesOf = (trigger: string) =>
  callbacks.filter(({ callback }) => callback.trigger === trigger);

const fits: Record<FactType, (value: unknown) => boolean> = {
  text: (value) => typeof value === 'string' && value !== '',
  number: (value) => Number.isFinite(value),
  time: (value) => Number.isFinite(value),
  boolean: (value) => typeof value === 'boolean',
  list: (value) =>
    Array.isArray(value) && value.every((item) => ['string', 'number'].includes(typeof item)),
  json: (value) => typeof value === 'object' && value !== null,
};

const envelope = (body: Record<string, unknown>): Envelope => ({
  appId: '01JAPP',
  projectId: '',
  acceptedTime: undefined,
  eventTime: undefined,
  messageMetadata: '',
  correlationId: '',
  body,
});

/** Every path to a field of a JSON value. */
function paths(value: unknown): readonly string[][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [
    [key],
    ...paths(inner).map((path) => [key, ...path]),
  ]);
}

function without(value: unknown, [head = '', ...tail]: readonly string[]): unknown {
  if (Array.isArray(value)) {
    return tail.length === 0
      ? value.filter((_, index) => String(index) !== head)
      : value.map((item, index) => (String(index) === head ? without(item, tail) : item));
  }
  return Object.fromEntries(
    Object.entries(value as object) // a path leads through objects only
      .filter(([key]) => tail.length > 0 || key !== head)
      .map(([key, inner]) => [key, key === head ? without(inner, tail) : inner]),
  );
}

const everyFact = (trigger: string) => [
  ...Object.keys(commonFacts),
  ...Object.keys(triggerNamed(trigger)?.facts ?? {}),
];

describe('the list of triggers', () => {
  test('names each of Sinch’s triggers once', () => {
    const names = triggers.map(({ name }) => name);
    expect(names).toEqual([...new Set(names)]);
    expect(names).toEqual(
      expect.arrayContaining([
        'BATCH_STATUS_UPDATE',
        'CAPABILITY',
        'CHANNEL_EVENT',
        'CONTACT_CREATE',
        'CONTACT_DELETE',
        'CONTACT_IDENTITIES_DUPLICATION',
        'CONTACT_MERGE',
        'CONTACT_UPDATE',
        'CONVERSATION_DELETE',
        'CONVERSATION_START',
        'CONVERSATION_STOP',
        'EVENT_DELIVERY',
        'EVENT_INBOUND',
        'MESSAGE_DELIVERY',
        'MESSAGE_INBOUND',
        'MESSAGE_INBOUND_SMART_CONVERSATION_REDACTION',
        'MESSAGE_SUBMIT',
        'OPT_IN',
        'OPT_OUT',
        'RECORD_NOTIFICATION',
        'SMART_CONVERSATIONS',
        'UNSUPPORTED',
      ]),
    );
  });

  test('knows SMART_CONVERSATION as SMART_CONVERSATIONS, and no stranger', () => {
    expect(triggerNamed('SMART_CONVERSATION')?.name).toBe('SMART_CONVERSATIONS');
    expect(triggerNamed('SMART_CONVERSATIONS')?.name).toBe('SMART_CONVERSATIONS');
    expect(triggerNamed('NO_SUCH_TRIGGER')).toBeUndefined();
    expect(triggerNamed('toString')).toBeUndefined();
  });

  test('gives a fact one type and the same words wherever it stands', () => {
    const words = new Map<string, unknown>();
    for (const { facts } of triggers) {
      for (const [name, these] of Object.entries(facts)) {
        expect(words.get(name) ?? these, name).toEqual(these);
        words.set(name, these);
        expect(Object.hasOwn(commonFacts, name), `${name} is a common fact`).toBe(false);
      }
    }
  });

  test('has an earlier value for each fact that can change', () => {
    for (const { facts } of triggers) {
      for (const { previous } of Object.values(facts))
        if (previous) expect(facts[previous]?.recalled).toBe(true);
    }
  });
});

test('each fact is told by some sample, unless our own state tells it', () => {
  const facts = new Map(triggers.flatMap(({ facts }) => Object.entries(facts)));
  const untold = [...facts].filter(
    ([name, { recalled }]) =>
      !recalled && callbacks.every(({ callback }) => callback.fact(name, LISTS) === undefined),
  );
  expect(untold.map(([name]) => name).filter((name) => !RARE.includes(name))).toEqual([]);
});

describe.each(triggers)('$name', (trigger) => {
  const own = samplesOf(trigger.name);

  test('has a sample in the specification’s shape and one in the reference pages’', () => {
    const names = own.map(({ name }) => name);
    expect(names.filter((name) => !/-(reference|2021|misfiled)$/.test(name))).not.toEqual([]);
    // Only the Conversation API has reference pages that differ from its specification.
    if (trigger.api === 'conversation')
      expect(
        names.filter((name) => name.endsWith('-reference') || name === 'batch-partial'),
      ).not.toEqual([]);
  });

  test('has a sample for each key that it lies under', () => {
    const seen = own.flatMap(({ name }) => Object.keys(sampleBody(name)));
    expect(seen).toEqual(expect.arrayContaining([...trigger.keys]));
  });

  test('says when it comes, and each fact says what it is', () => {
    expect(trigger.description).toMatch(/^[A-Z].*\.$/);
    for (const [name, { summary, description }] of Object.entries(trigger.facts)) {
      expect(name).toMatch(/^[a-z]+(_[a-z]+)*$/);
      expect(summary).not.toBe('');
      expect(description, name).toMatch(/\.$/);
    }
  });

  test('has the same id when it comes again', async () => {
    for (const { name, callback } of own) {
      expect((await readSample(name)).id).toBe(callback.id);
      expect(callback.id).toMatch(/^[0-9A-Z]{26}$/);
    }
  });

  test('has another id for another event', async () => {
    for (const { name, callback } of own) {
      const later = { ...sampleBody(name), accepted_time: '2026-11-20T23:59:59.999Z' };
      const other = JSON.parse(
        JSON.stringify(later)
          .replaceAll('01JD', '01JE')
          .replaceAll('call-', 'call-other-')
          .replaceAll('rec-', 'rec-other-'),
      );
      expect((await read(other)).id).not.toBe(callback.id);
    }
  });

  test('gives facts of their type', () => {
    for (const { name, callback } of own) {
      for (const key of everyFact(trigger.name)) {
        const value = callback.fact(key, LISTS);
        const type = (trigger.facts[key] ?? commonFacts[key])?.type;
        if (value !== undefined && type)
          expect(fits[type](value), `${name}: ${key} = ${JSON.stringify(value)}`).toBe(true);
      }
    }
  });

  test('is read whatever field is missing', async () => {
    for (const { name } of own) {
      const body = sampleBody(name);
      for (const path of paths(body)) {
        const rest = await read(without(body, path));
        const keyGone = path.length === 1 && trigger.keys.includes(path[0] ?? '');
        if (keyGone) expect(rest.trigger).toBe(UNKNOWN);
        else
          expect([name, path, rest.trigger]).toEqual([
            name,
            path,
            expect.stringMatching(sameOr(trigger.name)),
          ]);
        for (const key of everyFact(rest.trigger)) rest.fact(key, LISTS);
      }
    }
  });

  test('is read whatever unknown fields come with it', async () => {
    for (const { name, callback } of own) {
      const body = sampleBody(name);
      const key = Object.keys(body).find((one) => trigger.keys.includes(one)) ?? '';
      const more = {
        ...body,
        news_to_us: { a: [1] },
        [key]: { ...(body[key] as object), news_to_us: 'x' },
      }; // a payload is an object
      expect((await read(more)).trigger).toBe(callback.trigger);
    }
  });

  test('reads any JSON, or says what it cannot read', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (payload) => {
        readsOrRefuses(payload);
      }),
    );
  });

  test('reads its own samples with any part replaced by any JSON', () => {
    const cases = own.flatMap(({ name }) => {
      const body = sampleBody(name);
      const key = Object.keys(body).find((one) => trigger.keys.includes(one)) ?? '';
      return paths(body[key]).map((path) => ({ payload: body[key], path }));
    });
    fc.assert(
      fc.property(
        fc.constantFrom(...cases),
        fc.jsonValue({ maxDepth: 2 }),
        ({ payload, path }, value) => {
          readsOrRefuses(replaced(payload, path, value));
        },
      ),
      { numRuns: 300 },
    );
  });

  function readsOrRefuses(payload: unknown): void {
    const around = envelope({ [trigger.keys[0] ?? '']: payload });
    try {
      trigger.claims(payload, around);
      const reading = trigger.read(payload, around);
      for (const [key, { type }] of Object.entries(trigger.facts)) {
        const value = reading.fact(key, { lists: LISTS });
        if (value !== undefined)
          expect(fits[type](value), `${key} = ${JSON.stringify(value)}`).toBe(true);
      }
      for (const part of reading.identity) expect(['string', 'undefined']).toContain(typeof part);
      for (const value of Object.values(reading.subject))
        expect(['string', 'undefined']).toContain(typeof value);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      expect(error.code).toBe('callback_unreadable');
    }
  }
});

function replaced(value: unknown, [head, ...tail]: readonly string[], by: unknown): unknown {
  if (head === undefined) return by;
  if (Array.isArray(value))
    return value.map((item, index) => (String(index) === head ? replaced(item, tail, by) : item));
  const entries = Object.entries(value as object); // a path leads through objects only
  return Object.fromEntries(
    entries.map(([key, inner]) => [key, key === head ? replaced(inner, tail, by) : inner]),
  );
}

/** Facts of notices that no sample holds; channel-news.test.ts has a table of them. */
const RARE = [
  'display_name_status',
  'certificate_status',
  'ban_state',
  'template_quality',
  'template_category',
  'messaging_limit',
];

/** Without what tells it apart, a redacted message is an inbound one, and a misfiled opt-out an opt-in. */
const sameOr = (name: string): RegExp =>
  name.endsWith('REDACTION')
    ? /^MESSAGE_INBOUND/
    : name.startsWith('OPT_')
      ? /^OPT_(IN|OUT)$/
      : new RegExp(`^${name}$`);
