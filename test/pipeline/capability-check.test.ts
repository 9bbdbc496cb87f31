import { expect, test, vi } from 'vitest';
import { runCheck } from '../../src/pipeline/capability-check.ts';
import { each } from '../../src/pipeline/queue-retries.ts';
import type { CapabilityCheck, Work } from '../../src/work/effect.ts';
import type { Services } from '../../src/work/services.ts';

const NOW = Date.parse('2026-11-24T11:00:00Z');

const CHECK: CapabilityCheck = {
  ...{ kind: 'capability-check', app: 'A', requestId: 'signalbox.1.x', at: NOW, looks: 0 },
  address: { channel: 'RCS', identity: '46701740600', appId: '' },
};

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

const laterOf = async (services: Services, attempts: number, check = CHECK): Promise<number> => {
  const ended = await runCheck(check, services, attempts);
  return 'later' in ended ? Number(ended.later) : expect.fail('the check does not wait');
};

test('a capability check without a permit waits longer each time, and at most two minutes', async () => {
  const { sent, services } = withoutPermits(1);
  const waits: number[] = [];
  for (let attempts = 1; attempts < 12; attempts++) waits.push(await laterOf(services, attempts));
  expect(sent).toEqual([]);
  expect(waits[0]).toBe(1);
  for (const [place, wait] of waits.entries()) {
    expect(wait).toBeGreaterThanOrEqual(1);
    expect(wait).toBeLessThanOrEqual(Math.min(2 ** place, 120));
  }
});

test('a capability check that waits long goes on in a new message, and does not begin anew', async () => {
  const { sent, services } = withoutPermits(1);
  expect(await runCheck(CHECK, services, 12)).toEqual({
    ...{ event: 'capability.waits', app: 'A', channel: 'RCS' },
    seconds: expect.any(Number),
  });
  expect(sent.map(({ body }) => body)).toEqual([{ ...CHECK, looks: 12 }]);
  expect(sent[0]?.delaySeconds).toBeLessThanOrEqual(120);
});

test('a capability check never looks at the rate before the next permit is free', async () => {
  const { services } = withoutPermits(150);
  expect(await laterOf(services, 3)).toBe(150);
});

test('a capability check that waits keeps its message, and is not logged as a failure', async () => {
  const { services } = withoutPermits(150);
  const log = vi.spyOn(console, 'log').mockReturnValue();
  const retries: unknown[] = [];
  const message = {
    ...{ id: 'm', timestamp: new Date(NOW), attempts: 3, body: CHECK },
    ack: () => expect.fail('its message is gone'),
    retry: (options: unknown) => void retries.push(options),
  };
  // Of a batch, only its name and its messages are read.
  const batch = { queue: 'effects', messages: [message] } as unknown as MessageBatch<unknown>;
  await each(
    batch,
    ({ attempts }) => runCheck(CHECK, services, attempts),
    () => expect.fail('it failed'),
  );
  expect(retries).toEqual([{ delaySeconds: 150 }]);
  expect(log.mock.calls).toEqual([
    [{ event: 'capability.waits', app: 'A', channel: 'RCS', seconds: 150 }],
  ]);
  log.mockRestore();
});
