import { afterEach, describe, expect, test, vi } from 'vitest';
import { actions } from '../../src/actions/index.ts';
import { compile } from '../../src/rules/compile/compile.ts';
import { open } from '../../src/services.ts';
import { openBox } from './box.ts';
import {
  deadLetters,
  failing,
  HOUR,
  keysSent,
  message,
  numbers,
  openOrdered,
  refusing,
  shuffle,
  taken,
} from './ordered-forwards.ts';
import { endPause } from './resume.ts';
import { reset } from './storage.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

describe('forwards with the same ordering key', () => {
  test.each([
    1, 2, 3, 4, 5,
  ])('arrive in the order in which they were taken, however the queue shuffles them (%i)', async (seed) => {
    const box = await openOrdered();
    shuffle(box, seed);
    await box.faults({ kind: 'forward', answers: [503, 503, 429] });
    for (const number of numbers(1, 8)) await box.take(message('A', number));
    await box.drain(2 * HOUR);
    expect(await taken(box)).toEqual(numbers(1, 8).map((number) => `A${number}`));
    expect(await deadLetters(box)).toEqual([]);
  });

  test('come in one go when the queue brings them together, the last first', async () => {
    const box = await openOrdered();
    box.line.pick = (due) => due.toReversed();
    for (const number of numbers(1, 20)) await box.take(message('A', number));
    await box.drain();
    expect(await taken(box)).toEqual(numbers(1, 20).map((number) => `A${number}`));
  });

  test('wait while an earlier one is tried again; another key does not, and comes at once', async () => {
    const box = await openOrdered();
    const since = Date.now();
    failing('A', () => Date.now() < since + 12_000);
    for (const number of [1, 2])
      for (const conversation of ['A', 'B']) await box.take(message(conversation, number));
    await box.drain(2);
    expect(await taken(box)).toEqual(['B1', 'B2']);
    await box.drain(60);
    expect(await taken(box)).toEqual(['B1', 'B2', 'A1', 'A2']);
  });

  test('carry it in a header that any text fits', async () => {
    const box = await openOrdered('{{channel}}/{{text}} åΩ%');
    await box.take(message('A', 1));
    await box.drain();
    expect(keysSent()).toEqual(['SMS/HELLO%20%C3%A5%CE%A9%25']);
  });

  test('of which one is refused for an hour while others are accepted: it leaves the line, the rest goes in order, and it is tried alone for three days', async () => {
    const box = await openOrdered();
    refusing((id) => id === 'A1');
    for (const number of numbers(1, 3)) await box.take(message('A', number));
    for (const number of numbers(1, 4)) {
      await box.drain(10 * 60);
      await box.take(message('B', number));
    }
    await box.drain(60);
    expect(await taken(box)).toEqual(['B1', 'B2', 'B3', 'B4']);
    await box.drain(3 * HOUR);
    expect(await taken(box)).toEqual(['B1', 'B2', 'B3', 'B4', 'A2', 'A3']);
    expect(await deadLetters(box)).toEqual([]);
    expect(
      (await box.arrivals('alert')).filter(
        ({ body }) => body.title === 'Signalbox: destination forward refuses a callback',
      ),
    ).toHaveLength(1);
    await box.drain(2.9 * 24 * HOUR);
    expect(await deadLetters(box)).toMatchObject([
      { code: 'destination_unavailable', reason: 'destination forward: answered 400' },
    ]);
    expect(box.line.waiting()).toEqual([]);
  });

  test('keep their order while the destination refuses everything, for hours', async () => {
    const box = await openOrdered();
    const since = Date.now();
    refusing(() => Date.now() < since + 5 * HOUR * 1000);
    for (const number of numbers(1, 3))
      for (const conversation of ['A', 'B']) await box.take(message(conversation, number));
    await box.drain(24 * HOUR);
    const ids = await taken(box);
    expect(ids.filter((id) => id.startsWith('A'))).toEqual(['A1', 'A2', 'A3']);
    expect(ids.filter((id) => id.startsWith('B'))).toEqual(['B1', 'B2', 'B3']);
  });

  test('keep their order when a destination that accepted some begins to refuse everything', async () => {
    const box = await openOrdered();
    const since = Date.now();
    refusing(
      (id) =>
        Date.now() < since + 5 * HOUR * 1000 && (id.startsWith('A') || Date.now() > since + 60_000),
    );
    for (const number of numbers(1, 2)) await box.take(message('A', number));
    await box.drain(30);
    await box.take(message('B', 1));
    await box.drain(60);
    for (const number of numbers(1, 6)) await box.take(message(`C${number}`, 1));
    await box.drain(24 * HOUR);
    const ids = await taken(box);
    expect(ids[0]).toBe('B1');
    expect(ids.filter((id) => id.startsWith('A'))).toEqual(['A1', 'A2']);
    expect(ids).toHaveLength(9);
  });

  test('that come twice, from Sinch and from the queue, go once and jam nothing', async () => {
    const box = await openOrdered();
    box.line.times = 2;
    for (const number of [1, 2, 1, 3, 2]) await box.take(message('A', number));
    box.line.times = 1;
    await box.drain(10 * 60);
    await box.take(message('A', 1));
    await box.take(message('A', 4));
    await box.drain(10 * 60);
    expect(await taken(box)).toEqual(['A1', 'A2', 'A3', 'A4']);
  });

  test.each([
    ['is dropped', '/v1/held/drop', { rule: 'crm' }],
    ['’s person is erased', '/v1/erase', { channel: 'SMS', identity: '46701740699' }],
  ])('wait for one that is held, in its place, and go when it %s', async (_, path, which) => {
    const box = await openOrdered('{{conversation_id}}', { budget: { count: 1, within: '1h' } });
    await box.take(message('B', 1));
    await box.drain();
    await box.take(message('A', 1, '46701740699'));
    await box.drain(HOUR);
    await box.take(message('A', 2));
    await box.drain(60);
    expect(await taken(box)).toEqual(['B1']);
    const answer = await box.ask(path, {
      method: 'POST',
      body: JSON.stringify({ ...which, actor: 'ines', reason: 'w' }),
    });
    expect(answer.status, await answer.text()).toBe(200);
    await box.drain(1_000);
    expect(await taken(box)).toEqual(['B1', 'A2']);
  });

  test('go in order when a paused destination is resumed, the one that met 410 first', async () => {
    const box = await openOrdered();
    await box.faults({ kind: 'forward', answers: [410] });
    for (const number of numbers(1, 4)) {
      await box.take(message('A', number));
      await box.drain(10);
    }
    expect(await taken(box)).toEqual([]);
    shuffle(box, 7);
    await endPause(box, 'destination', 'forward');
    await box.drain(600);
    expect(await taken(box)).toEqual(['A1', 'A2', 'A3', 'A4']);
  });

  test('do not wait for ever for one that was never queued', async () => {
    const box = await openOrdered();
    const { objects, dataKey } = open(box.bindings);
    await objects.fifo.join(await dataKey.hash('forward\nA'), 'never queued', Date.now());
    await box.take(message('A', 1));
    await box.drain(5 * HOUR);
    expect(await taken(box)).toEqual([]);
    await box.drain(2 * HOUR);
    expect(await taken(box)).toEqual(['A1']);
  });

  test('to a receiver that is down for a week are dead letters, each and all, and none waits longer', async () => {
    const box = await openOrdered();
    failing('A', () => true);
    for (const number of numbers(1, 2)) await box.take(message('A', number));
    await box.drain(8 * 24 * HOUR);
    expect(await deadLetters(box)).toMatchObject(
      Array(2).fill({ code: 'destination_unavailable' }),
    );
    expect(box.line.waiting()).toEqual([]);
  });
});

describe('an ordering key, when it is checked', () => {
  const findings = (key: string, on: readonly string[]) =>
    compile(
      {
        rules: {
          'crm.json': {
            ...{ name: 'crm', why: 'to try it', owner: 'tests', on },
            when: { fact: 'trigger', operator: 'present' },
            then: [{ action: 'forward', params: { to: 'forward', ordering_key: key } }],
          },
        },
        ...{ lists: {}, conditions: {}, alerts: {} },
      },
      actions,
      'try',
    ).findings.map(({ severity, code, message }) => `${severity} ${code}: ${message}`);

  test.each([
    ['{{conversation_id}}', ['MESSAGE_INBOUND'], []],
    [
      '{{keyword}}',
      ['MESSAGE_INBOUND', 'CHANNEL_EVENT'],
      ['warning template-may-be-empty: {{keyword}} stays empty on CHANNEL_EVENT'],
    ],
    [
      '{{conversation}}',
      ['MESSAGE_INBOUND'],
      ['error unknown-fact: {{conversation}}: no fact is called "conversation"'],
    ],
  ])('%s on %j: %j', (key, on, expected) => expect(findings(key, on)).toEqual(expected));
});

describe('a callback that cannot draw its place', () => {
  test('is taken again later, and nothing of it is lost', async () => {
    const box = openBox();
    let dead = true;
    box.bindings.FIFO = new Proxy(box.bindings.FIFO, {
      get: (lines, name) =>
        name === 'getByName' && dead
          ? () => ({ draw: () => Promise.reject(new Error('dead')) })
          : Reflect.get(lines, name).bind(lines),
    });
    await openOrdered('{{conversation_id}}', {}, box);
    expect(await box.take(message('A', 1))).toMatchObject({ deferred: 'bug' });
    dead = false;
    await box.drain(60);
    expect(await taken(box)).toEqual(['A1']);
  });
});

test.each([
  ['no ordering key', null],
  ['one whose facts are missing', '{{contact_id}}'],
  ['one of blanks', ' {{contact_id}} '],
])('with %s nothing waits for anything', async (_, key) => {
  const box = await openOrdered(key);
  await box.faults({ kind: 'forward', answers: [503] });
  await box.take(message('A', 1));
  await box.take(message('A', 2));
  await box.drain(1);
  expect(await taken(box)).toEqual(['A2']);
  expect(keysSent()).toEqual([]);
});
