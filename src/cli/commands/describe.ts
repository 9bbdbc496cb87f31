import * as v from 'valibot';
import type { Alerts } from '../../alerts/config.ts';
import { describeHeartbeat } from '../../alerts/heartbeat.ts';
import { sentTexts } from '../../authoring/review.ts';
import { describe as sentenceOf } from '../../rules/explain/describe.ts';
import { defineCommand, Flag, JSON_OPTION, RULES_OPTION, Text } from '../command.ts';
import { checkRules } from '../rules/checked-rules.ts';
import { alertsOf, brokenRulesLine, chosenRules } from '../rules/chosen-rules.ts';

/** `describe`: every rule as a sentence, with its reason, and the heartbeats of `alerts.json`. */
export const describe = defineCommand({
  usage: 'describe [names...]',
  description: 'Print rules as sentences. Without names, all rules and heartbeats.',
  examples: ['describe', 'describe stop help'],
  failsIf: 'a rule has an error',
  options: [RULES_OPTION, JSON_OPTION],
  input: v.object({ rules: Text, json: Flag, names: v.optional(v.array(v.string()), []) }),
  async run({ rules, json, names }, shell) {
    const checked = await checkRules(rules, shell);
    const described = [];
    for (const rule of chosenRules(checked, names, shell))
      described.push({
        rule: rule.name,
        owner: rule.owner,
        on: rule.on,
        why: rule.why,
        sentence: sentenceOf(rule),
        texts: Object.fromEntries(await sentTexts(rule, checked.rulebook)),
      });
    const heartbeats = names.length === 0 ? heartbeatsOf(alertsOf(checked, shell)) : [];
    if (json) {
      shell.out(JSON.stringify({ rules: described, heartbeats }));
      return 0;
    }
    for (const [index, { rule, owner, why, sentence, texts }] of described.entries()) {
      if (index > 0) shell.out('');
      shell.out(`${rule} (${owner})`);
      shell.out(`  ${sentence}`);
      shell.out(`  Why: ${why}`);
      for (const [what, text] of Object.entries(texts)) shell.out(`  ${what}: “${text}”`);
    }
    if (heartbeats.length > 0) shell.out('\nHeartbeats');
    for (const line of heartbeats) shell.out(`  ${line}`);
    const missing = names.length === 0 ? brokenRulesLine(checked, shell) : undefined;
    if (missing) shell.err(missing);
    return 0;
  },
});

const heartbeatsOf = ({ heartbeats, schedules }: Alerts): readonly string[] =>
  heartbeats.map((heartbeat) => describeHeartbeat(heartbeat, schedules));
