import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import type { Outgoing } from '../../../src/alerts/destinations/destination.ts';
import { destinations } from '../../../src/alerts/destinations/index.ts';
import { sendAlert } from '../../../src/alerts/send.ts';
import { message } from '../message.ts';
import { alertsWith, network, sinch, transports, useLocalProviders } from './transports.ts';
import { reveal, SECRETS, TRIALS } from './trials.ts';

useLocalProviders();

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

/** A message of many of these letters: a character takes 1 to 4 bytes, and up to 7 where it is escaped. */
const tooLong = (letters: string) =>
  message({
    title: letters.repeat(2_000),
    text: letters.repeat(50_000),
    sentence: letters.repeat(20_000),
    why: letters.repeat(20_000),
    nextStep: letters.repeat(20_000),
    facts: Object.fromEntries(
      Array.from({ length: 80 }, (_, index) => [`fact_${index}`, letters.repeat(3_000)]),
    ),
    others: Array.from({ length: 10 }, () => letters.repeat(5_000)),
  });

describe.each(destinations)('$type', (destination) => {
  const { type } = destination;
  const trial = TRIALS[type];
  const config = { type, ...trial?.config };

  test.each(ANSWERS)('%s: the answer says whether to try again', async (_, answer, expected) => {
    if (!trial) throw new Error(`${type} has no trial in test/alerts/destinations/trials`);
    if (answer === 'hang') network.timeout = 60;
    if (answer !== 'ok') {
      network.mailAnswers.push(MAIL[answer] ?? '');
      const fault = answer === 429 ? { status: 429, retry_after: 30 } : answer;
      await sinch.request('/faults', {
        method: 'POST',
        body: JSON.stringify({ kind: trial.kind, answers: [fault] }),
      });
    }
    const got = await sendAlert(message(), 'it', alertsWith(type), reveal, transports);
    expect(got).toMatchObject(expected);
    if (answer === 429 && trial.kind !== 'mail') expect(got).toMatchObject({ after: 30 });
    for (const secret of Object.values(SECRETS)) expect(JSON.stringify(got)).not.toContain(secret);
    for (const host of ['hooks.slack.com', 'teams.example.com', 'hook.example.com'])
      expect(JSON.stringify(got)).not.toContain(host);
  });

  test.each([
    ['a new alert', message()],
    ['one that is over', message({ state: 'resolved' })],
    [
      'a bare one',
      message({ facts: {}, others: [], nextStep: '', link: '', text: '', why: '', count: 1 }),
    ],
    ['one that is much too long', tooLong('&<>"\\*é✓')],
    ['one that is much too long, of Chinese', tooLong('漢字')],
    ['one that is much too long, of emoji', tooLong('🚨')],
    ['one that is much too long, of control characters', tooLong('\u0001')],
    ['one that is much too long, of quotes and marks of Markdown', tooLong('"\\*_[')],
  ])('sends %s in a form that the provider takes', async (_, told) => {
    expect(await sendAlert(told, 'it', alertsWith(type), reveal, transports)).toMatchObject({
      kind: 'sent',
    });
    for (const request of network.requests) expect(request.method).toBe('POST');
    if (destination.transport === 'email') expect(network.mails).toHaveLength(1);
    const outgoing = destination.request(told, config, reveal);
    const { byteLength } = new TextEncoder().encode(textOf(outgoing));
    expect(byteLength).toBeLessThanOrEqual(destination.maxBytes ?? Number.POSITIVE_INFINITY);
  });

  test('shows what a person needs to know', () => {
    const text = textOf(destination.request(message(), config, reveal)).replaceAll('\\\\', '');
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
    const outgoing = destination.request(message(), config, reveal);
    expect(outgoing.shows.join('\n')).toContain('WhatsApp quality is RED');
    for (const secret of Object.values(SECRETS))
      expect(outgoing.shows.join('\n')).not.toContain(secret);
  });

  test('says that it is over, or that it is a test', () => {
    const over = destination.request(message({ state: 'resolved' }), config, reveal);
    expect(`${textOf(over)}${over.shows.join()}`).toMatch(/resolved|resolve/);
    expect(textOf(destination.request(message({ test: true }), config, reveal))).toMatch(
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
