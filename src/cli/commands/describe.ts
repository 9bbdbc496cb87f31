import * as v from 'valibot';
import type { Alerts } from '../../alerts/config.ts';
import { describeHeartbeat } from '../../alerts/heartbeat.ts';
import { reviewRulebooks, sentTexts } from '../../authoring/review.ts';
import { describe as sentenceOf } from '../../rules/explain/describe.ts';
import { differenceLines } from '../../rules/explain/difference-lines.ts';
import { defineCommand, Flag, JSON_OPTION, RULES_OPTION, Text } from '../command.ts';
import { checkRules } from '../rules/checked-rules.ts';
import { alertsOf, brokenRulesLine, chosenRules } from '../rules/chosen-rules.ts';
import { WORKER_OPTIONS } from '../worker/ask-worker.ts';
import { fetchRulebook, titleOf } from '../worker/worker-rulebooks.ts';

/** `describe`: every rule as a sentence, with its reason and texts, and the heartbeats of `alerts.json`. */
export const describe = defineCommand({
  usage: 'describe [names...]',
  description: 'Print rules as sentences. Without names, all rules and heartbeats.',
  examples: ['describe', 'describe stop help', 'describe help --against in-force'],
  failsIf: 'a rule has an error',
  options: [
    RULES_OPTION,
    {
      flags: '--against <version>',
      description: 'show what differs from this version of a Worker, old beside new',
    },
    ...WORKER_OPTIONS,
    JSON_OPTION,
  ],
  input: v.object({
    rules: Text,
    against: Text,
    url: Text,
    token: Text,
    json: Flag,
    names: v.optional(v.array(v.string()), []),
  }),
  async run({ rules, against, url, token, json, names }, shell) {
    const checked = await checkRules(rules, shell);
    const old =
      against === undefined ? undefined : await fetchRulebook(against, { url, token }, shell);
    const changes = old && (await reviewRulebooks(old, checked));
    const version = old && titleOf(old);
    const described = [];
    for (const rule of chosenRules(checked, names, shell))
      described.push({
        rule: rule.name,
        owner: rule.owner,
        on: rule.on,
        why: rule.why,
        sentence: sentenceOf(rule),
        texts: Object.fromEntries(await sentTexts(rule, checked.rulebook)),
        ...(changes && {
          change: changes.find(({ what }) => what === `rule ${rule.name}`) ?? null,
        }),
      });
    const heartbeats = names.length === 0 ? heartbeatsOf(alertsOf(checked, shell)) : [];
    if (json) {
      shell.out(JSON.stringify({ rules: described, heartbeats }));
      return 0;
    }
    for (const [index, one] of described.entries()) {
      const { rule, owner, why, sentence, texts, change } = one;
      if (index > 0) shell.out('');
      shell.out(`${rule} (${owner})`);
      shell.out(`  ${sentence}`);
      shell.out(`  Why: ${why}`);
      for (const [what, text] of Object.entries(texts)) shell.out(`  ${what}: “${text}”`);
      if (change) {
        shell.out(`  Since ${version}:`);
        for (const line of differenceLines(change, (shell.width ?? 0) - 2)) shell.out(`  ${line}`);
      } else if (change === null) shell.out(`  Unchanged since ${version}.`);
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
