import * as v from 'valibot';
import { emptyRecall, readAllStored } from '../../authoring/first-sight.ts';
import { explain as explanationsOf } from '../../rules/explain/explain.ts';
import { readGivenFacts } from '../callbacks/given-facts.ts';
import { readSample } from '../callbacks/samples.ts';
import { defineCommand, Flag, JSON_OPTION, RULES_OPTION, Text } from '../command.ts';
import { explanationLines, ofRule } from '../output/explanation.ts';
import { checkRules } from '../rules/checked-rules.ts';
import { brokenRulesLine, refuseBroken } from '../rules/chosen-rules.ts';
import { WORKER_OPTIONS } from '../worker/ask-worker.ts';
import { explainDecision, isDecisionId } from '../worker/explain-decision.ts';

/**
 * `explain`: why each rule of the callback's trigger fires or does not; of a decision of the past,
 * why it did.
 */
export const explain = defineCommand({
  usage: 'explain <callback>',
  description:
    'Explain for each rule why it fires or does not fire. Takes a file, a sample or the id of a past decision.',
  examples: [
    'explain stop',
    'explain stop --rule help',
    'explain delivery-failed-transient --given attempt=2',
  ],
  failsIf: 'the callback cannot be read',
  options: [
    RULES_OPTION,
    { flags: '--rule <name>', description: 'only this rule' },
    {
      flags: '--given <fact=value>',
      description: 'a recorded fact: attempt=2',
      many: true,
    },
    {
      flags: '--rulebook <version>',
      description: 'for an id: another rulebook that also decided it',
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
    const facts = readGivenFacts(given);
    const each = await Promise.all(
      (await readAllStored(await readSample(name, shell), shell.now())).map(async (callback) => {
        const recall = emptyRecall(callback);
        const all = await explanationsOf(
          checked.rulebook,
          callback,
          async (fact) => facts.get(fact) ?? recall(fact),
        );
        return { trigger: callback.trigger, id: callback.id, rules: ofRule(all, rule) };
      }),
    );
    if (json) {
      const [first] = each;
      shell.out(JSON.stringify(each.length > 1 ? { ...first, callbacks: each } : first));
      return 0;
    }
    for (const { trigger, id, rules: explanations } of each) {
      shell.out(`${trigger} ${id}`);
      for (const line of explanationLines(explanations)) shell.out(line);
    }
    const missing = rule === undefined ? brokenRulesLine(checked, shell) : undefined;
    if (missing) shell.err(missing);
    return 0;
  },
});
