import { expect, test } from 'vitest';
import { type AlertPreview, mismatchOf } from '../../src/pipeline/alert-preview.ts';

const route = (to: readonly string[], wait: number) => ({ to, timing: { wait } });

/** An alert to two destinations, of which one waits. */
const PREVIEW = {
  ...{ rule: 'red', severity: 'high', title: 'RED for app', text: 'The rating is RED.' },
  ...{ to: undefined, routes: [route(['ops'], 30_000), route(['pager', 'ops'], 0)] },
  // Only these fields are compared.
} as unknown as AlertPreview;

test.each([
  [{}, undefined],
  [{ to: ['pager', 'ops'] }, undefined],
  [{ to: 'ops' }, 'the alert goes to ops, pager, expected ops'],
  [{ to: ['ops', 'slack'] }, 'the alert goes to ops, pager, expected ops, slack'],
  [{ severity: 'high' }, undefined],
  [{ severity: 'low' }, 'the alert is high, expected low'],
  [{ title: 'RED for app' }, undefined],
  [{ title: 'RED' }, 'the title is “RED for app”, expected “RED”'],
  [{ text: 'rating is RED' }, undefined],
  [{ text: 'YELLOW' }, 'the text is “The rating is RED.”, expected “YELLOW” in it'],
  [{ after: '0s' }, undefined],
  [{ after: '30s' }, expect.stringMatching(/^the alert goes out after .*, expected 30 ?s/)],
] as const)('an alert that should be %j: %s', (expected, mismatch) => {
  expect(mismatchOf(PREVIEW, expected as Parameters<typeof mismatchOf>[1])).toEqual(mismatch);
});
