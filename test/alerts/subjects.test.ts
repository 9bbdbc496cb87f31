import { describe, expect, test } from 'vitest';
import { destinations } from '../../src/alerts/destinations/index.ts';
import { render } from '../../src/alerts/render.ts';
import { end, type Raised, raise } from '../../src/objects/alerts/alert-changes.ts';
import { type Group, notificationOf } from '../../src/objects/alerts/alert-state.ts';
import { reveal, TRIALS } from './destinations/trials.ts';

const NOW = Date.parse('2026-11-20T12:05:30Z');

/** An alert about a batch that finished. */
const finished = (batch: string, changes: Partial<Raised['member']> = {}): Raised => ({
  ...{ key: batch, id: 'G', route: 'default', reason: 'a test', group: {}, at: NOW },
  timing: { wait: 30_000, interval: 300_000, repeat: null, quiet: null, once: false },
  member: {
    ...{ rule: 'batch-finished', owner: 'ops', severity: 'low', app_id: 'a', channel: 'SMS' },
    ...{ labels: {}, resolvable: false, title: `Batch ${batch} is out`, text: 'All is well.' },
    ...{ about: batch, sentence: '', why: '', facts: { batch_id: batch }, callbackId: batch },
    ...changes,
  },
});

const groupOf = (all: readonly Raised[]): Group =>
  all.reduce<Group | undefined>((group, one, index) => raise(group, one, NOW + index), undefined) ??
  expect.fail('nothing was raised');

function messageOf(group: Group) {
  const content = notificationOf(Object.values(group.members), 'firing', group.dropped);
  if (!content) throw new Error('a group without members');
  return render(content, { id: 'G.1', alert: 'G', at: NOW, publicUrl: 'https://box.example.com' });
}

const batches = (count: number) =>
  Array.from({ length: count }, (_, index) => finished(`CAMPAIGN-${index}`));

describe.each(destinations.map((kind) => [kind.type, kind] as const))('%s', (type, kind) => {
  const shown = (group: Group): string =>
    kind
      .request(messageOf(group), { ...TRIALS[type]?.config }, reveal)
      .shows.join('\n')
      .replaceAll('\\', '');

  test('names every subject of a group', () => {
    const text = shown(groupOf(batches(5)));
    for (const { member } of batches(5)) expect(text).toContain(member.about);
  });

  test('counts the subjects that it does not name', () => {
    const text = shown(groupOf(batches(120)));
    const named = new Set(text.match(/CAMPAIGN-\d+/g)).size;
    const [, more] = /and (\d+) more/.exec(text) ?? [];
    expect(named + Number(more)).toBe(120);
  });

  test('names the subject where the texts leave it out', () => {
    const merged = { rule: 'contact-merged', title: 'Two contacts were merged', text: '' };
    const text = shown(groupOf([finished('01CONTACTA', merged), finished('01CONTACTB', merged)]));
    expect(text).toContain('01CONTACTA');
    expect(text).toContain('01CONTACTB');
  });
});

describe('a group of several subjects', () => {
  test('links to the page that shows them all', () => {
    expect(messageOf(groupOf(batches(3))).groupLink).toBe(
      'https://box.example.com/console/alerts/G',
    );
  });

  test('keeps a hundred names within what one row of storage holds', () => {
    const long = {
      text: 'x'.repeat(12_000),
      facts: { a: 'y'.repeat(12_000) },
      why: 'z'.repeat(5_000),
    };
    const group = groupOf(
      batches(150).map((one) => ({ ...one, member: { ...one.member, ...long } })),
    );
    expect([Object.keys(group.members).length, group.dropped]).toEqual([100, 50]);
    expect(JSON.stringify(group).length).toBeLessThan(500_000);
  });

  test('counts a second event of one subject under its name', () => {
    const group = groupOf([
      ...batches(2),
      { ...finished('CAMPAIGN-0'), key: 'again', at: NOW - 1 },
    ]);
    expect(Object.values(group.members).map(({ about, count }) => [about, count])).toEqual([
      ['CAMPAIGN-0', 2],
      ['CAMPAIGN-1', 1],
    ]);
    expect(messageOf(group).count).toBe(3);
  });

  test('is over when a rule resolves it, whatever the subjects', () => {
    const ending = { rule: 'batch-finished', app_id: 'a', channel: 'SMS', at: NOW, actor: 'reset' };
    expect(end(groupOf(batches(3)), ending, NOW + 9).phase).toBe('resolved');
  });
});
