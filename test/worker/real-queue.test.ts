import { exports } from 'cloudflare:workers';
import { afterEach, expect, test, vi } from 'vitest';
import { signCallback } from '../../src/callbacks/signature.ts';
import { createSinch } from '../../src/simulator/sinch.ts';
import { eventually } from '../setup/eventually.ts';
import { SECRET } from './box.ts';
import { receipt, submitted } from './sample.ts';
import { reset } from './storage.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  await reset();
});

/** Through the Worker's own entry and the real queue broker: what every other test does on a virtual clock. */
test('a failed message goes through the real queue and is sent again', async () => {
  const sinch = createSinch({
    now: Date.now,
    projectId: 'test-project',
    keyId: 'test-key-id',
    keySecret: 'test-key-secret',
  });
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) =>
    sinch.fetch(new Request(input, init)),
  );
  const post = async (callback: object) => {
    const body = new TextEncoder().encode(JSON.stringify(callback));
    const headers = await signCallback(body, SECRET, {
      nonce: crypto.randomUUID(),
      timestamp: Math.floor(Date.now() / 1000),
    });
    return exports.default.fetch('https://signalbox.test/callbacks', {
      method: 'POST',
      body,
      headers,
    });
  };
  const at = new Date().toISOString();
  expect((await post(submitted('01JREALQUEUE', { at }))).status).toBe(200);
  expect((await post(receipt('01JREALQUEUE', 'FAILED', { code: 'RATE_LIMITED', at }))).status).toBe(
    200,
  );
  const sent = async () => {
    const { arrivals } = await (await sinch.request('/arrivals')).json<{
      arrivals: { kind: string }[];
    }>();
    return arrivals.filter(({ kind }) => kind === 'messages:send').length;
  };
  await eventually(async () => expect(await sent()).toBe(1), 100);
});
