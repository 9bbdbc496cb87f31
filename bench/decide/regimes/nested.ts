import type { Condition } from '../../../src/rules/model/rule.ts';
import { benchRule, leaf, type Regime, SEED, sourceOf } from '../regime.ts';
import { type Chance, seeded } from '../seeded.ts';
import { appName } from './equality.ts';
import { inboundBodies, sentence, WORDS } from './texts.ts';

const APPS = 4;
const wordOf = (chance: Chance): string => WORDS[chance.below(WORDS.length)] ?? '';

/** A group of groups, so deep: what it asks alternates, and every second level is under "not". */
function nest(chance: Chance, depth: number): Condition {
  if (depth === 0)
    return chance.below(2) === 0
      ? leaf('app_id', 'in', [appName(chance.below(APPS)), appName(chance.below(APPS))])
      : leaf('text', 'containsWord', [wordOf(chance), wordOf(chance)]);
  const inner = [nest(chance, depth - 1), nest(chance, depth - 1)];
  if (depth % 2 === 0) return { any: inner };
  return { all: [{ not: nest(chance, 0) }, { any: inner }] };
}

export const nested: Regime = {
  name: 'nested',
  summary: '"any", "all" and "not" four levels deep; about one rule in ten fires',
  sizes: () => [300],
  async source(count) {
    const chance = seeded(SEED + count);
    return sourceOf(
      Array.from({ length: count }, (_, at) =>
        benchRule(`rule-${at}`, 'MESSAGE_INBOUND', [
          nest(chance, 3),
          nest(chance, 2),
          leaf(
            'text',
            'containsWord',
            Array.from({ length: 10 }, () => wordOf(chance)),
          ),
        ]),
      ),
    );
  },
  bodies: () => inboundBodies(10, APPS, (_, chance) => sentence(chance, 12)),
};
