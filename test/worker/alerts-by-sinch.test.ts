import { afterEach, describe, expect, test, vi } from 'vitest';
import { open } from '../../src/services.ts';
import { openAlertBox } from './alarms.ts';
import { reset } from './storage.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

const ON_CALL = ['46701740601', '46701740602', '46701740603'];
const PHONES = { type: 'sinch', app_id: 'a', channel: 'SMS', to: { secret: 'DEST_PHONES' } };

/** A box whose alerts go to three phones, under a throttle of notifications, and who was written to in it. */
function openPhones(rate?: string) {
  const box = openAlertBox({ destinations: { ops: PHONES } }, { DEST_PHONES: ON_CALL.join(', ') });
  const sender = open(box.bindings).objects.senders.of('a', 'SMS');
  const limit = (to: string) =>
    sender.limit({
      rule: 'by-hand',
      rate: to,
      content: 'notification',
      until: Date.now() + 86_400_000,
      at: Date.now(),
      callbackId: 'x',
    });
  const reached = async () =>
    (await box.arrivals('messages:send'))
      .filter(({ message_id }) => message_id)
      .map(({ body }) => /\d{11}/.exec(JSON.stringify(body.recipient))?.[0]);
  return { box, reached, throttled: rate === undefined ? Promise.resolve() : limit(rate) };
}

describe('an alert by SMS', () => {
  test('is sent as the notification that consent and throttle were asked for', async () => {
    const { box, reached } = openPhones();
    await box.raise({ severity: 'critical' });
    await box.drain(60);
    expect(await reached()).toEqual(ON_CALL);
    for (const { body } of await box.arrivals('messages:send'))
      expect(body.message_content_type).toBe('CONTENT_NOTIFICATION');
  });

  test('reaches everybody when the throttle lets it, and nobody twice', async () => {
    const { box, reached, throttled } = openPhones('1/minute');
    await throttled;
    await box.raise({ severity: 'critical' });
    await box.drain(30);
    expect(await reached()).toEqual(ON_CALL.slice(0, 1));
    expect((await box.why()).trail.map(({ message }) => message).join('\n')).toContain(
      'sent to 1 of 3; the sender is throttled',
    );
    await box.drain(600);
    expect((await reached()).toSorted()).toEqual(ON_CALL);
  });

  test('reaches the others when Sinch fails for one, who is told later', async () => {
    const { box, reached } = openPhones();
    await box.faults({ kind: 'messages:send', answers: [200, 500] });
    await box.raise({ severity: 'critical' });
    await box.drain(2);
    expect(await reached()).toEqual([ON_CALL[0], ON_CALL[2]]);
    await box.drain(600);
    expect(await reached()).toEqual([ON_CALL[0], ON_CALL[2], ON_CALL[1]]);
  });

  test('uses up no permit that Sinch made nothing of', async () => {
    const { box, reached, throttled } = openPhones('3/hour');
    await throttled;
    await box.faults({ kind: 'messages:send', answers: [503, 503, 503] });
    await box.raise({ severity: 'critical' });
    await box.drain(600);
    expect((await reached()).toSorted()).toEqual(ON_CALL);
  });

  test('does not wait for who wants no more messages', async () => {
    const { box, reached } = openPhones();
    const body = JSON.stringify({ scope: 'all', actor: 'ada', reason: 'on leave' });
    await box.ask(`/v1/recipients/SMS/${ON_CALL[1]}`, { method: 'PUT', body });
    await box.raise({ severity: 'critical' });
    await box.drain(600);
    expect(await reached()).toEqual([ON_CALL[0], ON_CALL[2]]);
    expect((await box.why()).trail.map(({ message }) => message).join('\n')).toContain(
      'sent to 2 of 3; the person asked for no',
    );
  });
});
