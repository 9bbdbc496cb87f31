import { Webhook } from 'standardwebhooks';
import * as v from 'valibot';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { sendBySinch } from '../../../src/alerts/by-sinch.ts';
import { readAlerts } from '../../../src/alerts/config.ts';
import type { Outgoing, Reveal } from '../../../src/alerts/destinations/destination.ts';
import { destinations } from '../../../src/alerts/destinations/index.ts';
import { openMail } from '../../../src/alerts/mail.ts';
import { type Carriers, sendNotice } from '../../../src/alerts/send.ts';
import { createSinch } from '../../../src/simulator/sinch.ts';
import { openSinch } from '../../../src/sinch/client.ts';
import { NOW, notice } from '../notice.ts';
import { KEY, reveal, SECRETS, TRIALS } from './trials.ts';

const sinch = createSinch({ now: () => NOW });
let asked: Request[] = [];
let mails: object[] = [];
let mailAnswers: string[] = [];
/** In milliseconds, by a real clock: short only where nobody answers, so that a busy machine is not taken for a silent one. */
let patience = 0;

beforeEach(async () => {
  asked = [];
  mails = [];
  mailAnswers = [];
  patience = 10_000;
  vi.spyOn(AbortSignal, 'timeout').mockImplementation(() => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(new DOMException('late', 'TimeoutError')), patience);
    return controller.signal;
  });
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const request = new Request(input, init);
    asked.push(request.clone());
    const gone = new Promise<never>((_, reject) => {
      init?.signal?.addEventListener('abort', () => reject(init.signal?.reason));
    });
    return Promise.race([sinch.fetch(request), gone]);
  });
  await sinch.request('/faults', { method: 'DELETE' });
  await sinch.request('/arrivals', { method: 'DELETE' });
});
afterEach(() => vi.restoreAllMocks());

/** The binding EMAIL, answering as a provider would. */
const EMAIL = {
  async send(mail: object) {
    mails.push(mail);
    const answer = mailAnswers.shift();
    if (answer === 'hang') await new Promise(() => {});
    if (answer) throw Object.assign(new Error(`to ${SECRETS.DEST_PHONE}`), { code: answer });
  },
};

const objects = {
  recipients: {
    read: async () => [{ scopes: { all: false, marketing: true, notification: false } }],
    personOf: async ({ identity }: { identity: string }) => `hash of ${identity}`,
  },
  claims: { take: async () => 'taken', done: async () => {}, free: async () => {} },
  senders: {
    of: () => ({
      permit: async ({ count }: { count: number }) => ({ granted: count }),
      giveBack: async () => {},
    }),
  },
} as unknown as Parameters<typeof sendBySinch>[2]['objects']; // the calls that a send makes

const carriers: Carriers = {
  now: () => NOW,
  own: [],
  mail: openMail({ EMAIL }),
  sinch: (message, id) =>
    sendBySinch(message, id, {
      now: () => NOW,
      objects,
      sinch: () =>
        openSinch(
          {
            projectId: 'local-project',
            keyId: 'local-key-id',
            keySecret: 'local-key-secret',
            apiUrl: 'https://sinch.test',
            authUrl: 'https://sinch.test',
          },
          () => NOW,
        ),
    }),
  get timeout() {
    return patience;
  },
};

const alertsWith = (type: string) =>
  readAlerts({ destinations: { it: { type, ...TRIALS[type]?.config } }, default: 'it' });

/** 200, 429 with Retry-After, 500, 410, no answer: what each means. */
const ANSWERS = [
  ['takes it', 'ok', { kind: 'sent' }],
  ['answers 429 with Retry-After', 429, { kind: 'later' }],
  ['answers 500', 500, { kind: 'later' }],
  ['answers 410', 410, { kind: 'refused' }],
  ['hangs', 'hang', { kind: 'later' }],
] as const;

/** How the mail binding says the same. */
const MAIL: Readonly<Record<string, string>> = {
  429: 'E_RATE_LIMIT_EXCEEDED',
  500: 'E_INTERNAL_SERVER_ERROR',
  410: 'E_SENDER_NOT_VERIFIED',
  hang: 'hang',
};

const textOf = (outgoing: Outgoing): string => {
  if (outgoing.via === 'http') return outgoing.body;
  return outgoing.via === 'email'
    ? `${outgoing.subject}\n${outgoing.text}`
    : JSON.stringify(outgoing.message);
};

describe.each(destinations)('$type', (destination) => {
  const { type } = destination;
  const trial = TRIALS[type];
  const config = { type, ...trial?.config };

  test.each(ANSWERS)('%s: the answer says whether to try again', async (_, answer, expected) => {
    if (!trial) throw new Error(`${type} has no trial in this suite`);
    if (answer === 'hang') patience = 60;
    if (answer !== 'ok') {
      mailAnswers.push(MAIL[answer] ?? '');
      const fault = answer === 429 ? { status: 429, retry_after: 30 } : answer;
      await sinch.request('/faults', {
        method: 'POST',
        body: JSON.stringify({ kind: trial.kind, answers: [fault] }),
      });
    }
    const got = await sendNotice(notice(), 'it', alertsWith(type), reveal, carriers);
    expect(got).toMatchObject(expected);
    if (answer === 429 && trial.kind !== 'mail') expect(got).toMatchObject({ after: 30 });
    for (const secret of Object.values(SECRETS)) expect(JSON.stringify(got)).not.toContain(secret);
    for (const host of ['hooks.slack.com', 'teams.example.com', 'hook.example.com'])
      expect(JSON.stringify(got)).not.toContain(host);
  });

  test.each([
    ['a new alert', notice()],
    ['one that is over', notice({ state: 'resolved' })],
    [
      'a bare one',
      notice({ facts: {}, others: [], nextStep: '', link: '', text: '', why: '', count: 1 }),
    ],
    [
      'one that is much too long',
      notice({
        title: '&<>"\\*é✓'.repeat(2_000),
        text: '&'.repeat(50_000),
        sentence: 's<'.repeat(20_000),
        why: 'w'.repeat(20_000),
        nextStep: 'n'.repeat(20_000),
        facts: Object.fromEntries(
          Array.from({ length: 80 }, (_, index) => [`fact_${index}`, '√&'.repeat(3_000)]),
        ),
        others: Array.from({ length: 10 }, () => 'o'.repeat(5_000)),
      }),
    ],
  ])('sends %s in a form that the provider takes', async (_, told) => {
    expect(await sendNotice(told, 'it', alertsWith(type), reveal, carriers)).toMatchObject({
      kind: 'sent',
    });
    for (const request of asked) expect(request.method).toBe('POST');
    if (destination.mail) expect(mails).toHaveLength(1);
    const outgoing = destination.request(told, config, reveal);
    if (told.text.length < 1_000 || type !== 'webhook')
      expect(new TextEncoder().encode(textOf(outgoing)).byteLength).toBeLessThanOrEqual(
        trial?.most ?? 0,
      );
  });

  test('shows what a person needs to know', () => {
    const text = textOf(destination.request(notice(), config, reveal)).replaceAll('\\\\', '');
    for (const part of [
      'critical',
      'quality is RED',
      '312',
      '12:00:03',
      '12:00:58',
      'Stop the templates',
      '/console/decisions/',
    ])
      expect(text).toContain(part);
    if (type !== 'sinch')
      for (const part of ['messaging-ops', 'quality_rating', 'limit marketing'])
        expect(text).toContain(part);
    else for (const part of ['messaging-ops', 'quality_rating']) expect(text).toContain(part);
  });

  test('shows in a preview what it sends', () => {
    const outgoing = destination.request(notice(), config, reveal);
    expect(outgoing.shows.join('\n')).toContain('WhatsApp quality is RED');
    for (const secret of Object.values(SECRETS))
      expect(outgoing.shows.join('\n')).not.toContain(secret);
  });

  test('says that it is over, or that it is a test', () => {
    const over = destination.request(notice({ state: 'resolved' }), config, reveal);
    expect(`${textOf(over)}${over.shows.join()}`).toMatch(/resolved|resolve/);
    expect(textOf(destination.request(notice({ test: true }), config, reveal))).toMatch(
      /TEST|"test":true/,
    );
  });

  test('has words and a strict schema, names its secrets, and takes a fallback', () => {
    expect(destination.description).toMatch(/\.$/);
    expect(v.safeParse(destination.config, { ...config, fallback: 'other' }).success).toBe(true);
    expect(v.safeParse(destination.config, { ...config, surprise: 1 }).success).toBe(false);
    for (const { secret } of destination.secrets(config)) expect(SECRETS[secret]).toBeDefined();
  });

  test('a secret of another name than DEST_* is refused', () => {
    const stolen = JSON.parse(JSON.stringify(config).replaceAll('DEST_', 'SINCH_')) as object;
    expect(v.safeParse(destination.config, stolen).success).toBe(
      destination.secrets(config).length === 0,
    );
  });
});

describe('what only one of them has', () => {
  test('PagerDuty: trigger and resolve carry the group’s id as their key', async () => {
    for (const state of ['firing', 'resolved'] as const)
      await sendNotice(notice({ state }), 'it', alertsWith('pagerduty'), reveal, carriers);
    const events = await Promise.all(asked.map((request) => request.json()));
    expect(events).toMatchObject([
      { event_action: 'trigger', dedup_key: notice().alert, payload: { severity: 'critical' } },
      { event_action: 'resolve', dedup_key: notice().alert },
    ]);
  });

  test('webhook: signed by Standard Webhooks under the message’s id', async () => {
    await sendNotice(notice(), 'it', alertsWith('webhook'), reveal, {
      ...carriers,
      now: () => Date.now(),
    });
    const [request] = asked;
    const headers = Object.fromEntries(request?.headers ?? []);
    expect(headers['webhook-id']).toBe(notice().id);
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
    expect(await sendNotice(notice(), 'it', alertsWith('webhook'), wrong, carriers)).toEqual({
      kind: 'later',
      message: 'the key of a signed webhook: expected `whsec_…` or plain base64',
    });
    expect(asked).toEqual([]);
  });

  test('email: without the binding it waits and says what is missing', async () => {
    expect(
      await sendNotice(notice(), 'it', alertsWith('email'), reveal, {
        ...carriers,
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
      ?.request(notice(), { type: 'sinch', ...TRIALS.sinch?.config }, reveal);
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
    const { AppError } = await import('../../../src/errors.ts');
    const unset: Reveal = ({ secret }) => {
      throw new AppError('not_configured', `setting ${secret}: is not set`);
    };
    expect(await sendNotice(notice(), 'it', alertsWith('slack'), unset, carriers)).toEqual({
      kind: 'later',
      message: 'setting DEST_SLACK: is not set',
    });
  });
});
