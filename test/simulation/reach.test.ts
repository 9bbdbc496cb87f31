import { describe, expect, test } from 'vitest';
import type { Observed, ObservedCallback } from './oracle/observed.ts';
import { reach } from './oracle/reach.ts';

const PERSON = { channel: 'SMS', number: '46701740600', app: 'APP' };

/** An answer to a capability check, sent at the time of its event. Times are milliseconds. */
function answer(id: string, status: string, eventAt: number, takenAt: number): ObservedCallback {
  const told = {
    ...({ trigger: 'CAPABILITY', mode: 'DISPATCH', eventAt, id, ...PERSON, status } as const),
    ...{ contactId: '', text: '', conversation: '', reason: '', metadata: '', also: '', url: '' },
  };
  const taken = { sentAt: eventAt, at: takenAt, status: 200, id, fired: [] };
  return {
    ...{ name: `answer-${id}`, told, eventAt, body: '', firstAt: eventAt, state: 'taken' },
    answers: [{ ...taken, isDeferred: false, isQuarantined: false }],
  };
}

/** What the invariant says where the Worker shows `status` after these answers. */
const faults = (status: string, callbacks: readonly ObservedCallback[]): readonly string[] =>
  reach.check({
    ...{ reached: [], called: [], isLossy: false, callbacks },
    recipients: new Map([
      [
        `${PERSON.channel}/${PERSON.number}`,
        { capability: [{ channel: PERSON.channel, app_id: PERSON.app, status, at: '' }] },
      ],
    ]),
    // The part of a run that this invariant reads.
  } as unknown as Observed);

describe('the newest answer about a person', () => {
  const full = answer('A', 'CAPABILITY_FULL', 60_000, 60_500);

  test('counts', () => {
    const callbacks = [full, answer('B', 'NO_CAPABILITY', 120_000, 120_500)];
    expect(faults('NO_CAPABILITY', callbacks)).toEqual([]);
    expect(faults('CAPABILITY_FULL', callbacks)).toHaveLength(1);
  });

  test('counts by its first time where one request is answered twice the same', () => {
    const callbacks = [
      full,
      answer('B', 'NO_CAPABILITY', 10_000, 10_500),
      answer('B', 'NO_CAPABILITY', 120_000, 120_500),
    ];
    expect(faults('CAPABILITY_FULL', callbacks)).toEqual([]);
    expect(faults('NO_CAPABILITY', callbacks)).toHaveLength(1);
  });

  test('counts by either time where it cannot be known which of the two took effect first', () => {
    const callbacks = [
      full,
      answer('B', 'NO_CAPABILITY', 10_000, 120_200),
      answer('B', 'NO_CAPABILITY', 120_000, 120_100),
    ];
    expect(faults('CAPABILITY_FULL', callbacks)).toEqual([]);
    expect(faults('NO_CAPABILITY', callbacks)).toEqual([]);
    expect(faults('CAPABILITY_PARTIAL', callbacks)).toHaveLength(1);
  });

  test('is another one where one request is answered twice and not the same', () => {
    const callbacks = [
      answer('B', 'NO_CAPABILITY', 10_000, 10_500),
      answer('B', 'CAPABILITY_FULL', 120_000, 120_500),
    ];
    expect(faults('CAPABILITY_FULL', callbacks)).toEqual([]);
    expect(faults('NO_CAPABILITY', callbacks)).toHaveLength(1);
  });
});
