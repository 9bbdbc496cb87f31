import * as v from 'valibot';
import { firstSight, readStored } from '../../authoring/first-sight.ts';
import { AppError } from '../../errors.ts';
import { explain as explanationsOf } from '../../rules/explain/explain.ts';
import { factEntry } from '../../rules/model/facts.ts';
import { defineCommand, Flag, JSON_OPTION, RULES_OPTION, Text } from '../command.ts';
import { explainDecision, isDecisionId } from '../output/explain-decision.ts';
import { explanationLines, ofRule } from '../output/explanation.ts';
import { assignment } from '../rules/assignment.ts';
import { checkRules } from '../rules/checked-rules.ts';
import { leftOut, refuseBroken } from '../rules/chosen-rules.ts';
import { readSample } from '../rules/samples.ts';
import { WORKER_OPTIONS } from '../worker/ask-worker.ts';

/** `explain`: why each rule of the callback's trigger fires or does not; of a decision of the past, why it did. */
export const explain = defineCommand({
  usage: 'explain <callback>',
  description:
    'say why each rule fires, or does not, for a callback: a file, a sample by name, or the id of a decision of the past',
  options: [
    RULES_OPTION,
    { flags: '--rule <name>', description: 'only this rule' },
    {
      flags: '--given <fact=value>',
      description: 'a fact that Signalbox would remember: attempt=2',
      many: true,
    },
    {
      flags: '--rulebook <version>',
      description: 'for an id: another rulebook that decided it, too',
    },
    ...WORKER_OPTIONS,
    JSON_OPTION,
  ],
  input: v.object({
    rules: Text,
    json: Flag,
    callback: v.string(),
    given: v.array(v.string()),
    rule: Text,
    rulebook: Text,
    url: Text,
    token: Text,
  }),
  async run({ rules, json, callback: name, given, rule, ...asked }, shell) {
    if (isDecisionId(name)) {
      await explainDecision({ id: name, rule, json, ...asked }, shell);
      return 0;
    }
    const checked = await checkRules(rules, shell);
    if (rule !== undefined) refuseBroken(rule, checked, shell);
    const callback = await readStored(await readSample(name, shell), shell.now());
    const facts = new Map(given.map(recalledFact));
    const recall = firstSight(callback);
    const all = await explanationsOf(
      checked.rulebook,
      callback,
      async (fact) => facts.get(fact) ?? recall(fact),
    );
    const explanations = ofRule(all, rule);
    if (json) {
      shell.out(
        JSON.stringify({ trigger: callback.trigger, id: callback.id, rules: explanations }),
      );
      return 0;
    }
    shell.out(`${callback.trigger} ${callback.id}`);
    for (const line of explanationLines(explanations)) shell.out(line);
    const missing = rule === undefined ? leftOut(checked, shell) : undefined;
    if (missing) shell.err(missing);
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
