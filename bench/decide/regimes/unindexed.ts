import { benchRule, leaf, type Regime, SEED, sourceOf } from '../regime.ts';
import { seeded } from '../seeded.ts';
import { inboundBodies, sentence, WORDS } from './texts.ts';

/** Patterns without any literal text, and comparisons with "not": no key narrows them down. */
export const unindexed: Regime = {
  name: 'unindexed',
  summary: 'nothing narrows a rule down: patterns of classes, words that are not there',
  sizes: () => [400],
  async source(count) {
    const chance = seeded(SEED + count);
    return sourceOf(
      Array.from({ length: count }, (_, at) =>
        benchRule(`rule-${at}`, 'MESSAGE_INBOUND', [
          { not: leaf('text', 'containsWord', WORDS[chance.below(WORDS.length)]) },
          leaf('text', 'matches', `[0-9]{${1 + (at % 9)}}[a-f]${at % 2 === 0 ? '' : '[g-z]'}`),
        ]),
      ),
    );
  },
  bodies: () =>
    inboundBodies(20, 4, (at, chance) =>
      at === 0
        ? `${sentence(chance, 6)} ${chance.below(100)}bk`
        : `${sentence(chance, 8)} ${chance.below(10_000)}`,
    ),
};
