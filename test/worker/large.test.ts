import { afterEach, describe, expect, test, vi } from 'vitest';
import { actions } from '../../src/actions/index.ts';
import { type Callback, readCallback } from '../../src/callbacks/callback.ts';
import { defer, ingest } from '../../src/pipeline/ingest.ts';
import { compile } from '../../src/rules/compile/compile.ts';
import { open } from '../../src/services.ts';
import { openBox } from './box.ts';
import { inbound } from './sample.ts';
import { reset } from './storage.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

const callbackOf = (body: object): Promise<Callback> =>
  readCallback(new TextEncoder().encode(JSON.stringify(body)), Date.now());

/** Each is below 100 KB as it comes, and more in a queue message: JSON within JSON, or texts that travel more than once. */
const bodies: readonly (readonly [string, object])[] = [
  ['a text of many bytes a character', inbound('消'.repeat(33_000))],
  ['a text full of quotes', inbound('"'.repeat(45_000))],
  [
    'many small fields',
    {
      ...inbound('hello'),
      more: Object.fromEntries(Array.from({ length: 7_000 }, (_, n) => [`k${n}`, 'v'])),
    },
  ],
];

describe.each(bodies)('a callback with %s', (_, body) => {
  test('that cannot be decided now is kept by the queue', async () => {
    const box = openBox();
    await defer(await callbackOf(body), 'bug', open(box.bindings));
    expect(box.line.waiting()).toHaveLength(1);
    await box.drain(60);
    expect(box.line.waiting()).toEqual([]);
  });

  test('is forwarded whole, and told with the beginning of its text', async () => {
    const box = openBox();
    const rule = {
      name: 'large',
      why: 'w',
      owner: 'o',
      on: ['MESSAGE_INBOUND'],
      when: {
        all: [
          { fact: 'text', operator: 'present', value: true },
          {
            fact: 'payload',
            path: 'contact_message.text_message.text',
            operator: 'present',
            value: true,
          },
        ],
      },
      then: [
        { action: 'forward', params: { to: 'forward' } },
        { action: 'forward', params: { to: 'forward' } },
        {
          action: 'alert',
          params: { severity: 'low', title: 'They wrote {{text}}', text: '{{text}}' },
        },
        { action: 'review', params: { because: 'they wrote {{text}}' } },
      ],
    };
    const services = open(box.bindings);
    const shipped = await services.rulebook();
    const source = { rules: { 'large.json': rule }, lists: {}, conditions: {}, alerts: {} };
    const { rulebook, findings } = compile(source, actions, shipped.version);
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    const answer = await ingest(await callbackOf(body), {
      ...services,
      rulebook: async () => rulebook,
    });
    expect(answer.fired).toHaveLength(1);
    await box.drain(60);
    const forwards = await box.arrivals('forward');
    expect(
      forwards.map((arrival) => JSON.stringify(arrival.body) === JSON.stringify(body)),
    ).toEqual([true, true]);
    expect(await box.arrivals('alert')).toContainEqual(
      expect.objectContaining({
        body: expect.objectContaining({ title: expect.stringContaining('They wrote') }),
      }),
    );
  });
});
