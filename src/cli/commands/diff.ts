import * as v from 'valibot';
import { reviewRulebooks } from '../../authoring/review.ts';
import { differenceLines } from '../../rules/explain/difference-lines.ts';
import { defineCommand, Flag, JSON_OPTION, RULES_OPTION, Text } from '../command.ts';
import { checkRules, findingLine } from '../rules/checked-rules.ts';
import { WORKER_OPTIONS } from '../worker/ask-worker.ts';
import { fetchRulebook, short, titleOf } from '../worker/worker-rulebooks.ts';

/** `diff`: what the rules in the folder, or another version, change in a version. */
export const diff = defineCommand({
  usage: 'diff [version] [other]',
  description:
    'Print what the rules folder, or another version, changes in a version (default: the version in force).',
  examples: ['diff', 'diff 3f9c2a10 8b1d7e42'],
  failsIf: 'a rule has an error',
  options: [RULES_OPTION, ...WORKER_OPTIONS, JSON_OPTION],
  input: v.object({
    rules: Text,
    version: v.optional(v.string(), 'in-force'),
    other: Text,
    url: Text,
    token: Text,
    json: Flag,
  }),
  async run({ rules, version, other, url, token, json }, shell) {
    const address = { url, token };
    const old = await fetchRulebook(version, address, shell);
    const kept = other === undefined ? undefined : await fetchRulebook(other, address, shell);
    const now = kept ?? (await checkRules(rules, shell));
    if ('findings' in now) {
      for (const finding of now.findings)
        if (finding.severity === 'error') shell.err(findingLine(finding));
    }
    const differences = await reviewRulebooks(old, now);
    if (json)
      shell.out(
        JSON.stringify({ from: old.about.version, to: kept?.about.version ?? null, differences }),
      );
    else {
      const from = titleOf(old);
      const to = kept ? short(kept.about.version) : (rules ?? 'rules/');
      shell.out(
        differences.length === 0 ? `${from} and ${to} decide the same` : `From ${from} to ${to}:`,
      );
      for (const line of differences.flatMap((one) => differenceLines(one, shell.width)))
        shell.out(line);
    }
    return 0;
  },
});
