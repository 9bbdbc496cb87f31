import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readTemplate, render } from '../../../src/rules/model/template.ts';

const read = (text: string) => readTemplate(text, ['MESSAGE_INBOUND']);
/** A template with each fact shown as its name and path. */
const shown = (text: string): string =>
  render(read(text).template, ({ fact, path }) => [fact.name, ...(path ? [path] : [])].join(':'));

test.each([
  ['{{app_id}}', 'app_id'],
  ['{{ app_id }}: {{channel}}', 'app_id: channel'],
  ['{{payload.a.b}}', 'payload:a.b'],
  ['no fact, { one } brace, }} closed', 'no fact, { one } brace, }} closed'],
  ['line\n  {{app_id}}  \nline', 'line\n  app_id  \nline'],
  ['', ''],
])('%j is filled in as %j', (text, filled) => {
  expect(read(text).faults).toEqual([]);
  expect(shown(text)).toBe(filled);
});

test.each([
  ['{{#app_id}}', '"#app_id": only plain names like {{app_id}} are allowed in templates'],
  ['{{ & app_id }}', '"& app_id": only plain names like {{app_id}} are allowed in templates'],
  ['{{{app_id}}}', '"{app_id": only plain names like {{app_id}} are allowed in templates'],
  ['{{=<% %>=}}', '"=<% %>=": only plain names like {{app_id}} are allowed in templates'],
  ['{{app_id', '"{{app_id" is not closed: }} is missing'],
  ['{{app_id {{channel}}', '"{{app_id " is not closed: }} is missing'],
  ['{{}}', '{{}}: no fact is called ""'],
  ['{{nope}}', '{{nope}}: no fact is called "nope"'],
  ['{{nope|none}}', '{{nope}}: no fact is called "nope"'],
  ['{{|none}}', '{{}}: no fact is called ""'],
  ['{{metadata|none', '"{{metadata|none" is not closed: }} is missing'],
])('%j is refused: %s', (text, message) => {
  expect(read(text).faults.map((fault) => fault.message)).toEqual([message]);
});

test.each([
  ['{{metadata}}', undefined, ''],
  ['{{metadata|none}}', undefined, 'none'],
  ['{{ metadata | none given }}', undefined, 'none given'],
  ['{{metadata|a|b}}, {{metadata|}}.', undefined, 'a|b,.'],
  ['{{metadata|none}}', 'mine', 'mine'],
  ['{{payload.a.0|none}}', 0, '0'],
  ['{{payload.a|none}}', false, 'false'],
  ['{{payload.a|none}}', [], 'none'],
])('%j with %j is %j', (text, value, filled) => {
  const { template, faults } = read(text);
  expect(faults).toEqual([]);
  expect(render(template, () => value)).toBe(filled);
});

test.each([
  ['{{app_id}}[[, reason {{metadata}}]]', { app_id: 'A' }, 'A'],
  ['{{app_id}}[[, reason {{metadata}}]]', { app_id: 'A', metadata: 'm' }, 'A, reason m'],
  ['[[Told: {{metadata}} {{keyword}}.]] Look.', { keyword: 'STOP' }, 'Told: STOP. Look.'],
  ['[[Told: {{metadata}}. ]]Look.', {}, 'Look.'],
  ['Look.[[ Told: {{metadata}}.]]', {}, 'Look.'],
  ['[[{{metadata|none}} of {{keyword}}]]', {}, ''],
  ['[[{{metadata|none}} of {{keyword}}]]', { keyword: 'STOP' }, 'none of STOP'],
  ['{{metadata|}} {{app_id}} {{keyword|}} is', { app_id: 'A' }, 'A is'],
])('the parts of %j with %j become %j', (text, facts: Record<string, string>, filled) => {
  const { template, faults } = read(text);
  expect(faults).toEqual([]);
  expect(render(template, ({ fact }) => facts[fact.name])).toBe(filled);
});

test.each([
  ['Refused[[: {{channel}} {{metadata}}]]. Stop.', 'Refused: SMS. Stop.'],
  ['[[Reason {{channel}} {{metadata}}. ]]Stop.', 'Reason SMS. Stop.'],
  ['[[Reason {{metadata}} {{channel}}. ]]Stop.', 'Reason SMS. Stop.'],
  ['Hello {{metadata}}, hello', 'Hello, hello'],
  ['Bonjour {{metadata}} !', 'Bonjour !'],
  ['({{channel}} {{metadata}})', '(SMS)'],
  ['{{channel}} {{metadata}}', 'SMS'],
  ['{{channel}} . {{metadata|-}}.', 'SMS . -.'],
])('%j without metadata has no space too many: %j', (text, shows) => {
  const see = ({ fact }: { readonly fact: { readonly name: string } }) =>
    fact.name === 'channel' ? 'SMS' : undefined;
  expect(render(read(text).template, see)).toBe(shows);
});

test('a row of brackets is read at once', () => {
  expect(read(`${'[['.repeat(400_000)}{{app_id}}`).faults).toEqual([]);
  expect(read('[[{{app_id'.repeat(20_000)).faults).toHaveLength(20_000);
});

test('a text without two braces in a row stays as it is', () => {
  const text = fc.string().filter((some) => !some.includes('{{'));
  fc.assert(
    fc.property(text, (some) => {
      expect(shown(some)).toBe(some);
    }),
  );
});

test('a long row of braces is read at once', () => {
  expect(read('{{ '.repeat(400_000)).faults).toHaveLength(400_000);
  expect(read(`{{${' '.repeat(800_000)}`).faults).toHaveLength(1);
});
