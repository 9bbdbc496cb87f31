import { isRecord } from '../../../src/callbacks/shapes/parts.ts';
import { readRulesFolder } from '../../../src/cli/rules/rules-folder.ts';
import type { RulebookSource } from '../../../src/rules/model/rule.ts';
import { bytesOf, type Regime, sample } from '../regime.ts';

/** What 100 sends bring, by sample. A STOP comes once in 1,000 sends; here once in all. */
const MIX: Readonly<Record<string, number>> = {
  'message-submit': 100,
  'delivery-queued': 100,
  'delivery-delivered': 95,
  'delivery-read': 60,
  'delivery-failed-transient': 3,
  'message-inbound': 2,
  stop: 1,
};

/** The rules of a folder. No rule stops others here: the engines beside Signalbox evaluate all of them. */
async function rulesIn(folder: string): Promise<RulebookSource> {
  const { source } = await readRulesFolder(folder);
  const rules = Object.entries(source.rules).map(([file, rule]) => [
    file,
    isRecord(rule) ? { ...rule, stop: false } : rule,
  ]);
  return { ...source, rules: Object.fromEntries(rules) };
}

async function bodiesOf(shares: Readonly<Record<string, number>>): Promise<readonly Uint8Array[]> {
  const bodies: Uint8Array[] = [];
  for (const [name, count] of Object.entries(shares)) {
    const body = await sample(`${name}.json`);
    for (let at = 0; at < count; at++)
      bodies.push(bytesOf({ ...body, correlation_id: `bench-${at}` }));
  }
  return bodies;
}

/** Returns the regimes over the rules of a folder. */
export const folderRegimes = (folder: string): readonly Regime[] =>
  [
    { name: 'mix', summary: 'the shipped rules, and what 100 sends bring', shares: MIX },
    {
      name: 'delivered',
      summary: 'the shipped rules, and delivery reports alone',
      shares: { 'delivery-delivered': 50 },
    },
  ].map(({ name, summary, shares }) => ({
    name,
    summary,
    sizes: () => [0],
    source: () => rulesIn(folder),
    bodies: () => bodiesOf(shares),
  }));
