import { describe, expect, test } from 'vitest';
import { raise, settle } from '../../../src/objects/alerts/alert-changes.ts';
import type { Group } from '../../../src/objects/alerts/alert-state.ts';
import { forget } from '../../../src/objects/alerts/erase-people.ts';

const NUMBER = '46701740605';

/** A group that three alerts of three rules came to: of nobody, of one person, of another. */
function grouped(): Group {
  let group: Group | undefined;
  for (const [rule, people, title] of [
    ['a', [], 'a sender is slow'],
    ['b', ['P1', 'C1'], `${NUMBER} says no`],
    ['c', ['P2'], 'somebody else'],
  ] as const) {
    const member = {
      ...{
        rule,
        people,
        title,
        owner: 'ops',
        severity: 'high' as const,
        app_id: 'A',
        channel: 'SMS',
        labels: {},
      },
      ...{
        text: title,
        sentence: '',
        why: '',
        facts: { identity: title },
        callbackId: 'D',
        resolvable: false,
      },
    };
    const timing = { wait: 0, interval: 1_000, repeat: null, quiet: null, once: false };
    group = raise(
      group,
      { key: rule, id: 'g', route: 'r', reason: '', group: {}, timing, member, at: 1 },
      1,
    );
  }
  if (!group) throw new Error('nothing was raised');
  return settle(group, { to: ['ops', 'pager'], muted: {}, incidents: [] }, 2);
}

describe('forgetting people in a group of alerts', () => {
  test.each([
    ['P1'],
    ['C1'],
  ])('takes out by %s what names them, wherever it is kept, and says how much', (mark) => {
    const before = grouped();
    const { group, removed } = forget(before, new Set([mark]));
    expect(JSON.stringify(before)).toContain(NUMBER);
    expect(JSON.stringify(group)).not.toContain(NUMBER);
    expect(removed).toBeGreaterThanOrEqual(4);
    const at = JSON.stringify(['b', 'A', 'SMS']);
    expect(group.members[at]).toMatchObject({
      title: 'about a person whose data was erased',
      text: '',
      facts: {},
      count: 1,
    });
    expect(JSON.stringify(group)).toContain('somebody else');
    expect(group.members[JSON.stringify(['c', 'A', 'SMS'])]).toEqual(
      before.members[JSON.stringify(['c', 'A', 'SMS'])],
    );
    expect(forget(group, new Set([mark])).removed).toBe(0);
  });

  test('takes out the subject that a member is kept under, and the group’s', () => {
    const [about, rule] = ['01CONTACT', 'contact-merged'];
    const member = { rule, about, people: ['P1'], title: 'merged', owner: 'ops', text: '' };
    const rest = { severity: 'low' as const, app_id: 'A', channel: '', labels: {}, sentence: '' };
    const more = { why: '', facts: {}, callbackId: 'D', resolvable: false };
    const timing = { wait: 0, interval: 1_000, repeat: null, quiet: null, once: false };
    const group = raise(
      undefined,
      {
        ...{ key: 'k', id: 'g', route: 'r', reason: '', group: { about, rule }, timing, at: 1 },
        member: { ...member, ...rest, ...more },
      },
      1,
    );
    expect(JSON.stringify(group)).toContain(about);
    expect(JSON.stringify(forget(group, new Set(['P1'])).group)).not.toContain(about);
  });

  test('leaves a group as it is that names none of them', () => {
    const before = grouped();
    expect(forget(before, new Set(['P9']))).toEqual({ group: before, removed: 0 });
  });
});
