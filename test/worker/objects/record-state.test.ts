import { listDurableObjectIds, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import * as v from 'valibot';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { type Callback, readCallback } from '../../../src/callbacks/callback.ts';
import { openDataKey } from '../../../src/crypto/data-key.ts';
import { openObjects } from '../../../src/objects/index.ts';
import {
  previewState,
  recordState,
  type StateFacts,
  Submitted,
} from '../../../src/objects/record-state.ts';
import capability from '../../../src/samples/callbacks/capability-full.json' with { type: 'json' };
import contact from '../../../src/samples/callbacks/contact-created.json' with { type: 'json' };
import failed from '../../../src/samples/callbacks/delivery-failed-transient.json' with {
  type: 'json',
};
import submitted from '../../../src/samples/callbacks/message-submit.json' with { type: 'json' };
import red from '../../../src/samples/callbacks/whatsapp-quality-red.json' with { type: 'json' };
import redSaysPrevious from '../../../src/samples/callbacks/whatsapp-quality-red-reference.json' with {
  type: 'json',
};
import { reset } from '../storage.ts';

/** Ahead of the runtime's own clock, so that no alarm rings by itself; the callbacks' own times stay below it. */
const NOW = Date.parse('2100-01-01T00:00:00Z');
const dataKey = openDataKey('test-data-key-test-data-key-test-data-key');
const objects = openObjects(env, dataKey);
const read = (body: object): Promise<Callback> =>
  readCallback(new TextEncoder().encode(JSON.stringify(body)), NOW);
const heard = async (body: object): Promise<StateFacts> =>
  recordState(await read(body), objects, dataKey.encrypt);
/** The same callback of another moment. */
const at = <T extends object>(body: T, time: string, change: (copy: T) => void = () => {}): T => {
  const copy = structuredClone({ ...body, event_time: time });
  change(copy);
  return copy;
};

afterEach(async () => {
  vi.useRealTimers();
  await reset();
});

describe('remembering a callback', () => {
  test('recalls the rating before, and the same again on redelivery', async () => {
    const green = at(red, '2026-11-19T06:00:00Z', (copy) => {
      copy.channel_event_notification.channel_event.additional_data.quality_rating = 'GREEN';
    });
    expect(await heard(green)).toEqual({});
    expect(await heard(red)).toEqual({ previous_quality_rating: 'GREEN' });
    expect(await heard(red)).toEqual({ previous_quality_rating: 'GREEN' });
    expect(await heard(at(red, '2026-11-21T06:00:00Z'))).toEqual({
      previous_quality_rating: 'RED',
    });
    expect((await objects.senders.of(red.app_id, 'WHATSAPP').read(NOW)).quality).toBe('RED');
  });

  test('recalls the rating before as Sinch says it, where it does', async () => {
    const callback = await read(redSaysPrevious);
    const [memory] = callback.stateRecords;
    expect(memory).toMatchObject({ kind: 'rating', rating: 'RED' });
    const said = memory?.kind === 'rating' ? memory.previous : undefined;
    expect(said).toBeDefined();
    expect(await heard(redSaysPrevious)).toEqual({ previous_quality_rating: said });
  });

  test('recalls the capability before', async () => {
    const none = at(capability, '2026-11-19T06:00:00Z', (copy) => {
      copy.capability_notification.capability_status = 'NO_CAPABILITY';
      copy.capability_notification.request_id = 'another request';
    });
    expect(await heard(none)).toEqual({});
    expect(await heard(capability)).toEqual({ previous_capability_status: 'NO_CAPABILITY' });
    expect(await heard(capability)).toEqual({ previous_capability_status: 'NO_CAPABILITY' });
  });

  test('recalls how often the message was sent again', async () => {
    expect(await heard(failed)).toEqual({ attempt: 0 });
    await objects.messages
      .of('resent')
      .link({ root: failed.message_delivery_report.message_id, attempt: 2 });
    const again = at(failed, '2026-11-20T09:00:00Z', (copy) => {
      copy.message_delivery_report.message_id = 'resent';
    });
    expect(await heard(again)).toEqual({ attempt: 2 });
    const record = await objects.messages.of('resent').read();
    expect(record.statuses).toMatchObject([
      { status: 'FAILED', reasonCode: 'RATE_LIMITED' },
      { messageId: 'resent' },
    ]);
  });

  test('keeps a submitted message sealed, with all that sending it again takes', async () => {
    // It is stored for days after its event.
    expect(await heard(at(submitted, new Date().toISOString()))).toEqual({});
    const { message_id: messageId } = submitted.message_submit_notification;
    const { submitted: sealed } = await objects.messages.of(messageId).read();
    expect(sealed).not.toContain('parcel');
    expect(v.parse(Submitted, JSON.parse(await dataKey.decrypt(sealed ?? '')))).toEqual({
      messageId,
      address: { channel: 'SMS', identity: '12025550142', appId: submitted.app_id },
      message: submitted.message_submit_notification.submitted_message,
      metadata: 'order-10482',
      correlationId: 'shipping-7731',
      processingMode: 'DISPATCH',
    });
  });

  test('leaves a contact to the journal', async () => {
    await heard(red);
    const before = await everything();
    expect((await read(contact)).stateRecords).toMatchObject([
      { kind: 'contact' },
      { kind: 'contact-state' },
    ]);
    expect(await heard(contact)).toEqual({});
    expect(await everything()).toBe(before);
  });

  test('of two state records with the same fact the first one supplies it', async () => {
    const callback = await read(red);
    const stateRecords = [
      { kind: 'rating', channel: 'WHATSAPP', rating: 'RED', previous: 'GREEN' },
      { kind: 'rating', channel: 'RCS', rating: 'RED', previous: 'YELLOW' },
    ] as const;
    expect(await recordState({ ...callback, stateRecords }, objects, dataKey.encrypt)).toEqual({
      previous_quality_rating: 'GREEN',
    });
  });
});

describe('peeking at a callback', () => {
  test.each([
    ['rating', red, { previous_quality_rating: 'RED' }, '2026-11-21T06:00:00Z'],
    [
      'capability',
      capability,
      { previous_capability_status: 'CAPABILITY_FULL' },
      '2026-11-21T07:00:00Z',
    ],
    ['status', failed, { attempt: 0 }, '2026-11-21T08:00:00Z'],
    ['submitted message', submitted, {}, '2026-11-21T08:00:00Z'],
  ])('recalls what remembering its %s would, and keeps nothing', async (_, body, recalled, later) => {
    await heard(body);
    const next = at(body, later, (copy) => {
      // Another request is another callback, though all else is the same.
      if ('capability_notification' in copy)
        copy.capability_notification.request_id = 'another request';
    });
    const before = await everything();
    expect(await previewState(await read(next), objects)).toEqual(recalled);
    expect(await everything()).toBe(before);
    expect(await heard(next)).toEqual(recalled);
  });

  test('recalls the first answer of a callback that came before', async () => {
    await heard(redSaysPrevious);
    await heard(at(red, '2026-11-19T06:00:00Z'));
    const first = await heard(redSaysPrevious);
    expect(await previewState(await read(redSaysPrevious), objects)).toEqual(first);
  });
});

/** All rows of all objects. */
const everything = async (): Promise<string> =>
  JSON.stringify([
    await rowsOf(env.RECIPIENTS),
    await rowsOf(env.SENDERS),
    await rowsOf(env.MESSAGES),
  ]);

async function rowsOf<T extends Rpc.DurableObjectBranded>(
  namespace: DurableObjectNamespace<T>,
): Promise<unknown[]> {
  const rows: unknown[] = [];
  for (const id of await listDurableObjectIds(namespace)) {
    const found = await runInDurableObject(namespace.get(id), (_, { storage }) => {
      const tables = storage.sql.exec<{ name: string }>(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB '_cf_*'",
      );
      return tables
        .toArray()
        .map(({ name }) => [name, storage.sql.exec(`SELECT * FROM ${name}`).toArray()]);
    });
    rows.push([id.toString(), found]);
  }
  return rows;
}
