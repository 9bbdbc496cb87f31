import { describe, expect, test } from 'vitest';
import { readCallback } from '../../src/callbacks/callback.ts';
import { readSecrets, verifySignature } from '../../src/callbacks/signature.ts';
import { bodyOf, here, listen, recording } from './callback-listener.ts';
import { folder, HOME, inbound, NOW, openShell } from './shell.ts';

describe('send', () => {
  test('signs the callback so that it verifies', async () => {
    const { url, received } = await listen();
    const { run } = openShell({ here: here() });
    expect(await run('send', 'stop.json', '--url', url, '--secret', 'secret-1')).toBe(0);
    const [{ headers, body, path } = expect.fail('nothing arrived')] = received;
    expect(path).toBe('/callbacks');
    await expect(
      verifySignature({ headers, body, secrets: readSecrets('secret-1'), now: NOW }),
    ).resolves.toBeTruthy();
    await expect(
      verifySignature({ headers, body, secrets: readSecrets('other'), now: NOW }),
    ).rejects.toThrow();
  });

  test.each([
    [
      'of .dev.vars',
      { '.dev.vars': 'WEBHOOK_SECRETS=mine\n', '.dev.vars.example': 'WEBHOOK_SECRETS=example\n' },
      'mine',
    ],
    [
      'of the example, where there is no .dev.vars',
      { '.dev.vars.example': 'WEBHOOK_SECRETS=example\n' },
      'example',
    ],
    [
      'of the app, where there is one each',
      { '.dev.vars': `WEBHOOK_SECRETS='{"app-1":["first","second"],"*":["rest"]}'\n` },
      'first',
    ],
    [
      'of all other apps',
      { '.dev.vars': `WEBHOOK_SECRETS='{"app-2":["second"],"*":["rest"]}'\n` },
      'rest',
    ],
  ])('takes the secret %s', async (_, files, secret) => {
    const { url, received } = await listen();
    const { run } = openShell({ home: folder(files), here: here() });
    expect(await run('send', 'stop.json', '--url', url)).toBe(0);
    const [{ headers, body } = expect.fail('nothing arrived')] = received;
    await expect(
      verifySignature({ headers, body, secrets: readSecrets(secret), now: NOW }),
    ).resolves.toBeTruthy();
  });

  test('sets the times to now, and nothing else', async () => {
    const { url, received } = await listen();
    await openShell({ here: here() }).run('send', 'stop.json', '--url', url);
    const now = new Date(NOW).toISOString();
    expect(received.map(bodyOf)).toEqual([
      { ...inbound('STOP'), accepted_time: now, event_time: now },
    ]);
  });

  test('fetches the recording of a sample from the local Sinch, one port above, unless told otherwise', async () => {
    const { url, received } = await listen();
    const { run } = openShell({ home: HOME, here: folder({ 'own.json': recording }) });
    const path = 'record_notification.recording_url';
    await run('send', 'recording-reference', '--url', url, '--secret', 's');
    await run(
      'send',
      'recording-reference',
      '--url',
      url,
      '--secret',
      's',
      '--set',
      `${path}=https://a.example/b.mp3`,
    );
    await run('send', 'own.json', '--url', url, '--secret', 's');
    expect(received.map((one) => bodyOf(one).record_notification.recording_url)).toEqual([
      `http://127.0.0.1:${Number(new URL(url).port) + 1}/files/rec-20261120-0044.mp3`,
      'https://a.example/b.mp3',
      'https://storage.sinch.com/own.mp3',
    ]);
  });

  test('sets what it is told, as JSON where it is JSON', async () => {
    const { url, received } = await listen();
    const sets = [
      'message.contact_message.text_message.text=Hi = you',
      'message.injected=true',
      'message.list.0=7',
      'event_time=2020-01-01T00:00:00Z',
    ];
    await openShell({ here: here() }).run(
      'send',
      'stop.json',
      '--url',
      url,
      ...sets.flatMap((set) => ['--set', set]),
    );
    expect(received.map(bodyOf)).toMatchObject([
      {
        event_time: '2020-01-01T00:00:00Z',
        message: {
          contact_message: { text_message: { text: 'Hi = you' } },
          injected: true,
          list: { 0: 7 },
        },
      },
    ]);
  });

  test('repeats the very same bytes and signature', async () => {
    const { url, received } = await listen();
    const { run, out } = openShell({ here: here() });
    expect(await run('send', 'stop.json', '--url', url, '--repeat', '3')).toBe(0);
    expect(out).toHaveLength(3);
    const seen = received.map(
      ({ body, headers }) =>
        `${new TextDecoder().decode(body)} ${headers.get('x-sinch-webhook-signature')}`,
    );
    expect(new Set(seen).size).toBe(1);
  });

  test('gives new ids when asked', async () => {
    const { url, received } = await listen();
    const { run } = openShell({ here: here() });
    for (const words of [[], [], ['--fresh'], ['--fresh']])
      await run('send', 'stop.json', '--url', url, ...words);
    const ids = await Promise.all(
      received.map(async ({ body }) => (await readCallback(body, NOW)).id),
    );
    expect(ids[0]).toBe(ids[1]);
    expect(new Set(ids).size).toBe(3);
  });

  test('sends what is no JSON as it is: broken callbacks want testing too', async () => {
    const { url, received } = await listen();
    await openShell({ here: here() }).run('send', 'broken.json', '--url', url);
    expect(received.map(({ body }) => new TextDecoder().decode(body))).toEqual(['{"app_id"']);
  });

  test.each([
    [
      200,
      {
        id: 'C1',
        trigger: 'CHANNEL_EVENT',
        fired: [
          { rule: 'red', actions: ['throttle', 'alert'] },
          { rule: 'note', actions: ['ignore'] },
        ],
      },
      '200  CHANNEL_EVENT C1  fired red: throttle, alert; note: ignore',
      0,
    ],
    [
      200,
      { id: 'C1', trigger: 'MESSAGE_INBOUND', fired: [] },
      '200  MESSAGE_INBOUND C1  no rule fired',
      0,
    ],
    [
      200,
      {
        id: 'C1',
        trigger: 'UNREADABLE',
        fired: [],
        quarantined: { code: 'callback_not_json', detail: 'callback: not valid JSON' },
      },
      '200  UNREADABLE C1  kept aside: callback: not valid JSON',
      0,
    ],
    [
      200,
      { id: 'C1', trigger: 'OPT_OUT', fired: [], deferred: 'unavailable' },
      '200  OPT_OUT C1  put off to the queue: unavailable',
      0,
    ],
    [
      401,
      { code: 'signature_mismatch', detail: 'the signature does not verify' },
      '401  signature_mismatch: the signature does not verify',
      1,
    ],
    [502, 'no JSON object', '502  the answer is not Signalbox’s', 1],
  ])('tells an answer of %i', async (status, body, line, code) => {
    const { url } = await listen({ status, body });
    const { run, out } = openShell({ here: here() });
    expect(await run('send', 'stop.json', '--url', url)).toBe(code);
    expect(out).toEqual([line]);
  });

  test('gives the answer as JSON', async () => {
    const { url } = await listen();
    const { run, out } = openShell({ here: here() });
    await run('send', 'stop.json', '--url', url, '--json');
    expect(JSON.parse(out.join(''))).toEqual({
      status: 200,
      answer: { id: 'C1', trigger: 'MESSAGE_INBOUND', fired: [] },
    });
  });

  test('asks SIGNALBOX_URL where to', async () => {
    const { url, received } = await listen();
    await openShell({ here: here(), env: { SIGNALBOX_URL: `${url}/` } }).run('send', 'stop.json');
    expect(received.map(({ path }) => path)).toEqual(['/callbacks']);
  });

  test('keeps a path that it is given', async () => {
    const { url, received } = await listen();
    await openShell({ here: here() }).run('send', 'stop.json', '--url', `${url}/else/where`);
    expect(received.map(({ path }) => path)).toEqual(['/else/where']);
  });

  test('says when nothing listens', async () => {
    const { url, close } = await listen();
    await close();
    const { run, err } = openShell({ here: here() });
    expect(await run('send', 'stop.json', '--url', url)).toBe(1);
    expect(err).toEqual([`Nothing listens at ${url}/callbacks: is npm start running?`]);
  });

  test.each([
    [['send'], 2, /^send what\? A file, or a sample/],
    [['send', 'stop.json', '--repeat', 'often'], 2, /^repeat: expected a whole number/],
    [['send', 'stop.json', '--url', 'nowhere'], 2, /"nowhere" is not an address/],
    [
      ['send', 'stop.json', '--url', 'localhost:8787'],
      2,
      /"localhost:8787" is not an address: expected http:/,
    ],
    [['send', 'stop.json', '--set', 'text'], 2, /expected path=value/],
    [
      ['send', 'stop.json', '--set', 'app_id.x=1'],
      2,
      /"app_id" holds "app-1", there is nothing below it/,
    ],
    [['send', 'broken.json', '--set', 'a=1'], 2, /the callback is no JSON object/],
    [
      ['send', 'whatsapp-quality-rde'],
      1,
      /no sample is called .*: did you mean "whatsapp-quality-red"\?$/,
    ],
  ])('refuses %j', async (words, code, message) => {
    const { run, err } = openShell({ here: here() });
    expect(await run(...words)).toBe(code);
    expect(err.join('')).toMatch(message);
  });
});
