import { expect } from 'vitest';
import { actions } from '../../../src/actions/index.ts';
import { analyse } from '../../../src/rules/check/index.ts';
import { compile } from '../../../src/rules/compile/compile.ts';
import type { FindingCode } from '../../../src/rules/model/finding-codes.ts';
import type { RulebookSource } from '../../../src/rules/model/rule.ts';
import { leaf, sources } from '../rulebook.ts';

export const ALERT = { action: 'alert', params: { severity: 'low', title: 'Look' } };
const EXAMPLES: readonly FindingCode[] = [
  'no-firing-example',
  'no-quiet-example',
  'undecided-condition',
  // Tests of other findings suppress without asking for the direction.
  'any-direction',
];

/** A rule on inbound messages that alerts. */
export const rule = (
  name: string,
  when: unknown,
  over: Record<string, unknown> = {},
): Record<string, unknown> => ({
  name,
  why: 'reason',
  owner: 'ops',
  on: ['MESSAGE_INBOUND'],
  when,
  then: [ALERT],
  ...over,
});

/** Everything found but what examples would prove: `file path code message`. */
export async function found(
  rules: readonly Record<string, unknown>[],
  rest: Partial<RulebookSource> = {},
  ignored: readonly FindingCode[] = EXAMPLES,
): Promise<string[]> {
  const source = sources(rules, rest);
  const { rulebook, findings } = compile(source, actions, 'v1');
  expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  return (await analyse(source, rulebook))
    .filter(({ code }) => !ignored.includes(code))
    .map(({ file, path, code, message }) => `${file} ${path.join('.')} ${code} ${message}`);
}

export const sms = leaf('channel', 'equal', 'SMS');
export const mms = leaf('channel', 'equal', 'MMS');
export const stop = leaf('keyword', 'equal', 'STOP');
export const young = leaf('age_seconds', 'lessThan', 60);

/** Only the places and codes of findings. */
export const places = async (...given: Parameters<typeof found>): Promise<string[]> =>
  (await found(...given)).map((line) => line.split(' ').slice(0, 3).join(' '));
