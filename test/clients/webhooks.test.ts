import { ConversationCallbackWebhooks } from '@sinch/conversation';
import { describe, expect, test } from 'vitest';
import { signCallback } from '../../src/callbacks/signature.ts';
import { readSample, samples, sampleText } from '../../src/samples/samples.ts';

/**
 * Samples that the SDK reads differently, and as what; `undefined`: not at all. Published payloads name members in other ways than
 * the SDK expects, and a payload may be filed under another member than its content.
 * Source: dist/rest/v1/callbacks/callbacks-webhook.js of `@sinch/conversation` 1.4.0.
 */
const DIFFERENT: Readonly<Record<string, string | undefined>> = {
  'batch-completed-reference': undefined,
  'batch-failed': undefined,
  'batch-partial': undefined,
  'batch-processed': undefined,
  'contact-duplicated': undefined,
  'contact-duplicated-reference': undefined,
  'unsupported-reference': undefined,
  'whatsapp-quality-red-reference': undefined,
  'whatsapp-quality-yellow-reference': undefined,
  'sms-delivery-batch': undefined,
  'sms-delivery-failed': undefined,
  'opt-in-misfiled': 'OPT_OUT',
  'opt-out-misfiled': 'OPT_IN',
  'redaction-reference': 'MESSAGE_INBOUND',
  'redaction-typed': 'MESSAGE_INBOUND',
};

const secret = 'sdk-webhook-secret';
const sdk = new ConversationCallbackWebhooks(secret);
const signed = (text: string) =>
  signCallback(new TextEncoder().encode(text), secret, {
    nonce: '01JNONCE',
    timestamp: Math.floor(Date.now() / 1_000),
  });

describe.each(samples)('the SDK on the sample %s', (name) => {
  test('accepts our signature, and no other body', async () => {
    const text = sampleText(name);
    const headers = await signed(text);
    expect(sdk.validateAuthenticationHeader(headers, text)).toBe(true);
    expect(sdk.validateAuthenticationHeader(headers, `${text} `)).toBe(false);
  });

  test('reads the trigger that we read', async () => {
    const { trigger } = await readSample(name);
    const expected = Object.hasOwn(DIFFERENT, name) ? DIFFERENT[name] : trigger;
    const parse = () => sdk.parseEvent(sampleText(name)).trigger;
    if (expected === undefined) expect(parse).toThrow('Unknown Conversation event');
    else expect(parse()).toBe(expected);
  });
});
