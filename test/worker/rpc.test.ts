import { exports } from 'cloudflare:workers';
import { afterEach, describe, expect, test } from 'vitest';
import { reset } from './storage.ts';

afterEach(() => reset());

const person = { channel: 'SMS', identity: '12025550142' };
const signalbox = () => exports.SignalboxRpc;

describe('a Worker that is bound to Signalbox', () => {
  test('asks, suppresses and lifts, without a token', async () => {
    expect(
      (await signalbox().maySend([{ ...person, app_id: 'app-1', content: 'marketing' }])).results,
    ).toEqual([{ allowed: true, reasons: [] }]);
    const down = await signalbox().suppress(person, {
      actor: 'crm',
      reason: 'unsubscribed by mail',
    });
    expect(down).toMatchObject({ changed: true, suppressed: true });
    const answer = await signalbox().maySend([{ ...person, app_id: 'app-1', content: 'other' }]);
    expect(answer).toMatchObject({
      consistency: 'strong',
      results: [{ allowed: false, reasons: [{ code: 'opted_out' }] }],
    });
    expect((await signalbox().recipient(person)).history).toMatchObject([
      { actor: 'crm (token service-binding)', reason: 'unsubscribed by mail' },
    ]);
    expect(
      await signalbox().unsuppress(person, { actor: 'crm', reason: 'came back' }),
    ).toMatchObject({
      suppressed: false,
    });
  });

  test('asks on which channel, and starts capability checks', async () => {
    const { channel, identity } = person;
    const common = { app_id: 'app-1', content: 'marketing' } as const;
    const { results } = await signalbox().channels([
      { addresses: [{ channel, identity }], ...common },
    ]);
    expect(results).toMatchObject([
      { channels: [{ channel, allowed: true, reachable: 'UNKNOWN' }] },
    ]);
    const pigeon = { channel: 'PIGEON', identity, app_id: 'app-1' };
    expect(await signalbox().capabilityChecks([pigeon])).toMatchObject({
      ...{ started: [], cached: [] },
      refused: [{ channel: 'PIGEON', code: 'channel_unknown' }],
    });
  });

  test('takes permits', async () => {
    expect(
      await signalbox().permits({
        app_id: 'app-1',
        channel: 'SMS',
        content: 'marketing',
        count: 3,
      }),
    ).toEqual({
      granted: 3,
    });
  });

  test('hears what is wrong with a question, and never an answer', async () => {
    // A caller in JavaScript may leave anything out.
    const wrong = [{ ...person, app_id: 'app-1' }] as unknown as [
      { channel: string; identity: string; app_id: string; content: 'other' },
    ];
    await expect(async () => signalbox().maySend(wrong)).rejects.toThrow(
      'recipients.0.content: is missing',
    );
    await expect(async () =>
      signalbox().suppress(person, { actor: 'crm', reason: '' }),
    ).rejects.toThrow('reason: must not be empty');
  });
});
