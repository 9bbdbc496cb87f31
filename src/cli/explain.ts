import * as v from 'valibot';
import { AppError } from '../errors.ts';
import { explain as explanationsOf } from '../rules/explain.ts';
import { factEntry } from '../rules/facts.ts';
import { assignment } from './assignment.ts';
import { checkRules } from './checked-rules.ts';
import { defineCommand, Flag, JSON_OPTION, RULES_OPTION, Text } from './command.ts';
import { firstSight, readStored } from './first-sight.ts';
import { readSample } from './samples.ts';

const MARKS = {
  fired: '✓',
  shadow: '○',
  erred: '!',
  unknown: '?',
  'did-not-fire': '✗',
  stopped: '-',
  expired: '-',
  disabled: '-',
} as const;

/** `explain`: why each rule of the callback's trigger fires or does not. */
export const explain = defineCommand({
  usage: 'explain <callback>',
  description: 'say why each rule fires, or does not, for a callback: a file, or a sample by name',
  options: [
    RULES_OPTION,
    { flags: '--given <fact=value>', description: 'a fact that Signalbox would remember: attempt=2', many: true },
    JSON_OPTION,
  ],
  input: v.object({ rules: Text, json: Flag, callback: v.string(), given: v.array(v.string()) }),
  async run({ rules, json, callback: name, given }, shell) {
    const { rulebook } = await checkRules(rules, shell);
    const callback = await readStored(await readSample(name, shell), shell.now());
    const facts = new Map(given.map(recalledFact));
    const recall = firstSight(callback);
    const explanations = await explanationsOf(rulebook, callback, async (fact) => facts.get(fact) ?? recall(fact));
    if (json) {
      shell.out(JSON.stringify({ trigger: callback.trigger, id: callback.id, rules: explanations }));
      return 0;
    }
    shell.out(`${callback.trigger} ${callback.id}`);
    for (const { outcome, sentence } of explanations) shell.out(`  ${MARKS[outcome]} ${sentence}`);
    if (explanations.length === 0) shell.out('  no rule listens to this trigger');
    return 0;
  },
});

function recalledFact(text: string): [string, string | number | boolean] {
  const { path, value } = assignment(text);
  if (!factEntry(path)?.recalled)
    throw new AppError('bad_request', `--given ${path}: Signalbox remembers no fact of this name`);
  if (typeof value === 'object' || value === undefined)
    throw new AppError('bad_request', `--given ${path}: expected a text or a number`);
  return [path, value];
}
