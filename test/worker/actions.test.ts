import { reset } from 'cloudflare:test';
import { Webhook } from 'standardwebhooks';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { deliver } from '../../src/actions/deliver.ts';
import { Effect } from '../../src/actions/effect.ts';
import { actionNamed, actions } from '../../src/actions/index.ts';
import { pass } from '../../src/actions/pass.ts';
import { readCallback } from '../../src/callbacks/callback.ts';
import { compile } from '../../src/rules/compile.ts';
import { open } from '../../src/wiring.ts';
import { type Box, env, openBox } from './box.ts';
import { APP, inbound, minutes, PERSON, rating, receipt, submitted } from './sample.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

const recording = (url?: string) => ({
  app_id: APP,
  accepted_time: minutes(-1),
  record_notification: {
    call_id: 'call-1',
    recording_id: 'rec-1',
    ...(url ? { recording_url: url } : {}),
    duration_seconds: 3,
    format: 'mp3',
  },
});
const capability = (requestId: string) => ({
  app_id: APP,
  capability_notification: {
    request_id: requestId,
    channel: 'RCS',
    identity: PERSON,
    capability_status: 'CAPABILITY_UNKNOWN',
  },
});
const contact = (kind: 'create' | 'delete') => ({
  app_id: '',
  event_time: minutes(kind === 'create' ? -5 : -1),
  [`contact_${kind}_notification`]: {
    contact: {
      id: '01JCONTACT1',
      channel_identities: [{ channel: 'SMS', identity: PERSON, app_id: '' }],
      display_name: 'Åsa',
      email: '',
      external_id: '',
      metadata: '',
      language: 'SV',
    },
  },
});

/** A callback that suits each action, and params to try it with. An action that is not here fails the suite. */
const TRIALS: Readonly<
  Record<
    string,
    {
      callback: object;
      params?: object;
      before?: readonly object[];
      did: (box: Box) => Promise<unknown>;
      once: unknown;
    }
  >
> = {
  throttle: {
    callback: rating('RED'),
    params: { to: '5/minute', for: '1h' },
    did: async (box) =>
      (await (await box.ask(`/v1/senders/${APP}/WHATSAPP`)).json<{ history: { event: string }[] }>()).history.filter(
        ({ event }) => event === 'limit',
      ).length,
    once: 1,
  },
  release: {
    callback: rating('GREEN'),
    did: async (box) =>
      (await (await box.ask(`/v1/senders/${APP}/WHATSAPP`)).json<{ history: { event: string }[] }>()).history.filter(
        ({ event }) => event === 'release',
      ).length,
    once: 1,
  },
  suppress: { callback: inbound('STOP'), did: history, once: 1 },
  unsuppress: { callback: inbound('START'), did: history, once: 1 },
  retry: {
    callback: receipt('01JTRIAL', 'FAILED', { code: 'RATE_LIMITED' }),
    before: [submitted('01JTRIAL')],
    params: { at_most: 1, first_delay: '1s', within: '1h' },
    did: async (box) => (await box.arrivals('messages:send')).length,
    once: 1,
  },
  alert: {
    callback: rating('RED'),
    params: { severity: 'low', title: 'try' },
    did: async (box) => (await box.arrivals('alert')).length,
    once: 1,
  },
  forward: {
    callback: rating('RED'),
    params: { to: 'forward' },
    did: async (box) => (await box.arrivals('forward')).length,
    once: 1,
  },
  archive: {
    callback: recording('https://storage.sinch.com/files/rec-1.wav'),
    did: async () => (await env.ARCHIVE.list({ prefix: 'recordings/' })).objects.map(({ key }) => key),
    once: ['recordings/rec-1'],
  },
  check_capability: {
    callback: capability('01JREQ'),
    params: { after: '1m' },
    did: async (box) => (await box.arrivals('capability:query')).length,
    once: 1,
  },
  erase: {
    callback: contact('delete'),
    did: async () => env.DB.prepare('SELECT count(*) AS n FROM erased_contacts').first('n'),
    once: 1,
  },
  reply: {
    callback: inbound('HELP', { at: minutes(-1) }),
    params: { text: 'Call us.' },
    did: async (box) => (await box.arrivals('messages:send')).length,
    once: 1,
  },
  review: {
    callback: inbound('please stop'),
    params: { because: 'it may be a STOP' },
    did: async () => env.DB.prepare('SELECT count(*) AS n FROM reviews').first('n'),
    once: 1,
  },
  compare_consent: {
    callback: contact('delete'),
    did: async () => env.DB.prepare('SELECT count(*) AS n FROM reviews').first('n'),
    once: 0,
  },
  ignore: {
    callback: rating('RED'),
    params: { because: 'we want to' },
    did: async (box) => (await box.arrivals()).length,
    once: 0,
  },
};

async function history(box: Box): Promise<number> {
  return (await (await box.ask(`/v1/recipients/SMS/${PERSON}`)).json<{ history: unknown[] }>()).history.length;
}

describe.each(actions)('$name', ({ name, kind, params: schema, needs, says, description }) => {
  const trial = TRIALS[name];

  test('acts once however often, and however much at once, the same callback comes', async () => {
    if (!trial) throw new Error(`${name} has no trial in this suite`);
    const box = openBox({}, {});
    box.line.times = 2;
    for (const callback of trial.before ?? []) await box.take(callback);
    const services = open(box.bindings);
    const rule = {
      name: 'trial',
      why: 'to try it',
      owner: 'tests',
      on: [
        'CHANNEL_EVENT',
        'MESSAGE_INBOUND',
        'MESSAGE_DELIVERY',
        'RECORD_NOTIFICATION',
        'CAPABILITY',
        'CONTACT_DELETE',
      ],
      when: { fact: 'trigger', operator: 'present' },
      then: [{ action: name, params: trial.params ?? {} }],
    };
    const { rulebook, findings } = compile(
      { rules: { 'trial.json': rule }, lists: {}, conditions: {}, alerts: {} },
      actions,
      'trial',
    );
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    const again = async () =>
      pass(await readCallback(new TextEncoder().encode(JSON.stringify(trial.callback)), Date.now()), {
        ...services,
        rulebook: async () => rulebook,
      });
    await again();
    await Promise.all([again(), again()]);
    box.line.times = 1;
    await box.drain(3600);
    await again();
    await box.drain(3600);
    expect(await trial.did(box)).toEqual(trial.once);
  });

  test('has words, a strict schema and a kind that it keeps', () => {
    const action = actionNamed(name);
    expect(description).toMatch(/\.$/);
    expect(says({ ...(trial?.params ?? {}) })).not.toMatch(/undefined|\[object/);
    expect(Object.hasOwn(schema, 'entries')).toBe(true);
    expect(schema['~run']({ value: { ...(trial?.params ?? {}), surprise: 1 } }, {}).issues).toHaveLength(1);
    expect([kind === 'state', kind === 'effect']).toEqual([action?.run !== undefined, action?.deliver !== undefined]);
    expect(needs).toEqual([...new Set(needs)]);
  });
});

describe('forward', () => {
  test('signs the body as it came, by Standard Webhooks, under the callback’s id', async () => {
    const box = openBox();
    const callback = {
      app_id: APP,
      unsupported_callback: { channel: 'WHATSAPP', payload: '{"a":1}', id: '01JUNSUPPORTED' },
    };
    const { id } = await box.take(callback);
    await box.drain();
    const [arrived] = await box.arrivals('forward');
    expect(arrived?.body).toEqual(callback);
    expect(arrived?.headers?.['webhook-id']).toBe(id);
    expect(() =>
      new Webhook('whsec_dGVzdC1mb3J3YXJkLWtleS10ZXN0LWZvcndhcmQta2V5').verify(
        JSON.stringify(callback),
        arrived?.headers ?? {},
      ),
    ).not.toThrow();
  });

  const unsupported = (id: string) => ({
    app_id: APP,
    unsupported_callback: { channel: 'WHATSAPP', payload: '{"a":1}', id },
  });

  test('signs with every key while keys rotate', async () => {
    const [old, fresh] = [
      'whsec_dGVzdC1mb3J3YXJkLWtleS10ZXN0LWZvcndhcmQta2V5',
      `whsec_${btoa('another key of the same destination')}`,
    ];
    const box = openBox({}, { DEST_FORWARD_KEY: `${fresh} ${old}` });
    await box.take(unsupported('01JROTATE'));
    await box.drain();
    const [arrived] = await box.arrivals('forward');
    for (const key of [old, fresh])
      expect(() => new Webhook(key).verify(JSON.stringify(arrived?.body), arrived?.headers ?? {})).not.toThrow();
  });

  test('a receiver that is gone pauses the rule: what comes is held, and one alert says so', async () => {
    const box = openBox();
    await box.faults({ kind: 'forward', answers: [410] });
    await box.take(unsupported('01JGONE1'));
    await box.drain();
    await box.take(unsupported('01JGONE2'));
    await box.drain();
    const { held } = await (await box.ask('/v1/held')).json<{ held: object[] }>();
    expect(held).toMatchObject([{ action: 'forward', because: expect.stringContaining('410 Gone') }]);
    expect((await box.arrivals('alert')).map(({ body }) => body.title)).toContainEqual(
      expect.stringContaining('unsupported-forwarded is paused'),
    );
    const resumed = { kind: 'rule', name: 'unsupported-forwarded', by: 'ines' };
    await box.ask('/v1/pauses', { method: 'DELETE', body: JSON.stringify(resumed) });
    await box.drain(60);
    expect(await box.arrivals('forward')).toHaveLength(2);
  });

  test('a receiver that is down for two days gets everything when it is back, and one alert said so', async () => {
    const box = openBox();
    await box.faults({ kind: 'forward', answers: Array.from({ length: 45 }, () => 503) });
    await box.take(unsupported('01JDOWN'));
    await box.drain(3 * 86_400);
    const arrived = await box.arrivals('forward');
    expect(arrived.length).toBeGreaterThan(45);
    expect(arrived.filter(({ answer }) => answer === 200)).toHaveLength(1);
    expect(
      (await box.arrivals('alert')).filter(({ body }) => String(body.title).includes('forwards to forward fail')),
    ).toHaveLength(1);
  });

  test.each([
    'https://10.0.0.1/hook',
    'https://[::1]/hook',
    'http://example.com/hook',
  ])('never goes to %s', async (url) => {
    const box = openBox({}, { DEST_FORWARD: url });
    await box.take(unsupported('01JSSRF'));
    await box.drain();
    expect(await box.arrivals('forward')).toEqual([]);
    const { dead_letters: letters } = await (await box.ask('/v1/dead-letters')).json<{
      dead_letters: { code: string }[];
    }>();
    expect(letters).toMatchObject([{ code: 'destination_refused' }]);
  });

  test('a body too large for a queue travels by R2', async () => {
    const box = openBox();
    const payload = JSON.stringify({ filler: 'x'.repeat(150_000) });
    await box.take({ app_id: APP, unsupported_callback: { channel: 'WHATSAPP', payload, id: '01JLARGE' } });
    expect((await env.ARCHIVE.list({ prefix: 'bodies/' })).objects).toHaveLength(1);
    await box.drain();
    expect(await box.arrivals('forward')).toHaveLength(1);
  });
});

describe('archive', () => {
  test.each([
    ['a host that is not listed', 'https://evil.example/files/a.wav'],
    ['plain http', 'http://storage.sinch.com/files/a.wav'],
    ['no address at all', 'not an address'],
    ['a file that is not there', 'https://storage.sinch.com/nothing/a.mp3'],
  ])('%s goes to the dead letters with its reason, and one alert says so', async (_, url) => {
    const box = openBox();
    await box.take(recording(url));
    await box.drain();
    const { dead_letters: letters } = await (await box.ask('/v1/dead-letters')).json<{
      dead_letters: { code: string; reason: string }[];
    }>();
    expect(letters).toMatchObject([{ code: 'destination_refused', reason: expect.stringContaining('archive:') }]);
    expect(await box.arrivals('alert')).toHaveLength(1);
  });

  test('keeps one file a recording, which can be listed and fetched', async () => {
    const box = openBox();
    await box.take(recording('https://storage.sinch.com/files/rec-1.wav'));
    await box.drain();
    const { recordings } = await (await box.ask('/v1/recordings')).json<{
      recordings: { key: string; type: string; bytes: number }[];
    }>();
    expect(recordings).toMatchObject([{ key: 'recordings/rec-1', type: 'audio/wav' }]);
    const file = await box.ask('/v1/recordings/recordings/rec-1');
    expect(file.headers.get('content-disposition')).toBe('attachment');
    expect((await file.arrayBuffer()).byteLength).toBe(recordings[0]?.bytes);
    expect((await box.ask('/v1/recordings/recordings/none')).status).toBe(404);
  });

  test('a notice without an address is only on record', async () => {
    const box = openBox();
    await box.take(recording());
    await box.drain();
    expect((await env.ARCHIVE.list()).objects).toEqual([]);
    expect(await box.arrivals('alert')).toEqual([]);
  });
});

describe('check_capability', () => {
  test('asks again later and later, and stops after five times', async () => {
    const box = openBox();
    let request = '01JFIRST';
    const waits: number[] = [];
    for (let round = 0; round < 8; round++) {
      const before = Date.now();
      await box.take(capability(request));
      const due =
        box.line.waiting().find(({ body }) => JSON.stringify(body).includes('check_capability'))?.due ?? before;
      waits.push(Math.floor((due - before) / 60_000));
      await box.drain(7 * 86_400);
      request = String((await box.arrivals('capability:query')).at(-1)?.body.request_id);
    }
    expect(await box.arrivals('capability:query')).toHaveLength(5);
    expect(waits.slice(0, 4)).toEqual([...waits.slice(0, 4)].toSorted((a, b) => a - b));
  });
});

describe('erase', () => {
  test('removes a contact’s data everywhere, and keeps the consent as a keyed hash', async () => {
    const box = openBox();
    await box.take(contact('create'));
    await box.take(inbound('STOP'));
    await box.drain();
    await box.take(contact('delete'));
    await box.drain();
    const recipient = await (await box.ask(`/v1/recipients/SMS/${PERSON}`)).json<{
      suppressed: boolean;
      history: object[];
    }>();
    expect(recipient.suppressed).toBe(true);
    expect(JSON.stringify(recipient.history)).not.toContain('STOP"');
    expect(await env.DB.prepare('SELECT count(*) AS n FROM contact_addresses').first('n')).toBe(0);
  });

  test('finds the addresses of a contact that is named by its id alone', async () => {
    const box = openBox();
    await box.take(contact('create'));
    await box.take(inbound('STOP'));
    await box.drain();
    await box.take({ app_id: APP, contact_delete_notification: { contact_id: '01JCONTACT1' } });
    await box.drain();
    const recipient = await (await box.ask(`/v1/recipients/SMS/${PERSON}`)).json<{
      suppressed: boolean;
      history: { words?: string }[];
    }>();
    expect(recipient).toMatchObject({ suppressed: true });
    expect(recipient.history.map(({ words }) => words)).toEqual([undefined]);
  });

  test('a note about a contact that arrives after its deletion does not bring it back', async () => {
    const box = openBox();
    await box.take(contact('delete'));
    await box.drain();
    await box.take(contact('create'));
    await box.drain();
    expect(await env.DB.prepare('SELECT count(*) AS n FROM contact_addresses').first('n')).toBe(0);
  });
});

describe('retry', () => {
  test('without a copy here or at Sinch it is left, with the reason', async () => {
    const box = openBox();
    await box.take(receipt('01JNOCOPY', 'FAILED', { code: 'RATE_LIMITED' }));
    const [message] = box.line.waiting();
    const effect = Effect.entries ? (message?.body as Effect) : undefined; // the line holds what perform queued
    if (!effect) throw new Error('nothing was queued');
    expect(await deliver(effect, open(box.bindings))).toMatchObject({
      skipped: expect.stringContaining('no copy of the message'),
    });
  });

  test('waits while the sender is throttled to nothing, and goes out when the throttle ends', async () => {
    const box = openBox();
    const services = open(box.bindings);
    await services.entities.senders.of(APP, 'SMS').limit({
      rule: 'by-hand',
      rate: '0',
      content: 'marketing',
      until: Date.now() + 3_600_000,
      at: Date.now(),
      callbackId: 'x',
    });
    await box.take(submitted('01JTHROTTLED'));
    await box.take(receipt('01JTHROTTLED', 'FAILED', { code: 'RATE_LIMITED' }));
    await box.drain(3000);
    expect(await box.arrivals('messages:send')).toEqual([]);
    await box.drain(7200);
    expect(await box.arrivals('messages:send')).toHaveLength(1);
  });

  test('two rules that both say retry send once', async () => {
    const box = openBox();
    await box.take(submitted('01JTWICE'));
    const services = open(box.bindings);
    const rule = (name: string) => ({
      name,
      why: 'w',
      owner: 'o',
      on: ['MESSAGE_DELIVERY'],
      when: { fact: 'status', operator: 'equal', value: 'FAILED' },
      then: [{ action: 'retry', params: { at_most: 3, first_delay: '1s', within: '1h' } }],
    });
    const { rulebook } = compile(
      { rules: { 'one.json': rule('one'), 'two.json': rule('two') }, lists: {}, conditions: {}, alerts: {} },
      actions,
      'two',
    );
    const callback = await readCallback(
      new TextEncoder().encode(JSON.stringify(receipt('01JTWICE', 'FAILED', { code: 'RATE_LIMITED' }))),
      Date.now(),
    );
    await pass(callback, { ...services, rulebook: async () => rulebook });
    await box.drain(60);
    expect(await box.arrivals('messages:send')).toHaveLength(1);
  });
});
