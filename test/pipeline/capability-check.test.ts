import { expect, test } from 'vitest';
import { runCheck } from '../../src/pipeline/capability-check.ts';
import type { CapabilityCheck, Work } from '../../src/work/effect.ts';
import type { Services } from '../../src/work/services.ts';

const NOW = Date.parse('2026-11-24T11:00:00Z');

/** Services in which no check gets a permit, and what is put on the queue. */
function withoutPermits(retryAfter: number) {
  const sent: { body: Work; delaySeconds: number }[] = [];
  const services = {
    now: () => NOW,
    settings: { capabilityCheckRate: '20/second' },
    objects: {
      pauses: { pauses: async () => [] },
      senders: { of: () => ({ permit: async () => ({ granted: 0, retryAfter }) }) },
    },
    effects: { sendBatch: async (messages: typeof sent) => void sent.push(...messages) },
  };
  // A check that gets no permit uses nothing else.
  return { sent, services: services as unknown as Services };
}

test('a capability check without a permit waits longer each time, and at most a minute', async () => {
  const { sent, services } = withoutPermits(1);
  let check: CapabilityCheck = {
    ...{ kind: 'capability-check', app: 'A', requestId: 'signalbox.1.x', at: NOW, waits: 0 },
    address: { channel: 'RCS', identity: '46701740600', appId: '' },
  };
  const delays: number[] = [];
  for (let count = 0; count < 40; count++) {
    expect(await runCheck(check, services)).toEqual({ quiet: true });
    const { body, delaySeconds } = sent.at(-1) ?? expect.fail('nothing is on the queue');
    if (body.kind !== 'capability-check') expect.fail('another kind of work is on the queue');
    expect(body).toEqual({ ...check, waits: check.waits + 1 });
    check = body;
    delays.push(delaySeconds);
  }
  expect(delays[0]).toBe(1);
  expect(delays[1]).toBeLessThanOrEqual(2);
  expect(delays[2]).toBeLessThanOrEqual(4);
  expect(Math.min(...delays)).toBeGreaterThanOrEqual(1);
  expect(Math.max(...delays)).toBeLessThanOrEqual(60);
  expect(Math.max(...delays)).toBeGreaterThan(8);
});

test('a capability check never looks at the rate before the next permit is free', async () => {
  const { sent, services } = withoutPermits(90);
  const address = { channel: 'RCS', identity: '46701740600', appId: '' };
  const check = { app: 'A', address, requestId: 'signalbox.1.x', at: NOW, waits: 3 };
  await runCheck({ kind: 'capability-check', ...check }, services);
  expect(sent[0]?.delaySeconds).toBe(90);
});
