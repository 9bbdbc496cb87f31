import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LIMITS, openKeptWindows } from '../../../src/rules/decide/kept-windows.ts';
import {
  addEntries,
  MAX_LATENESS,
  openWindow,
  type Terms,
  type Window,
} from '../../../src/rules/model/window.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const NOON = Date.parse('2026-11-20T12:00:00Z');
const terms: Terms = {
  within: 10 * MINUTE,
  cooldown: 10 * MINUTE,
  over: { kind: 'count', count: 3 },
};
const entry = (id: number, at: number) => ({ id: `callback-${id}`, at, hit: true });

/** Windows of a small memory, and how many were lost. */
function opened(limits: typeof LIMITS) {
  let lost = 0;
  const windows = openKeptWindows<string>(() => {
    lost += 1;
  }, limits);
  return {
    lost: () => lost,
    held: (name: string): number => windows.of(name, terms).window.events.length,
    put(name: string, id: number, at: number) {
      const { crossings } = addEntries(windows.of(name, terms).window, [entry(id, at)], terms);
      windows.tidy(at);
      return crossings;
    },
  };
}

describe('windows in memory', () => {
  test('that are over make room, and nothing is lost by that', () => {
    const { put, lost, held } = opened({ windows: 100, entries: 1_000 });
    for (let hour = 0; hour < 5_000; hour++) put(`group ${hour}`, hour, NOON + hour * 60 * MINUTE);
    expect(lost()).toBe(0);
    expect([held('group 0'), held('group 4999')]).toEqual([0, 1]);
  });

  test('that are too many lose the one that was asked for longest ago', () => {
    const { put, lost, held } = opened({ windows: 10, entries: 1_000 });
    for (let group = 0; group < 10; group++) put(`group ${group}`, group, NOON + group);
    put('group 0', 10, NOON + 10);
    expect(lost()).toBe(0);
    put('one more', 11, NOON + 11);
    expect(lost()).toBe(2);
    expect([held('group 0'), held('group 1'), held('group 2'), held('group 3')]).toEqual([
      2, 0, 0, 1,
    ]);
  });

  test('that hold too many callbacks together lose windows too, but never the one that counts', () => {
    const { put, lost, held } = opened({ windows: 100, entries: 50 });
    for (let id = 0; id < 30; id++) put('quiet', id, NOON + id);
    for (let id = 0; id < 200; id++) put('busy', id, NOON + 100 + id);
    expect(lost()).toBe(1);
    expect([held('quiet'), held('busy')]).toEqual([0, 200]);
  });

  test('whose cool-down lasts are kept until it is over', () => {
    const resting: Terms = {
      ...terms,
      cooldown: 24 * 60 * MINUTE,
      over: { kind: 'count', count: 1 },
    };
    const windows = openKeptWindows(() => {}, { windows: 10, entries: 100 });
    const firedAt = (hour: number) => {
      const at = NOON + hour * 60 * MINUTE;
      // As for a callback of another group.
      windows.tidy(at);
      const { crossings } = addEntries(
        windows.of('group', resting).window,
        [entry(hour, at)],
        resting,
      );
      return crossings.length > 0 ? [hour] : [];
    };
    expect([0, 5, 23, 24, 30, 49].flatMap(firedAt)).toEqual([0, 24, 49]);
  });

  test('fire as if nothing were ever let go, as long as there is room', () => {
    const callback = fc.record({
      group: fc.nat(30),
      after: fc.nat(20),
      late: fc.nat(MAX_LATENESS),
    });
    fc.assert(
      fc.property(fc.array(callback, { maxLength: 200 }), (callbacks) => {
        const { put, lost } = opened({ windows: 40, entries: 10_000 });
        const all = new Map<string, Window>();
        let clock = NOON;
        for (const [id, { group, after, late }] of callbacks.entries()) {
          clock += after * MINUTE;
          const [name, at] = [`group ${group}`, clock - late];
          const window = all.get(name) ?? openWindow();
          all.set(name, window);
          expect(put(name, id, at)).toEqual(addEntries(window, [entry(id, at)], terms).crossings);
        }
        expect(lost()).toBe(0);
      }),
    );
  });

  test('have room for the callbacks of one window many times over', () =>
    expect(LIMITS.entries).toBeGreaterThan(50_000));
});
