import { describe, expect, test } from 'vitest';
import {
  type Counted,
  countedOf,
  isFailed,
  type Lineage,
  packCounted,
  packLineage,
  shareOf,
  unpackCounted,
  unpackLineage,
} from '../../../src/objects/messages/stored-lineage.ts';

const status = (name: string, over: object = {}): Lineage['statuses'][number] => ({
  messageId: 'm1',
  callbackId: `c-${name}`,
  status: name,
  at: 2_000,
  ...over,
});
const full: Lineage = {
  since: 1_000,
  submission: { at: 1_000, appId: 'app', channel: 'SMS' },
  submitted: { person: 'p', until: 9_000 },
  batchId: 'b1',
  attempts: [{ n: 1, state: 'sent', messageId: 'm2', at: 3_000 }],
  statuses: [
    status('FAILED', { reasonCode: 'RATE_LIMITED', appId: 'app', channel: 'SMS' }),
    // What is unlike the submission is kept.
    status('DELIVERED', { messageId: 'm2', appId: 'other', channel: 'RCS', seconds: 4 }),
    status('READ', { seconds: 0 }),
  ],
};
const bare: Lineage = { since: 1, statuses: [status('QUEUED_ON_CHANNEL')], attempts: [] };
const alias: Lineage = { ...bare, alias: { root: 'm0', attempt: 2 } };

describe('the stored form of a lineage', () => {
  test.each([
    ['all of it', full],
    ['what a late report tells', bare],
    ['one that was sent in place of another', alias],
    ['an app and a channel without a submission', { ...full, submission: undefined }],
  ])('holds %s', (_, lineage) => {
    expect(unpackLineage('m1', packLineage('m1', lineage))).toEqual(lineage);
  });

  test('repeats neither the id, the app nor the channel, and has no empty lists', () => {
    const like: Lineage = {
      ...bare,
      submission: full.submission,
      statuses: [status('FAILED', { appId: 'app', channel: 'SMS' })],
    };
    const packed = packLineage('m1', like);
    expect(packed).not.toContain('m1');
    expect([packed.split('app').length, packed.split('SMS').length]).toEqual([2, 2]);
    expect(packed).not.toContain('[]');
  });
});

describe('what is counted of a lineage', () => {
  const stored = (counted: Counted, beside: Lineage): Counted =>
    unpackCounted(packCounted(counted, beside), beside);

  test.each([full, bare, alias])('is stored beside it', (lineage) => {
    const counted = countedOf(lineage);
    expect(stored(counted, lineage)).toEqual(counted);
  });

  test('is stored when the lineage has changed since', () => {
    const counted = countedOf(full);
    const changed = {
      ...full,
      submission: { at: 5, appId: 'x', channel: 'RCS' },
      batchId: 'b2',
    };
    expect(stored(counted, changed)).toEqual(counted);
    expect(stored(countedOf(bare), full)).toEqual(countedOf(bare));
  });

  test('is short where nothing has changed', () =>
    expect(packCounted(countedOf(full), full)).toBe('[3,1,1]'));

  test('is what was reported by then; of an alias nothing, since its root is counted', () => {
    const early: Counted = { ...countedOf(full), statuses: 1 };
    const names = ({ figures }: ReturnType<typeof shareOf>) =>
      figures.flatMap(({ counts }) => Object.keys(counts));
    expect(names(shareOf(full, early))).toEqual(['submitted', 'failed/RATE_LIMITED']);
    expect(names(shareOf(full, countedOf(full)))).toContain('reached');
    expect(shareOf(full, countedOf(full)).batchId).toBe('b1');
    expect(shareOf(alias, countedOf(alias))).toEqual({ figures: [] });
  });
});

test.each<[string, readonly string[], boolean]>([
  ['failed', ['FAILED'], true],
  ['was queued', ['QUEUED_ON_CHANNEL'], false],
  ['failed and was delivered', ['FAILED', 'DELIVERED'], false],
  ['was read and failed', ['READ', 'FAILED'], false],
  ['nobody reported of', [], false],
])('a message that %s', (_, names, failed) => {
  const statuses = names.map((name) => status(name));
  expect(isFailed({ ...bare, statuses })).toBe(failed);
  expect(isFailed({ ...alias, statuses })).toBe(false);
});
