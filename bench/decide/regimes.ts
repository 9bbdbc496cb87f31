import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { actions } from '../../src/actions/index.ts';
import { type Callback, readCallback } from '../../src/callbacks/callback.ts';
import { isRecord } from '../../src/callbacks/shapes/parts.ts';
import { compile, type Rulebook } from '../../src/rules/compile/compile.ts';
import type { Condition, RulebookSource, RuleInput } from '../../src/rules/model/rule.ts';
import { type Chance, seeded } from './seeded.ts';
import { CHANNELS, topics } from './topics.ts';

/** A way in which rules multiply. */
export interface Regime {
  readonly name: string;
  readonly says: string;
  /** How many apps there are for that many rules. */
  readonly apps: (rules: number) => number;
}

export const regimes: readonly Regime[] = [
  {
    name: 'tenant',
    says: 'ten rules an app: apps grow with the rules',
    apps: (rules) => Math.ceil(rules / 10),
  },
  { name: 'dense', says: 'four apps share all rules: matches grow with the rules', apps: () => 4 },
];

/** A rule as the benchmark hands it to every engine. */
export type BenchRule = RuleInput & {
  readonly on: readonly [string];
  readonly when: { readonly all: Condition[] };
};

export const SEED = 20_261_121;
export const appName = (at: number): string => `01JBENCHAPP${String(at).padStart(15, '0')}`;

/** The rules of a regime: rule i is about topic i modulo ten, for app i / 10 (tenant) or any of the four (dense). */
export function rulesOf(regime: Regime, count: number): readonly BenchRule[] {
  const chance = seeded(SEED + count);
  const apps = regime.apps(count);
  return Array.from({ length: count }, (_, at): BenchRule => {
    const topic = topics[at % topics.length] ?? topics[0];
    if (!topic) throw new Error('there are no topics');
    return {
      name: `rule-${at}`,
      why: 'Measured.',
      owner: 'bench',
      on: [topic.on],
      when: {
        all: [
          { fact: 'app_id', operator: 'equal', value: appName(Math.floor(at / 10) % apps) },
          ...topic.asks(chance),
        ],
      },
      then: [{ action: 'ignore', params: { because: 'measured' } }],
    };
  });
}

/** Those rules as the source of a rulebook. */
export const sourceOf = (rules: readonly RuleInput[]): RulebookSource => ({
  rules: Object.fromEntries(rules.map((rule) => [`${rule.name}.json`, rule])),
  lists: {},
  conditions: {},
  alerts: {},
});

/** Compiles a source that must be faultless. */
export function compiled(source: RulebookSource): Rulebook {
  const { rulebook, findings } = compile(source, actions, 'bench');
  const [error] = findings.filter(({ severity }) => severity === 'error');
  if (error) throw new Error(`${error.file}: ${error.message}`);
  return rulebook;
}

/** One sample of each trigger, then what a day mostly brings: receipts and messages. */
export const DAY = [
  'delivery-delivered',
  'delivery-read',
  'delivery-queued',
  'delivery-failed-transient',
  'message-inbound',
  'message-submit',
  'delivery-failed-permanent',
  'stop',
  'help',
];
const samples = join(import.meta.dirname, '..', '..', 'src', 'samples', 'callbacks');

/** Fifty callbacks of all triggers, as the bytes that Sinch would send: apps and channels by chance, the rest as the samples are. */
export async function bodiesOf(
  regime: Regime,
  rules: number,
  count = 50,
): Promise<readonly Uint8Array[]> {
  const chance = seeded(SEED + 1);
  const apps = regime.apps(rules);
  const firsts = await firstOfEachTrigger();
  const bodies: Uint8Array[] = [];
  // One after the other, so that chance falls the same way each time.
  for (let at = 0; at < count; at++) {
    const name = firsts[at] ?? `${DAY[at % DAY.length]}.json`;
    const body = placed(await sample(name), appName(chance.below(apps)), at, chance);
    bodies.push(new TextEncoder().encode(JSON.stringify(body)));
  }
  return bodies;
}

export const sample = async (name: string): Promise<Record<string, unknown>> =>
  JSON.parse(await readFile(join(samples, name), 'utf8'));

/** The name of a sample of each trigger. */
export async function firstOfEachTrigger(): Promise<readonly string[]> {
  const found = new Map<string, string>();
  for (const name of (await readdir(samples)).sort()) {
    if (/-(20\d\d|reference)/.test(name)) continue;
    const { trigger } = await readCallback(await readFile(join(samples, name)), 0);
    if (!found.has(trigger)) found.set(trigger, name);
  }
  return [...found.values()];
}

/** A sample under another app, on a channel and with metadata by chance. */
function placed(body: Record<string, unknown>, app: string, at: number, chance: Chance): object {
  const [channel, metadata] = [chance.pick(CHANNELS), `campaign-${chance.below(50)}`];
  const moved = Object.entries(body).map(([key, part]) => {
    if (!isRecord(part) || !isRecord(part.channel_identity)) return [key, part];
    return [key, { ...part, metadata, channel_identity: { ...part.channel_identity, channel } }];
  });
  return { ...Object.fromEntries(moved), app_id: app, correlation_id: `bench-${at}` };
}

/** When the callbacks are received: ten minutes after the samples. */
export const RECEIVED = Date.parse('2026-11-20T10:00:00Z');

/** Reads the bodies as the Worker does. */
export const callbacksOf = (bodies: readonly Uint8Array[]): Promise<readonly Callback[]> =>
  Promise.all(bodies.map((body) => readCallback(body, RECEIVED)));
