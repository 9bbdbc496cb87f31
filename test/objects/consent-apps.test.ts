import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type ConsentEvent,
  consentStateOf,
  refusalOf,
  SCOPES,
  scopesFor,
} from '../../src/objects/recipients/consent.ts';

const at = (minute: number, more: Partial<ConsentEvent>): ConsentEvent => ({
  at: minute * 60_000,
  scope: 'all',
  to: 'out',
  source: 'keyword',
  ...more,
});
const stopped = (history: readonly ConsentEvent[], app?: string): boolean =>
  scopesFor(consentStateOf(history), app).all;

describe('a STOP', () => {
  test('applies to all apps, and a START only to the app it was sent to', () => {
    const history = [at(1, { app: 'A' }), at(2, { to: 'in', app: 'B' })];
    expect(['A', 'B', 'C'].map((app) => stopped(history, app))).toEqual([true, false, true]);
    expect(consentStateOf(history)).toMatchObject({
      suppressed: true,
      apps: { A: { all: true }, B: { all: false } },
      others: { all: true },
    });
  });

  test('is over for a query without an app when every app with a record allows', () => {
    const history = [
      at(1, { app: 'A' }),
      at(2, { to: 'in', app: 'B' }),
      at(3, { to: 'in', app: 'A' }),
    ];
    expect(stopped(history)).toBe(false);
    expect(consentStateOf(history)).toMatchObject({ suppressed: false });
    expect(consentStateOf(history)).not.toHaveProperty('since');
  });

  test('counts again for an app that a START had lifted', () => {
    const history = [at(1, { app: 'A' }), at(2, { to: 'in', app: 'B' }), at(3, { app: 'A' })];
    expect(stopped(history, 'B')).toBe(true);
  });

  test('that names no app is lifted for an app by a START to it, and wholly by one that names none', () => {
    const history = [at(1, {}), at(2, { to: 'in', app: 'A' })];
    expect([stopped(history, 'A'), stopped(history, 'B'), stopped(history)]).toEqual([
      false,
      true,
      true,
    ]);
    const free = [...history, at(3, { to: 'in' })];
    expect([stopped(free, 'A'), stopped(free, 'B'), stopped(free)]).toEqual([false, false, false]);
  });

  test('of an app is not lifted by a START that names no app', () => {
    expect(stopped([at(1, { app: 'A' }), at(2, { to: 'in' })], 'A')).toBe(true);
  });

  test('is lifted for all apps by hand, and for one app where the operator names it', () => {
    const out = at(1, { app: 'A' });
    expect(stopped([out, at(2, { to: 'in', source: 'hand' })], 'C')).toBe(false);
    const one = [out, at(2, { to: 'in', source: 'hand', app: 'C' })];
    expect([stopped(one, 'C'), stopped(one, 'A')]).toEqual([false, true]);
  });

  test('that reaches one app leaves the others', () => {
    const history = [at(1, { app: 'A', reach: 'app' })];
    expect(['A', 'B'].map((app) => stopped(history, app))).toEqual([true, false]);
    expect(stopped([...history, at(2, { to: 'in', app: 'B' })], 'A')).toBe(true);
    expect(stopped([...history, at(2, { to: 'in', app: 'A' })], 'A')).toBe(false);
  });
});

describe('an open review', () => {
  const hold = at(1, { to: 'hold', scope: 'marketing', app: 'A' });

  test('forbids marketing of every app and nothing else, until it is decided', () => {
    const open = consentStateOf([hold]);
    expect(refusalOf(open, 'marketing', 'B')).toBe('review');
    expect(refusalOf(open, 'notification', 'A')).toBeUndefined();
    expect(open).toMatchObject({ suppressed: false, reviewSince: 60_000, apps: {} });
    const decided = consentStateOf([{ ...hold, undone: 'ada: no STOP' }]);
    expect(refusalOf(decided, 'marketing', 'A')).toBeUndefined();
  });

  test('stays open when the person writes START', () => {
    const state = consentStateOf([hold, at(2, { to: 'in', app: 'A' })]);
    expect(refusalOf(state, 'marketing', 'A')).toBe('review');
  });
});

const anyEvent: fc.Arbitrary<ConsentEvent> = fc.record(
  {
    at: fc.integer({ min: 1, max: 8 }),
    scope: fc.constantFrom(...SCOPES),
    to: fc.constantFrom('out', 'in'),
    source: fc.constantFrom('keyword', 'import', 'hand'),
    app: fc.constantFrom('A', 'B', ''),
  },
  { requiredKeys: ['at', 'scope', 'to', 'source'] },
);
const histories = fc.array(anyEvent, { maxLength: 10 });

describe('any history', () => {
  test('comes to the same in every order of arrival', () => {
    fc.assert(
      fc.property(histories, (history) => {
        const { apps, ...state } = consentStateOf(history);
        const reversed = consentStateOf(history.toReversed());
        expect(reversed).toMatchObject({ ...state, apps });
      }),
    );
  });

  test('allows an app no less after one more START to it, and another app no more', () => {
    fc.assert(
      fc.property(histories, (history) => {
        const before = consentStateOf(history);
        const after = consentStateOf([...history, at(1, { to: 'in', app: 'A' })]);
        for (const scope of SCOPES) {
          expect(Number(scopesFor(after, 'A')[scope])).toBeLessThanOrEqual(
            Number(scopesFor(before, 'A')[scope]),
          );
          expect(scopesFor(after, 'B')[scope]).toBe(scopesFor(before, 'B')[scope]);
        }
      }),
    );
  });

  test('refuses without an app what it refuses to any app with a record', () => {
    fc.assert(
      fc.property(histories, (history) => {
        const state = consentStateOf(history);
        for (const scope of SCOPES)
          expect(state.scopes[scope]).toBe(Object.values(state.apps).some((one) => one[scope]));
      }),
    );
  });
});
