import { runInDurableObject } from 'cloudflare:test';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { CapabilityNote } from '../../../src/objects/recipients/capabilities.ts';
import { reset } from '../storage.ts';
import { ADA, address, BOB, NOW, shard, stop } from './recipient.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: NOW }));

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

describe('a change of consent', () => {
  test('is read back at once, with all that proves it', async () => {
    const outcome = { changed: true, scopes: { all: true, marketing: true, notification: true } };
    expect(await shard().change([stop()])).toEqual([outcome]);
    expect(await shard().read([ADA])).toEqual([
      {
        suppressed: true,
        scopes: outcome.scopes,
        since: NOW,
        apps: { '': outcome.scopes },
        others: outcome.scopes,
        history: [
          {
            at: NOW,
            scope: 'all',
            to: 'out',
            source: 'keyword',
            words: 'Stop!',
            callbackId: 'callback-1',
            rule: 'stop',
            rulebook: 'bundled',
          },
        ],
      },
    ]);
  });

  test('gets its first answer again, even after it was lifted', async () => {
    const [first] = await shard().change([stop()]);
    await shard().change([stop({ key: 'callback-2/start/0', to: 'in', at: NOW + 1 })]);
    expect(await shard().change([stop(), stop()])).toEqual([first, first]);
    expect((await shard().read([ADA]))[0]).toMatchObject({
      suppressed: false,
      history: { length: 2 },
    });
  });

  test('says whether anything counts differently since', async () => {
    const changes = [
      stop({ key: '1' }),
      stop({ key: '2', at: NOW + 1 }),
      stop({ key: '3', scope: 'marketing', at: NOW + 2 }),
      stop({ key: '4', to: 'in', at: NOW - 1 }),
      stop({ key: '5', to: 'in', at: NOW + 3 }),
    ];
    const outcomes = await shard().change(changes);
    expect(outcomes.map(({ changed }) => changed)).toEqual([true, false, false, false, true]);
  });

  test('by hand keeps who did it and why', async () => {
    await shard().change([
      stop({
        key: 'hand/1',
        source: 'hand',
        words: undefined,
        callbackId: undefined,
        rule: undefined,
        actor: 'Grace',
        reason: 'by letter',
      }),
    ]);
    const [consent] = await shard().read([ADA]);
    expect(consent?.history).toEqual([
      {
        at: NOW,
        scope: 'all',
        to: 'out',
        source: 'hand',
        rulebook: 'bundled',
        actor: 'Grace',
        reason: 'by letter',
      },
    ]);
  });

  test('that cannot be stored takes the whole call with it', async () => {
    // A fault that no typed caller can make: the row needs a time.
    const broken = stop({ key: 'broken', at: null as unknown as number });
    await runInDurableObject(shard(), (recipients) =>
      expect(recipients.change([stop(), broken])).rejects.toThrow(/NOT NULL/),
    );
    expect(await shard().read([ADA])).toMatchObject([{ suppressed: false, history: [] }]);
  });

  test('of one person is nobody else’s', async () => {
    await shard().change([stop()]);
    expect(await shard().read([BOB, ADA, BOB])).toMatchObject([
      { suppressed: false },
      { suppressed: true },
      { suppressed: false },
    ]);
  });
});

describe('a capability', () => {
  const note = (more: Partial<CapabilityNote> = {}): CapabilityNote => ({
    person: ADA,
    channel: 'RCS',
    status: 'CAPABILITY_FULL',
    at: NOW,
    callbackId: 'callback-1',
    ...more,
  });

  test('is answered with the one before it by event time, again and again the same', async () => {
    expect(
      await shard().noteCapability(note({ callbackId: '1', at: NOW, status: 'NO_CAPABILITY' })),
    ).toEqual({});
    expect(await shard().noteCapability(note({ callbackId: '3', at: NOW + 3 }))).toEqual({
      previous: 'NO_CAPABILITY',
    });
    expect(
      await shard().noteCapability(
        note({ callbackId: '2', at: NOW + 2, status: 'CAPABILITY_PARTIAL' }),
      ),
    ).toEqual({
      previous: 'NO_CAPABILITY',
    });
    expect(await shard().noteCapability(note({ callbackId: '3', at: NOW + 3 }))).toEqual({
      previous: 'NO_CAPABILITY',
    });
    expect((await shard().read([ADA]))[0]?.capability).toEqual([
      { channel: 'RCS', status: 'CAPABILITY_FULL', at: NOW + 3 },
    ]);
  });

  test('is each channel’s own', async () => {
    await shard().noteCapability(note());
    expect(
      await shard().noteCapability(note({ channel: 'WHATSAPP', callbackId: '2', at: NOW + 1 })),
    ).toEqual({});
    expect((await shard().read([ADA]))[0]?.capability).toHaveLength(2);
  });

  test('that is older than the newest by 30 days is forgotten, whichever of them comes last', async () => {
    const month = 30 * 86_400_000;
    await shard().noteCapability(note({ callbackId: 'kept', at: NOW - month }));
    await shard().noteCapability(note({ callbackId: '3', at: NOW, status: 'NO_CAPABILITY' }));
    await shard().noteCapability(note({ callbackId: 'old', at: NOW - month - 1 }));
    const ids = await runInDurableObject(shard(), (_, { storage }) =>
      [...storage.sql.exec('SELECT callback_id FROM capabilities ORDER BY at').raw()].flat(),
    );
    expect(ids).toEqual(['kept', '3']);
  });

  test('of the same moment precedes none', async () => {
    await shard().noteCapability(note());
    expect(
      await shard().noteCapability(note({ callbackId: '2', status: 'NO_CAPABILITY' })),
    ).toEqual({});
  });

  test('can be looked at without being kept', async () => {
    await shard().noteCapability(note());
    expect(await shard().capabilityBefore(note({ callbackId: '2', at: NOW + 1 }))).toEqual({
      previous: 'CAPABILITY_FULL',
    });
    expect(await shard().capabilityBefore(note({ callbackId: '2', at: NOW + 1 }))).toEqual({
      previous: 'CAPABILITY_FULL',
    });
    expect((await shard().read([ADA]))[0]?.capability).toHaveLength(1);
  });
});

describe('the windows that keep a callback of somebody', () => {
  test('are named once, as long as the longest of what was noted', async () => {
    await shard().noteWindowSample({ person: ADA, tally: 'failures', at: NOW, until: NOW + 20 });
    await shard().noteWindowSample({ person: ADA, tally: 'failures', at: NOW, until: NOW + 10 });
    await shard().noteWindowSample({ person: ADA, tally: 'stops', at: NOW, until: NOW + 10 });
    vi.setSystemTime(NOW + 15);
    await shard().noteWindowSample({ person: BOB, tally: 'failures', at: NOW, until: NOW + 30 });
    expect(await shard().takeWindowSamples(ADA)).toEqual(['failures']);
    expect(await shard().takeWindowSamples(ADA)).toEqual([]);
    expect(await shard().takeWindowSamples(BOB)).toEqual(['failures']);
  });
});

describe('a list', () => {
  test('goes on behind a person, with the newest address and the whole history', async () => {
    await shard().change([stop(), stop({ person: BOB, key: '2' })]);
    await shard().change([
      stop({ key: '3', at: NOW + 1, address: { ...address, identity: '46732001122' } }),
    ]);
    const [ada, ...others] = await shard().list('', 1);
    expect(others).toEqual([]);
    expect(ada).toMatchObject({
      person: ADA,
      suppressed: true,
      address: { identity: '46732001122' },
    });
    expect(ada?.history).toHaveLength(2);
    expect((await shard().list(ADA, 5)).map(({ person }) => person)).toEqual([BOB]);
    expect(await shard().list(BOB, 5)).toEqual([]);
  });

  test('names nobody whose data was erased, and still shows their consent', async () => {
    await shard().change([stop()]);
    await shard().erase(ADA, NOW);
    const [ada] = await shard().list('', 1);
    expect(ada).toMatchObject({ person: ADA, suppressed: true });
    expect(ada).not.toHaveProperty('address');
  });
});

describe('erasing a person', () => {
  test('removes addresses, words, capabilities and deliveries, and says how many', async () => {
    await shard().change([stop(), stop({ key: '2', source: 'opt', words: undefined })]);
    await shard().noteCapability({
      person: ADA,
      channel: 'SMS',
      status: 'CAPABILITY_FULL',
      at: NOW,
      callbackId: '1',
    });
    const delivery = {
      channel: 'SMS',
      status: 'DELIVERED',
      at: NOW,
      messageId: 'message-1',
    };
    await shard().noteReached([{ person: ADA, app: '', delivery }]);
    expect(await shard().erase(ADA, NOW)).toEqual({
      addresses: 2,
      words: 1,
      capabilities: 1,
      deliveries: 1,
      links: 0,
      preferences: 0,
    });
    expect(await shard().erase(ADA, NOW)).toEqual({
      addresses: 0,
      words: 0,
      capabilities: 0,
      deliveries: 0,
      links: 0,
      preferences: 0,
    });
    const everything = await runInDurableObject(shard(), (_, { storage }) =>
      JSON.stringify(
        storage.sql
          .exec<{ name: string }>(
            "SELECT name FROM sqlite_master WHERE name IN ('changes', 'capabilities', 'outbox') OR name GLOB 'deliveries_*'",
          )
          .toArray()
          .map(({ name }) => storage.sql.exec(`SELECT * FROM ${name}`).toArray()),
      ),
    );
    expect(everything).not.toMatch(/46732001122|Stop!|SMS/);
  });

  test('leaves consent as it is, and a redelivery brings nothing back', async () => {
    await shard().change([stop()]);
    await shard().erase(ADA, NOW);
    await shard().change([stop()]);
    expect(await shard().read([ADA])).toMatchObject([
      { suppressed: true, since: NOW, history: [{ callbackId: 'callback-1', rule: 'stop' }] },
    ]);
    expect(await shard().erase(ADA, NOW)).toEqual({
      addresses: 0,
      words: 0,
      capabilities: 0,
      deliveries: 0,
      links: 0,
      preferences: 0,
    });
  });
});
