import { reset } from 'cloudflare:test';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { actionNamed, actions } from '../../../src/actions/index.ts';
import { readCallback } from '../../../src/callbacks/callback.ts';
import { ingest } from '../../../src/pipeline/ingest.ts';
import { compile } from '../../../src/rules/compile/compile.ts';
import { open } from '../../../src/services.ts';
import { type Box, env, openBox } from '../box.ts';
import { APP, inbound, minutes, PERSON, rating, receipt, submitted } from '../sample.ts';
import { capability, contact, recording } from './bodies.ts';

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
      (
        await (
          await box.ask(`/v1/senders/${APP}/WHATSAPP`)
        ).json<{ history: { event: string }[] }>()
      ).history.filter(({ event }) => event === 'limit').length,
    once: 1,
  },
  release: {
    callback: rating('GREEN'),
    did: async (box) =>
      (
        await (
          await box.ask(`/v1/senders/${APP}/WHATSAPP`)
        ).json<{ history: { event: string }[] }>()
      ).history.filter(({ event }) => event === 'release').length,
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
    did: async () =>
      (await env.ARCHIVE.list({ prefix: 'recordings/' })).objects.map(({ key }) => key),
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

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

async function history(box: Box): Promise<number> {
  return (await (await box.ask(`/v1/recipients/SMS/${PERSON}`)).json<{ history: unknown[] }>())
    .history.length;
}

describe.each(actions)('$name', ({
  name,
  kind,
  params: schema,
  requiredFacts,
  summary,
  description,
}) => {
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
      ingest(
        await readCallback(new TextEncoder().encode(JSON.stringify(trial.callback)), Date.now()),
        {
          ...services,
          rulebook: async () => rulebook,
        },
      );
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
    expect(summary({ ...(trial?.params ?? {}) })).not.toMatch(/undefined|\[object/);
    expect(Object.hasOwn(schema, 'entries')).toBe(true);
    expect(
      schema['~run']({ value: { ...(trial?.params ?? {}), surprise: 1 } }, {}).issues,
    ).toHaveLength(1);
    expect([kind === 'state', kind === 'effect']).toEqual([
      action?.run !== undefined,
      action?.deliver !== undefined,
    ]);
    expect(requiredFacts).toEqual([...new Set(requiredFacts)]);
  });
});
