import { expect, test } from 'vitest';
import { actions } from '../../src/actions/index.ts';
import { compile } from '../../src/rules/compile/compile.ts';

const findings = (action: string, params: object, on: string) => {
  const rule = {
    name: 'again',
    why: 'w',
    owner: 'o',
    on: [on],
    when: { fact: 'app_id', operator: 'equal', value: '01JAPP' },
    then: [{ action, params }],
  };
  const source = { rules: { 'again.json': rule }, lists: {}, conditions: {}, alerts: {} };
  const found = compile(source, actions, 'try').findings.filter(
    ({ severity }) => severity === 'error',
  );
  return found.map(({ path, message }) => `${path?.join('.')}: ${message}`);
};
const retry = (first_delay: string, within: string) =>
  findings('retry', { at_most: 1, first_delay, within }, 'MESSAGE_DELIVERY');

test.each([
  ['12h', '13h'],
  ['30s', '1m'],
])('a retry first after %s and within %s is what it says', (first, within) => {
  expect(retry(first, within)).toEqual([]);
});

test.each([
  ['a day', retry('1d', '3d'), /^then\.0\.params\.first_delay: .*at most "12h"/],
  [
    'a check in a day',
    findings('check_capability', { after: '1d' }, 'CAPABILITY'),
    /params\.after: .*at most "12h"/,
  ],
  [
    'longer than there is time for',
    retry('1h', '30m'),
    /^then\.0\.params\.within: .*not longer than "first_delay"/,
  ],
  [
    'as long as there is time for',
    retry('1h', '60m'),
    /^then\.0\.params\.within: .*would never be sent again/,
  ],
])('what could never wait as long as it says is refused: %s', (_, found, message) => {
  expect(found).toEqual([expect.stringMatching(message)]);
});
