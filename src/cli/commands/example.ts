import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { type KeptExample, keepExample, withExample } from '../../authoring/kept-example.ts';
import { AppError } from '../../errors.ts';
import { readPastCallback } from '../callbacks/past-callback.ts';
import { defineCommand, Flag, JSON_OPTION, RULES_OPTION, Text } from '../command.ts';
import { checkRules, shown } from '../rules/checked-rules.ts';
import { chosenRules } from '../rules/chosen-rules.ts';
import { readTime } from '../time.ts';
import { WORKER_OPTIONS } from '../worker/ask-worker.ts';

/** `example add`: keeps a callback that came in as an example of a rule. */
export const example = defineCommand({
  usage: 'example <verb> <rule> <callback>',
  description:
    'Add a past decision, a file or a sample to the examples of a rule, without names and addresses of people.',
  examples: [
    'example add stop 01JD0VSWACRE8FP058C3CN79XA --fires',
    'example add stop missed.json --quiet --name "asks for a stopover"',
  ],
  failsIf: 'the rule or the callback cannot be read',
  options: [
    RULES_OPTION,
    { flags: '--fires', description: 'the rule must fire' },
    { flags: '--quiet', description: 'the rule must not fire' },
    { flags: '--name <name>', description: 'the name of the example (default: its text)' },
    {
      flags: '--at <time>',
      description: 'when it is received, in your time zone (default: the time in the callback)',
    },
    ...WORKER_OPTIONS,
    JSON_OPTION,
  ],
  input: v.object({
    verb: v.literal('add', 'expected "add"'),
    rule: v.string(),
    callback: v.string(),
    rules: Text,
    fires: Flag,
    quiet: Flag,
    name: Text,
    at: Text,
    url: Text,
    token: Text,
    json: Flag,
  }),
  async run({ rule: wanted, callback, rules, fires, quiet, name, at, json, ...address }, shell) {
    if (fires === quiet)
      throw new AppError('bad_request', 'say what must happen: --fires or --quiet');
    const checked = await checkRules(rules, shell);
    const [rule] = chosenRules(checked, [wanted], shell);
    if (!rule) throw new AppError('not_found', `no rule is called "${wanted}"`);
    const past = await readPastCallback(callback, address, shell);
    const time = at === undefined ? undefined : readTime('--at', at, shell);
    const kept = await keepExample(past, rule, checked.rulebook, { fires, name, at: time });
    const file = join(checked.folder, `${wanted}.json`);
    const text = checked.texts[`${wanted}.json`];
    if (text === undefined) throw new AppError('not_found', `${shown(file, shell)} is not there`);
    await writeFile(file, withExample(text, kept.example, rule.examples.length));
    if (json) shell.out(JSON.stringify({ file: shown(file, shell), ...kept }));
    else for (const line of keptLines(kept, wanted, shown(file, shell))) shell.out(line);
    return 0;
  },
});

function keptLines(
  { example: { name, fires }, result, replaced, differs }: KeptExample,
  rule: string,
  file: string,
): readonly string[] {
  const must = fires ? 'must fire' : 'must not fire';
  return [
    `${file}: example "${name}" added, it ${must}`,
    ...(replaced.length > 0 ? [`  Replaced: ${replaced.join(', ')}`] : []),
    '  Texts stay as they were written: read them before you publish.',
    ...(differs
      ? [`  Careful: ${rule} decides otherwise with the values that were replaced.`]
      : []),
    result.passed
      ? `  ✓ ${result.sentence}`
      : `  ✗ It fails for now: ${result.sentence}. Change the rule, then: signalbox test ${rule}`,
  ];
}
