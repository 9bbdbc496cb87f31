import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { end, type Raised, raise, settle } from '../../../src/objects/alerts/alert-changes.ts';
import { applyResult, leaseDue } from '../../../src/objects/alerts/alert-delivery.ts';
import { type Group, nextAt, traced } from '../../../src/objects/alerts/alert-state.ts';

const NOW = 1_800_000_000_000;
const HOUR = 3_600_000;

const raised = (
  index: number,
  changes: Partial<Raised['member']> = {},
  at = NOW + index,
): Raised => ({
  ...{ key: `key-${index}`, id: 'group', route: 'default', reason: 'a test', group: {}, at },
  timing: { wait: 30_000, interval: 300_000, repeat: 4 * HOUR, quiet: 6 * HOUR, once: false },
  member: {
    ...{
      rule: 'failed',
      owner: 'tests',
      severity: 'high',
      app_id: 'a',
      channel: 'SMS',
      labels: {},
      resolvable: false,
    },
    ...{
      title: 'It fails',
      text: '',
      sentence: '',
      why: '',
      facts: {},
      callbackId: `callback-${index}`,
    },
    ...changes,
  },
});
const raiseAll = (all: readonly Raised[], now = NOW): Group =>
  all.reduce<Group | undefined>((group, one) => raise(group, one, now), undefined) ??
  expect.fail('nothing was raised');
const standing = { to: ['ops'], muted: {}, incidents: [] };

/** Lives on for a while: whatever is due is told and taken. Answers the messages. */
function live(start: Group, until: number): { group: Group; told: string[] } {
  let group = start;
  const told: string[] = [];
  for (let step = 0; step < 1_000; step++) {
    const next = nextAt(group);
    if (next === undefined || next > until) break;
    const taken = leaseDue(settle(group, standing, next), next);
    group = taken.group;
    for (const order of taken.due) {
      told.push(`${order.kind} ${order.notification.count} ${order.notification.main.severity}`);
      group = applyResult(group, order, { kind: 'sent', message: 'ok' }, undefined, next).group;
    }
  }
  return { group, told };
}

const severities = fc.constantFrom('critical', 'high', 'low') as fc.Arbitrary<
  'critical' | 'high' | 'low'
>;
const burst = fc.array(
  fc.record({
    rule: fc.constantFrom('one', 'two'),
    app_id: fc.constantFrom('a', 'b'),
    severity: severities,
  }),
  { minLength: 1, maxLength: 30 },
);

describe('a burst', () => {
  test('comes to the same group in whatever order it arrives', () => {
    fc.assert(
      fc.property(burst, fc.infiniteStream(fc.nat()), (changes, numbers) => {
        const all = changes.map((change, index) => raised(index, change));
        const order = all
          .map((one) => ({ one, place: numbers.next().value }))
          .toSorted((a, b) => a.place - b.place);
        const bare = ({ members, count, firstAt, lastAt }: Group) => ({
          members,
          count,
          firstAt,
          lastAt,
        });
        expect(bare(raiseAll(order.map(({ one }) => one)))).toEqual(bare(raiseAll(all)));
      }),
    );
  });

  test('is told once, repeated every four hours, and over after six', () => {
    fc.assert(
      fc.property(burst, (changes) => {
        const group = raiseAll(changes.map((change, index) => raised(index, change)));
        const { told, group: after } = live(group, NOW + 48 * HOUR);
        expect(told.map((line) => line.split(' ')[0])).toEqual(['first', 'repeat', 'resolved']);
        expect(new Set(told.map((line) => line.split(' ')[1]))).toEqual(
          new Set([String(changes.length)]),
        );
        expect(nextAt(after)).toBeUndefined();
      }),
    );
  });
});

describe('an end', () => {
  const ending = { rule: 'failed', app_id: 'a', channel: 'SMS', actor: 'mended' };

  test('counts only for what happened before it', () => {
    const group = raiseAll([raised(5)]);
    expect(end(group, { ...ending, at: NOW + 4 }, NOW).phase).toBe('firing');
    expect(end(group, { ...ending, at: NOW + 5 }, NOW).phase).toBe('resolved');
  });

  test('of one rule leaves the others, and the last one ends the group', () => {
    const both = raiseAll([raised(1), raised(2, { rule: 'other' })]);
    const one = end(both, { ...ending, at: NOW + 9 }, NOW);
    expect([one.phase, Object.keys(one.members).length]).toEqual(['firing', 1]);
    expect(end(one, { ...ending, rule: 'other', at: NOW + 9 }, NOW).phase).toBe('resolved');
  });

  test('that comes late is told if the alert lasted longer than its group waits', () => {
    const group = end(raiseAll([raised(1)]), { ...ending, at: NOW + 30_001 }, NOW + 10);
    expect(live(group, NOW + HOUR).told).toEqual(['resolved 1 high']);
    const { deliveries } = settle(group, standing, NOW + 10);
    expect(deliveries.ops?.notification).toMatchObject({ firstAt: NOW + 1, endedAt: NOW + 30_001 });
  });

  test('of a muted alert is told to nobody', () => {
    const group = end(raiseAll([raised(1)]), { ...ending, at: NOW + 40_000 }, NOW + 10);
    const [key = ''] = Object.keys(group.members);
    const muted = { ...standing, muted: { [key]: 'silenced' } };
    expect(settle(group, muted, NOW + 10).deliveries).toEqual({});
  });

  test('before anybody was told is told to nobody', () => {
    const group = end(raiseAll([raised(1)]), { ...ending, at: NOW + 9 }, NOW + 10);
    expect(live(group, NOW + HOUR).told).toEqual([]);
  });

  test('that is processed first is sent once, as resolved, where the alert lasted longer than its wait', () => {
    const [at, wait] = [NOW - HOUR, 30_000];
    const group = raiseAll([raised(1, {}, at)]);
    const brief = end(group, { ...ending, at: at + wait - 1 }, NOW);
    expect(live(brief, NOW + HOUR).told).toEqual([]);
    const long = end(group, { ...ending, at: at + wait }, NOW);
    expect(live(long, NOW + HOUR).told).toEqual(['resolved 1 high']);
  });

  test('that comes when the first notification is due, and not sent, is sent instead', () => {
    const urgent = raised(1);
    const group = raiseAll([{ ...urgent, timing: { ...urgent.timing, wait: 0 } }]);
    const ended = end(group, { ...ending, at: NOW + 9 }, NOW + 10);
    expect(live(ended, NOW + HOUR).told).toEqual(['resolved 1 high']);
  });

  test('of an alert that is muted is sent to nobody', () => {
    const urgent = raised(1);
    const group = raiseAll([{ ...urgent, timing: { ...urgent.timing, wait: 0 } }]);
    const ended = end(group, { ...ending, at: NOW + 9 }, NOW + 10);
    const muted = Object.fromEntries(Object.keys(group.members).map((key) => [key, 'silenced']));
    const settled = settle(ended, { ...standing, muted }, NOW + 10);
    expect(leaseDue(settled, NOW + 10).due).toEqual([]);
  });
});

describe('a destination that fails for good', () => {
  test('gives way to its fallback, and that to its own, never in a circle', () => {
    const started = leaseDue(
      settle(raiseAll([raised(1)]), standing, NOW + 30_000),
      NOW + 30_000,
    ).group;
    const refused = { kind: 'refused', message: 'answered 410' } as const;
    const second = applyResult(started, { to: 'ops', seq: 1 }, refused, 'night', NOW + 30_001);
    expect([second.gaveUp, Object.keys(second.group.deliveries)]).toEqual([true, ['night']]);
    const third = applyResult(second.group, { to: 'night', seq: 1 }, refused, 'ops', NOW + 30_002);
    expect([third.gaveUp, Object.keys(third.group.deliveries)]).toEqual([true, []]);
    expect(third.group.trail.at(-1)?.message).toBe(
      'night: answered 410; given up after one attempt, there is no fallback',
    );
  });
});

describe('a trail', () => {
  test('says nothing twice in a row, and keeps its beginning and its newest lines', () => {
    let group = raiseAll([raised(1)]);
    for (let line = 0; line < 1_000; line++)
      group = traced(traced(group, line, 'x', `line ${line}`), line, 'x', `line ${line}`);
    expect(group.trail).toHaveLength(200);
    expect(group.trail[0]?.event).toBe('raised');
    expect(group.trail.at(-1)?.message).toBe('line 999');
  });
});

describe('a newer notification that replaces one on its way', () => {
  const sent = { kind: 'sent', message: 'ok' } as const;

  const START = NOW + 60_000;

  /** An alert is on its way when a second one is added, and its message replaces the first. */
  function replaced() {
    const first = leaseDue(settle(raiseAll([raised(1)]), standing, START), START);
    const later = raise(first.group, raised(2, { rule: 'other' }, START + 1), START + 1);
    return { orders: first.due, group: settle(later, standing, NOW + HOUR) };
  }

  test('is due at once when that one has arrived', () => {
    const { orders, group } = replaced();
    const [order] = orders;
    expect(order?.seq).toBeLessThan(group.deliveries.ops?.seq ?? 0);
    const after = applyResult(group, order ?? expect.fail(), sent, undefined, NOW + HOUR).group;
    expect(leaseDue(after, NOW + HOUR).due).toHaveLength(1);
  });

  test('is not sent twice when it is on its way itself', () => {
    const { orders, group } = replaced();
    const leased = leaseDue(group, NOW + HOUR);
    expect(leased.due).toHaveLength(1);
    const after = applyResult(
      leased.group,
      orders[0] ?? expect.fail(),
      sent,
      undefined,
      NOW + HOUR,
    );
    expect(leaseDue(after.group, NOW + HOUR + 1).due).toEqual([]);
  });
});
