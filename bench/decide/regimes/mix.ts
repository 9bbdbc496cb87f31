import { join } from 'node:path';
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

/** The shipped rules. No rule stops others here: the engines beside Signalbox evaluate all of them. */
async function shipped(): Promise<RulebookSource> {
  const { source } = await readRulesFolder(join(import.meta.dirname, '..', '..', '..', 'rules'));
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

const over = (name: string, summary: string, shares: Readonly<Record<string, number>>): Regime => ({
  name,
  summary,
  sizes: () => [0],
  source: shipped,
  bodies: () => bodiesOf(shares),
});

export const mix = over('mix', 'the shipped rules, and what 100 sends bring', MIX);
export const delivered = over('delivered', 'the shipped rules, and delivery reports alone', {
  'delivery-delivered': 50,
});
