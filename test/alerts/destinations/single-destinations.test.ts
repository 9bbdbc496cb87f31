import { Webhook } from 'standardwebhooks';
import { describe, expect, test, vi } from 'vitest';
import { sendBySinch } from '../../../src/alerts/by-sinch.ts';
import type { Reveal } from '../../../src/alerts/destinations/destination.ts';
import { destinations } from '../../../src/alerts/destinations/index.ts';
import { sendAlert } from '../../../src/alerts/send.ts';
import { AppError } from '../../../src/errors.ts';
import { message, NOW } from '../message.ts';
import { alertsWith, network, objects, transports, useLocalProviders } from './transports.ts';
import { KEY, reveal, TRIALS } from './trials.ts';

useLocalProviders();

describe('a single destination', () => {
  test('PagerDuty: trigger and resolve carry the group’s id as their key', async () => {
    for (const state of ['firing', 'resolved'] as const)
      await sendAlert(message({ state }), 'it', alertsWith('pagerduty'), reveal, transports);
    const events = await Promise.all(network.requests.map((request) => request.json()));
    expect(events).toMatchObject([
      { event_action: 'trigger', dedup_key: message().alert, payload: { severity: 'critical' } },
      { event_action: 'resolve', dedup_key: message().alert },
    ]);
  });

  test('webhook: signed by Standard Webhooks under the message’s id', async () => {
    await sendAlert(message(), 'it', alertsWith('webhook'), reveal, {
      ...transports,
      now: () => Date.now(),
    });
    const [request] = network.requests;
    const headers = Object.fromEntries(request?.headers ?? []);
    expect(headers['webhook-id']).toBe(message().id);
    vi.useFakeTimers({ toFake: ['Date'], now: NOW });
    expect(() => new Webhook(KEY).verify('', headers)).toThrow();
    const body = (await request?.text()) ?? '';
    expect(() => new Webhook(KEY).verify(body, headers)).not.toThrow();
    vi.useRealTimers();
  });

  test.each([
    '',
    'whsec_',
    'whsec_not base64!',
    'whsec_dGVzdA== secret-of-mine!',
  ])('webhook: the key %j is none, which is said without it, and nothing is sent', async (key) => {
    const wrong: Reveal = (secret) => (secret.secret === 'DEST_HOOK_KEY' ? key : reveal(secret));
    expect(await sendAlert(message(), 'it', alertsWith('webhook'), wrong, transports)).toEqual({
      kind: 'later',
      message: 'the key of a signed webhook: expected `whsec_…` or plain base64',
    });
    expect(network.requests).toEqual([]);
  });

  test('email: without the binding it waits and says what is missing', async () => {
    expect(
      await sendAlert(message(), 'it', alertsWith('email'), reveal, {
        ...transports,
        mail: undefined,
      }),
    ).toEqual({
      kind: 'later',
      message: 'the binding EMAIL is missing in wrangler.toml',
    });
  });

  test('Sinch: who asked for no more messages gets none', async () => {
    const outgoing = destinations
      .find(({ type }) => type === 'sinch')
      ?.request(message(), { type: 'sinch', ...TRIALS.sinch?.config }, reveal);
    if (outgoing?.via !== 'sinch') throw new Error('not by Sinch');
    const stopped = {
      ...objects,
      recipients: {
        ...objects.recipients,
        read: async () => [{ scopes: { all: true, marketing: true, notification: true } }],
      },
    } as unknown as typeof objects; // the one call that it makes
    const reach = {
      now: () => NOW,
      objects: stopped,
      sinch: () => expect.fail('nothing may be sent'),
    };
    expect(await sendBySinch(outgoing, 'alert.1', reach)).toEqual({
      kind: 'refused',
      message: 'the person asked for no more messages',
    });
  });

  test('Sinch: a throttled sender waits as long as the throttle says', async () => {
    const throttled = {
      ...objects,
      senders: { of: () => ({ permit: async () => ({ granted: 0, retryAfter: 42 }) }) },
    } as unknown as typeof objects; // the one call that it makes
    const outgoing = {
      via: 'sinch',
      appId: 'a',
      channel: 'SMS',
      identities: ['46701740605'],
      message: {},
    } as const;
    const reach = {
      now: () => NOW,
      objects: throttled,
      sinch: () => expect.fail('nothing may be sent'),
    };
    expect(await sendBySinch(outgoing, 'alert.1', reach)).toEqual({
      kind: 'later',
      message: 'the sender is throttled',
      after: 42,
    });
  });

  test('a secret that is not set makes it wait and is named', async () => {
    const unset: Reveal = ({ secret }) => {
      throw new AppError('not_configured', `setting ${secret}: is not set`);
    };
    expect(await sendAlert(message(), 'it', alertsWith('slack'), unset, transports)).toEqual({
      kind: 'later',
      message: 'setting DEST_SLACK: is not set',
    });
  });
});
