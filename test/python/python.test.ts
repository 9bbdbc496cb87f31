import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import * as v from 'valibot';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { APP, identified, PERSON } from '../clients/calls.ts';
import { refusalsOf } from '../clients/refusals.ts';
import { type RunningWorker, startWorker } from '../clients/running-worker.ts';

const Answer = v.looseObject({
  result: v.optional(v.unknown()),
  error: v.optional(v.string()),
  message: v.optional(v.string()),
  status: v.optional(v.nullable(v.number())),
  body: v.optional(v.unknown()),
  failure: v.optional(v.string()),
});
type Answer = v.InferOutput<typeof Answer>;

let worker: RunningWorker;
let python: ChildProcess;
let printed: AsyncIterator<string>;

beforeAll(async () => {
  worker = await startWorker();
  python = spawn('python3', [join(import.meta.dirname, 'client.py')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  if (!python.stdout) throw new Error('python3 has no output');
  printed = createInterface({ input: python.stdout })[Symbol.asyncIterator]();
}, 300_000);
afterAll(async () => {
  python?.stdin?.end();
  await worker?.stop();
});
beforeEach(() => fetch(`${worker.sinchUrl}/faults`, { method: 'DELETE' }));

const direct = () => worker.sinchUrl;
const gateway = () => `${worker.url}/send`;

/** Makes a call of the SDK's `conversation.messages` and returns what its developer sees. */
async function call(
  conversation: string,
  method: string,
  words: object,
  secret = 'local-key-secret',
): Promise<Answer> {
  const request = { auth: worker.sinchUrl, conversation, secret, method, arguments: words };
  python.stdin?.write(`${JSON.stringify(request)}\n`);
  const { value } = await printed.next();
  const answer = v.parse(Answer, JSON.parse(value));
  if (answer.failure !== undefined) throw new Error(answer.failure);
  return answer;
}

const to = { recipient_identities: [{ channel: 'SMS', identity: PERSON }] };
const media = { url: 'https://example.com/1.png' };
const choices = [{ text_message: { text: 'Yes' }, postback_data: 'yes' }];

/** Calls whose results are compared. */
const CALLS: readonly (readonly [method: string, words: object])[] = [
  ['send_text_message', { app_id: APP, text: 'Hello ✓', ...to }],
  ['send_media_message', { app_id: APP, media_message: media, ...to }],
  ['send_card_message', { app_id: APP, card_message: { title: 'Your order', choices }, ...to }],
  [
    'send_choice_message',
    { app_id: APP, choice_message: { choices, text_message: { text: 'Coming?' } }, ...to },
  ],
  [
    'send_text_message',
    { app_id: APP, text: 'Hello', ttl: 60, channel_priority_order: ['SMS', 'RCS'], ...to },
  ],
  ['list', { app_id: APP, page_size: 10 }],
  ['get', { message_id: '01JMESSAGE' }],
  ['delete', { message_id: '01JMESSAGE' }],
];

/** A result without what is new in each call. */
const shape = (result: unknown): unknown =>
  JSON.parse(
    JSON.stringify(result ?? null)
      .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
      .replaceAll(/"(message_id|id)":"[^"]+"/g, '"$1":"ID"'),
  );

describe('the same call of the Python SDK, direct and through Signalbox', () => {
  test.each(CALLS)('%s', async (method, words) => {
    const theirs = await call(direct(), method, words);
    const ours = await call(gateway(), method, words);
    expect(shape(ours)).toEqual(shape(theirs));
  });
});

const { refusals: REFUSALS } = refusalsOf(() => worker);

/** A message of the refusals in the SDK's words. */
const wordsOf = (message: (typeof REFUSALS)[number]['message'] = {}) => {
  const { app_id = APP, recipient = identified() } = message;
  const { contact_id, identified_by } = Object(recipient);
  return {
    app_id,
    text: 'Hello',
    ...(contact_id ? { contact_id } : { recipient_identities: identified_by.channel_identities }),
  };
};

describe('a refusal is a ConversationException with our message', () => {
  test.each(REFUSALS.map((one) => [one.name, one] as const))(
    '%s',
    async (_, { before, message, status, code }) => {
      await before?.();
      const answer = await call(gateway(), 'send_text_message', wordsOf(message));
      expect(answer).toMatchObject({ error: 'ConversationException', status });
      const { error } = Object(answer.body);
      expect(answer.message).toContain(error.message);
      expect(answer.message).toContain(error.status);
      if (code) expect(error.details[0].code).toBe(code);
    },
    // From 2.2 the SDK waits Retry-After, up to three times.
    300_000,
  );

  test('wrong credentials are the error of the token', async () => {
    const wrong = await call(gateway(), 'send_text_message', wordsOf(), 'wrong');
    expect(wrong.error).toBe('AuthenticationException');
  });
});

test('a token that has expired is refreshed by the SDK, and the message is sent', async () => {
  const send = () => call(gateway(), 'send_text_message', wordsOf());
  expect((await send()).result).toBeDefined();
  worker.passTime(3_600_000);
  expect((await send()).result).toMatchObject({ message_id: expect.any(String) });
});
