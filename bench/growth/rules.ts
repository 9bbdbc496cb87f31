import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RuleInput } from '../../src/rules/model/rule.ts';
import { tenantRules } from '../decide/regimes/equality.ts';

/** The first rule of each app counts: how often a person's messages come to nothing within ten minutes. */
const threshold = { count: 2, within: '10m', per: ['identity'] };

/** The rules of the benchmark, ten an app; one of them counts by person, so that windows open all the time. */
export function growthRules(count: number): readonly RuleInput[] {
  return tenantRules(count).map((rule, at) => {
    const [app] = rule.when.all;
    if (at % 10 > 0 || !app) return rule;
    return {
      ...rule,
      when: { all: [app, { fact: 'status', operator: 'equal', value: 'FAILED' }] },
      threshold,
    };
  });
}

/** The rules with every tenth turned off. */
export const withChanges = (rules: readonly RuleInput[]): readonly RuleInput[] =>
  rules.map((rule, at) => (at % 10 === 5 ? { ...rule, enabled: false } : rule));

/** Nothing is sent: `replay` only wants to know that alerts would go somewhere. */
const alerts = {
  destinations: { ops: { type: 'webhook', url: { secret: 'DEST_OPS' } } },
  default: 'ops',
};

/** Writes rules as a folder, a file each. */
export async function writeRules(folder: string, rules: readonly RuleInput[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const rule of rules)
    await writeFile(join(folder, `${rule.name}.json`), JSON.stringify(rule));
  await writeFile(join(folder, 'alerts.json'), JSON.stringify(alerts));
}
