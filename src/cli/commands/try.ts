import * as v from 'valibot';
import { emptyRecall } from '../../authoring/first-sight.ts';
import {
  channelNamed,
  EXAMPLE_APP,
  EXAMPLE_SENDER,
  messageBody,
} from '../../authoring/message-body.ts';
import { readCallbackText } from '../../callbacks/callback.ts';
import { AppError } from '../../errors.ts';
import { explain } from '../../rules/explain/explain.ts';
import { readGivenFacts } from '../callbacks/given-facts.ts';
import { defineCommand, Flag, JSON_OPTION, RULES_OPTION, Text } from '../command.ts';
import { explanationLines, ofRule } from '../output/explanation.ts';
import { checkRules } from '../rules/checked-rules.ts';
import { brokenRulesLine, refuseBroken } from '../rules/chosen-rules.ts';
import { clock, readTime } from '../time.ts';

/** `try`: what each rule makes of a text that a person might write. */
export const tryText = defineCommand({
  usage: 'try <text>',
  description:
    'Show which rules fire for a text that a person might write, then those that do not, the nearest miss first. Nothing is sent.',
  examples: [
    'try "please stop texting me"',
    'try STOP --channel WHATSAPP --at "2026-11-21 03:00" --rule stop',
  ],
  failsIf: 'the rule that --rule names has an error',
  options: [
    RULES_OPTION,
    { flags: '--channel <channel>', description: 'the channel (default: SMS)' },
    { flags: '--app <id>', description: 'the app (default: that of the samples)' },
    { flags: '--sender <address>', description: 'the person’s address on the channel' },
    {
      flags: '--at <time>',
      description: 'when it is received, in your time zone: 03:00 or "2026-11-21 03:00"',
    },
    { flags: '--given <fact=value>', description: 'a recorded fact: attempt=2', many: true },
    { flags: '--rule <name>', description: 'only this rule' },
    JSON_OPTION,
  ],
  input: v.object({
    text: v.string(),
    rules: Text,
    channel: v.optional(v.string(), 'SMS'),
    app: v.optional(v.string(), EXAMPLE_APP),
    sender: v.optional(v.string(), EXAMPLE_SENDER),
    at: Text,
    given: v.array(v.string()),
    rule: Text,
    json: Flag,
  }),
  async run({ text, rules, channel, app, sender, at, given, rule, json }, shell) {
    if (text.trim() === '') throw new AppError('bad_request', 'the text is empty');
    const checked = await checkRules(rules, shell);
    if (rule !== undefined) refuseBroken(rule, checked, shell);
    const time = at === undefined ? shell.now() : Date.parse(readTime('--at', at, shell));
    const message = { text, channel: channelNamed(channel), app, sender };
    const callback = await readCallbackText(JSON.stringify(messageBody(message, time)), time);
    const facts = readGivenFacts(given);
    const recall = emptyRecall(callback);
    const all = await explain(
      checked.rulebook,
      callback,
      async (fact) => facts.get(fact) ?? recall(fact),
    );
    const explanations = ofRule(all, rule);
    if (json) {
      shell.out(JSON.stringify({ trigger: callback.trigger, rules: explanations }));
      return 0;
    }
    shell.out(
      `"${text}" on ${message.channel}, received ${clock(new Date(time).toISOString(), shell.zone)}`,
    );
    for (const line of explanationLines(explanations)) shell.out(line);
    const missing = rule === undefined ? brokenRulesLine(checked, shell) : undefined;
    if (missing) shell.err(missing);
    return 0;
  },
});
