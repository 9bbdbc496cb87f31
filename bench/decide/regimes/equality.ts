import { isRecord } from '../../../src/callbacks/shapes/parts.ts';
import type { Condition } from '../../../src/rules/model/rule.ts';
import {
  type BenchRule,
  benchRule,
  bytesOf,
  firstOfEachTrigger,
  leaf,
  type Regime,
  SEED,
  sample,
  sourceOf,
} from '../regime.ts';
import { type Chance, seeded } from '../seeded.ts';
import { CHANNELS, topics } from './topics.ts';

/** Returns the id of the app at a place. */
export const appName = (at: number): string => `01JBENCHAPP${String(at).padStart(15, '0')}`;

/** How rules of the ten topics multiply. */
interface Growth {
  /** How many apps there are for that many rules. */
  readonly apps: (rules: number) => number;
  /** Whether a rule names its app. */
  readonly namesApp: boolean;
}

const TENANT: Growth = { apps: (rules) => Math.ceil(rules / 10), namesApp: true };
const DENSE: Growth = { apps: () => 4, namesApp: true };
const TODAY: Growth = { apps: () => 1, namesApp: false };

/** Returns rule after rule: rule i is about topic i modulo ten, for app i / 10 modulo all apps. */
function rulesOf({ apps, namesApp }: Growth, count: number): readonly BenchRule[] {
  const chance = seeded(SEED + count);
  const all = apps(count);
  return Array.from({ length: count }, (_, at) => {
    const topic = topics[at % topics.length] ?? topics[0];
    if (!topic) throw new Error('there are no topics');
    const app = leaf('app_id', 'equal', appName(Math.floor(at / 10) % all));
    const conditions: Condition[] = [...(namesApp ? [app] : []), ...topic.asks(chance)];
    return benchRule(`rule-${at}`, topic.on, conditions);
  });
}

/** Returns the rules of the regime `tenant`: ten for each app. */
export const tenantRules = (count: number): readonly BenchRule[] => rulesOf(TENANT, count);

/** One sample of each trigger, then what most callbacks of a day are: delivery reports and messages. */
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
const CALLBACKS = 50;

/** Fifty callbacks of all triggers: apps and channels by chance, the rest as the samples are. */
async function bodiesOf({ apps }: Growth, rules: number): Promise<readonly Uint8Array[]> {
  const chance = seeded(SEED + 1);
  const all = apps(rules);
  const firsts = await firstOfEachTrigger();
  const bodies: Uint8Array[] = [];
  // One after the other, so that chance falls the same way each time.
  for (let at = 0; at < CALLBACKS; at++) {
    const name = firsts[at] ?? `${DAY[at % DAY.length]}.json`;
    bodies.push(bytesOf(placed(await sample(name), appName(chance.below(all)), at, chance)));
  }
  return bodies;
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

const regime = (name: string, summary: string, growth: Growth): Regime => ({
  name,
  summary,
  sizes: (full) => [10, 100, 1_000, ...(full ? [10_000] : [])],
  source: async (count) => sourceOf(rulesOf(growth, count)),
  bodies: (count) => bodiesOf(growth, count),
});

export const tenant = regime('tenant', 'ten rules an app: apps grow with the rules', TENANT);
export const dense = regime(
  'dense',
  'four apps share all rules: matches grow with the rules',
  DENSE,
);
export const today = regime(
  'today',
  'no rule names its app: channel, status and word tell rules apart',
  TODAY,
);
