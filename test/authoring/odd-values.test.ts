import { expect, test } from 'vitest';
import { checkFiles, doubtsOf } from '../../src/authoring/check-files.ts';
import { readJsonBytes } from '../../src/authoring/json-source.ts';
import { sortFiles } from '../../src/authoring/rule-files.ts';

const rule = (changes: object) =>
  JSON.stringify({
    name: 'odd',
    why: 'Odd values.',
    owner: 'tests',
    on: ['MESSAGE_INBOUND'],
    when: { fact: 'keyword', operator: 'equal', value: 'STOP' },
    then: [{ action: 'ignore' }],
    ...changes,
  });
const list = (values: unknown) => JSON.stringify({ name: 'failure-content', why: 'Odd.', values });

test.each([
  [
    'the name of a list is an object',
    'odd.json',
    rule({ when: { fact: 'keyword', operator: 'in', value: { list: {} } } }),
  ],
  ['a value of a list is an object', 'lists/failure-content.json', list([{}])],
  ['a value of a list is a list', 'lists/failure-content.json', list([[{}], 1])],
  ['a label is an object', 'odd.json', rule({ labels: { team: {} } })],
  ['a trigger is an object', 'odd.json', rule({ on: [{}] })],
])('check reports a file in which %s, and does not throw', async (_, name, text) => {
  const alerts = JSON.stringify({
    destinations: { ops: { type: 'webhook', url: { secret: 'DEST_OPS' } } },
    default: 'ops',
    routes: [{ match: { labels: { team: 'a' } }, to: 'ops' }],
  });
  const files = [
    [name, text],
    ['alerts.json', alerts],
  ].map(
    ([file = '', content = '']) =>
      [file, readJsonBytes(file, new TextEncoder().encode(content))] as const,
  );
  const sorted = sortFiles(new Map(files));
  const { rulebook, findings } = await checkFiles(sorted, new Map(), 0);
  await doubtsOf(sorted.source, rulebook);
  expect(
    findings.filter(({ severity, file }) => severity === 'error' && file === name),
  ).not.toEqual([]);
});
