import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lineOf } from '../../src/imports/export-list.ts';
import { changesOf } from '../../src/imports/import-changes.ts';
import { type ReadLine, readList } from '../../src/imports/read-list.ts';
import { type ConsentEvent, consentStateOf, SCOPES } from '../../src/objects/recipients/consent.ts';

const NOW = Date.parse('2026-11-20T12:00:00Z');
const ORIGIN = { name: 'crm', actor: 'ada', reason: 'moved' };
const address = { channel: 'SMS', identity: '12025550142', appId: '' };

/** Few moments, so that ties are common; events that came from elsewhere, once or twice, and such that were undone. */
const anyEvent: fc.Arbitrary<ConsentEvent> = fc.record(
  {
    at: fc.integer({ min: 1, max: 6 }).map((minutes) => NOW - minutes * 60_000),
    scope: fc.constantFrom(...SCOPES),
    to: fc.constantFrom('out', 'in'),
    source: fc.constantFrom('keyword', 'opt', 'channel', 'hand', 'import'),
    hops: fc.integer({ min: 1, max: 3 }),
    undone: fc.constant('ada: a wrong rule'),
    words: fc.string({ maxLength: 20 }),
    evidence: fc.string({ maxLength: 20 }),
    callbackId: fc.constant('D1'),
    actor: fc.string({ maxLength: 20 }),
  },
  { requiredKeys: ['at', 'scope', 'to', 'source'] },
);
const anyHistory = fc.array(anyEvent, { minLength: 1, maxLength: 12 });

async function readAll(text: string, format: 'csv' | 'ndjson'): Promise<readonly ReadLine[]> {
  const read: ReadLine[] = [];
  for await (const line of readList(new Blob([text]).stream(), format, 1)) read.push(line);
  return read;
}

/** What a history becomes when it is exported and imported: each key once, as the store keeps it. */
async function moved(history: readonly ConsentEvent[]): Promise<readonly ConsentEvent[]> {
  const line = JSON.stringify(
    lineOf({ person: 'P', address, history, ...consentStateOf(history) }, 0),
  );
  const [read] = await readAll(line, 'ndjson');
  if (!read || !('entry' in read)) throw new Error(JSON.stringify(read));
  const taken = changesOf(read.entry, ORIGIN, NOW);
  if ('message' in taken) throw new Error(taken.message);
  expect(taken.address).toEqual(address);
  return [...new Map(taken.changes.toReversed().map(({ key, ...event }) => [key, event])).values()];
}

describe('an export that is imported elsewhere', () => {
  test('amounts to the same, and so does the export of that', async () => {
    await fc.assert(
      fc.asyncProperty(anyHistory, async (history) => {
        const once = await moved(history);
        expect(consentStateOf(once)).toEqual(consentStateOf(history));
        expect(consentStateOf(await moved(once))).toEqual(consentStateOf(history));
      }),
      { numRuns: 500 },
    );
  });

  test('goes on to amount to the same, whatever the person or a channel says then', async () => {
    const later = anyEvent
      .filter(({ source, undone }) => source !== 'hand' && undone === undefined)
      .map((event) => ({ ...event, hops: undefined }));
    await fc.assert(
      fc.asyncProperty(anyHistory, fc.array(later, { maxLength: 4 }), async (history, said) => {
        expect(consentStateOf([...(await moved(history)), ...said])).toEqual(
          consentStateOf([...history, ...said]),
        );
      }),
    );
  });

  test('lifts nothing here that is newer, and nothing that was set by hand', async () => {
    await fc.assert(
      fc.asyncProperty(anyHistory, anyEvent, async (history, one) => {
        const here: ConsentEvent = { ...one, to: 'out', hops: undefined, undone: undefined };
        const holds =
          here.source === 'hand' || history.every(({ at, to }) => to === 'out' || at <= here.at);
        const { scopes } = consentStateOf([...(await moved(history)), here]);
        if (holds) expect(scopes[here.scope]).toBe(true);
      }),
    );
  });

  test('keeps what proves it, and says who brought it here', async () => {
    const [change] = await moved([
      { at: NOW - 1, scope: 'all', to: 'out', source: 'hand', actor: 'bob', reason: 'he called' },
    ]);
    expect(change).toMatchObject({
      ...{ at: NOW - 1, source: 'hand', actor: 'bob', reason: 'he called' },
      ...{ hops: 1, imported: 'ada: moved (list crm)' },
    });
  });
});

describe('a line of a list', () => {
  const csv = async (...rows: string[]) => {
    const lines = rows.map((text) => `SMS,12025550142,${text}`);
    const header = 'channel,identity,to,scope,at,words,evidence';
    const read = await readAll([header, ...lines].join('\n'), 'csv');
    return read.map((one) => ('entry' in one ? changesOf(one.entry, ORIGIN, NOW) : one));
  };

  test('that opts in keeps when, and what proves it', async () => {
    expect(
      await csv('in,marketing,2024-05-01T10:00:00+02:00,yes please,form v3 at /signup'),
    ).toMatchObject([
      {
        allows: ['marketing'],
        changes: [
          {
            ...{
              scope: 'marketing',
              to: 'in',
              source: 'import',
              at: Date.parse('2024-05-01T08:00:00Z'),
            },
            ...{
              words: 'yes please',
              evidence: 'form v3 at /signup',
              actor: 'ada',
              reason: 'moved (list crm)',
            },
          },
        ],
      },
    ]);
  });

  test.each([
    ['in,all,,,form', 'at: is missing: an opt-in needs the time at which it was given'],
    ['in,all,2026-11-21,,form', 'at: is in the future'],
    [
      'in,all,2026-11-19,,',
      'evidence: is missing: an opt-in needs a proof, in evidence or in words',
    ],
    ['maybe,all,2026-11-19,,form', 'to: expected "out" or "in"'],
    ['in,all,03/04/2026,,form', 'at: expected a time like "2026-11-20T12:00:00Z"'],
    ['out,all,2026-13-45,,', 'at: expected a time like "2026-11-20T12:00:00Z"'],
    [`in,all,2026-11-19,,${'x'.repeat(501)}`, 'evidence: at most 500 characters'],
  ])('%s is refused', async (row, message) => {
    expect(await csv(row)).toMatchObject([{ message }]);
  });

  test.each([
    ['2026-01-02', '2026-01-02T00:00:00Z'],
    ['2026-01-02 03:04', '2026-01-02T03:04:00Z'],
    ['2026-01-02 03:04:05', '2026-01-02T03:04:05Z'],
    ['2026-01-02T03:04:05.678Z', '2026-01-02T03:04:05.678Z'],
    ['2026-01-02T03:04:05-05:00', '2026-01-02T08:04:05Z'],
    ['2030-01-01', '2026-11-20T12:00:00Z'],
  ])('says %s and means %s', async (said, meant) => {
    expect(await csv(`out,all,${said},,`)).toMatchObject([
      { changes: [{ at: Date.parse(meant) }] },
    ]);
  });
});

describe('a line of an export', () => {
  const line = async (more: object) => {
    const event = { at: '2026-11-20T10:00:00.000Z', scope: 'all', to: 'out', source: 'keyword' };
    const whole = {
      channel: 'SMS',
      identity: '12025550142',
      app_id: '',
      history: [event],
      ...more,
    };
    const [read] = await readAll(JSON.stringify(whole), 'ndjson');
    return read && 'entry' in read ? changesOf(read.entry, ORIGIN, NOW) : read;
  };
  const at = '2026-11-20T10:00:00.000Z';

  test.each<[string, object, string]>([
    [
      'whose person was erased',
      { channel: null, identity: null },
      'identity: is missing: this person’s data was erased',
    ],
    ['without an event', { history: [] }, 'history: must not be empty'],
    [
      'of an unknown source',
      { history: [{ at, scope: 'all', to: 'in', source: 'x' }] },
      'is no source of consent',
    ],
    [
      'that opts in tomorrow',
      { history: [{ at: '2026-11-21T10:00:00.000Z', scope: 'all', to: 'in', source: 'opt' }] },
      'history.0.at: is in the future',
    ],
    [
      'with what no event has',
      { history: [{ at, scope: 'all', to: 'in', source: 'opt', x: 1 }] },
      'history.0.x: is not known here',
    ],
    [
      'of an app’s own channel without the app',
      { channel: 'LINE', app_id: null },
      'app_id: is missing',
    ],
  ])('%s is refused', async (_, more, message) => {
    expect(await line(more)).toMatchObject({ message: expect.stringContaining(message) });
  });

  test('that is far too long is refused as that', async () => {
    const [read] = await readAll(`${'\n'.repeat(6)}${'x'.repeat(1_000_001)}`, 'ndjson');
    expect(read).toMatchObject({ line: 7, message: 'is longer than 1000000 characters' });
  });
});
