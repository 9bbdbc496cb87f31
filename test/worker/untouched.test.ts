import { afterEach, describe, expect, test, vi } from 'vitest';
import { type Box, openBox } from './box.ts';
import { APP, inbound, PERSON, rating } from './sample.ts';
import { reset } from './storage.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

/** Finding an object is not asking it. */
const FINDS = new Set([
  'get',
  'getByName',
  'idFromName',
  'idFromString',
  'jurisdiction',
  'newUniqueId',
]);

/** A binding whose every call is put on record as `NAME.method`; a namespace's objects are watched like bindings of their own. */
function watched<T extends object>(name: string, binding: T, calls: string[]): T {
  const namespace = 'idFromName' in binding;
  return new Proxy(binding, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key);
      if (typeof value !== 'function' || typeof key !== 'string') return value;
      return (...given: unknown[]): unknown => {
        const found = namespace && FINDS.has(key);
        if (!found) calls.push(`${name}.${key}`);
        const answer: unknown = Reflect.apply(value, target, given);
        return found && typeof answer === 'object' && answer !== null
          ? watched(name, answer, calls)
          : answer;
      };
    },
  });
}

/** Watches every binding of a box that was not asked anything yet. */
function watch(box: Box): string[] {
  const calls: string[] = [];
  for (const [name, binding] of Object.entries(box.bindings)) {
    if (typeof binding === 'object' && binding !== null && !Array.isArray(binding))
      Reflect.set(box.bindings, name, watched(name, binding, calls));
  }
  return calls;
}

/** Which rulebook is in force: asked every 30 seconds. */
const POINTER = 'RULEBOOKS.readState';
/** The trigger was seen: written once for each isolate, trigger and day. */
const SEEN = 'DB.prepare';

/** Signatures verify: reported once a minute for each isolate and app. */
const VERIFIED = 'REFUSALS.verify';

/** The channel on which a person replied last is stored. */
const REPLY = 'RECIPIENTS.noteUse';

/** What no rule is about, and what of it is stored. */
const nothing = [
  ['an ordinary text', (id: string) => inbound('Where is my order?', { id }), REPLY],
  [
    'an ordinary text on a channel of apps',
    (id: string) => inbound('Hello', { id, channel: 'MESSENGER' }),
    REPLY,
  ],
  [
    'the end of a conversation',
    (id: string) => ({ app_id: APP, conversation_delete_notification: { conversation: { id } } }),
    undefined,
  ],
] as const;

describe('a callback that matches nothing', () => {
  test.each(
    nothing,
  )('asks no binding but the pointer to the rulebook, every 30 seconds, and notes its trigger once a day: %s', async (_, callback, stored) => {
    const box = openBox({}, { JOURNAL: 'acted' });
    // A deployment's first callback keeps the rules that came with it.
    await box.take(callback('01JFIRST'));
    await box.drain();
    vi.setSystemTime(new Date('2026-03-04T12:00:00Z'));
    const fresh = openBox({}, { JOURNAL: 'acted' });
    const calls = watch(fresh);
    for (const id of ['01JA', '01JB']) {
      expect(await fresh.take(callback(id))).toMatchObject({ fired: [] });
      await fresh.drain();
    }
    // What is asked beside what each callback stores.
    const asked = () => calls.filter((call) => call !== stored);
    expect(asked()).toEqual([VERIFIED, POINTER, SEEN]);
    vi.setSystemTime(Date.now() + 29_000);
    await fresh.take(callback('01JC'));
    await fresh.drain();
    expect(asked()).toHaveLength(3);
    vi.setSystemTime(Date.now() + 1_001);
    await fresh.take(callback('01JD'));
    await fresh.drain();
    expect(asked().filter((call) => call !== VERIFIED)).toEqual([POINTER, SEEN, POINTER]);
    expect(calls.filter((call) => call === REPLY)).toHaveLength(stored ? 4 : 0);
    vi.setSystemTime(Date.now() + 86_400_000);
    for (const id of ['01JE', '01JF']) await fresh.take(callback(id));
    await fresh.drain();
    expect(calls.filter((call) => call === SEEN)).toHaveLength(2);
  });

  test('while the watch sees what a callback does that acts', async () => {
    const box = openBox({}, { JOURNAL: 'acted' });
    const calls = watch(box);
    await box.take(inbound('STOP', { id: '01JSTOP' }));
    await box.take(rating('RED'));
    await box.drain(60);
    expect(calls).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^RECIPIENTS\./),
        'ALERT_DESK.addOwnHost',
        'EFFECTS.sendBatch',
      ]),
    );
    expect(await (await box.ask(`/v1/recipients/SMS/${PERSON}`)).json()).toMatchObject({
      suppressed: true,
    });
  });
});
