import { benchRule, leaf, type Regime, SEED, sourceOf } from '../regime.ts';
import { type Chance, seeded } from '../seeded.ts';
import { inboundBodies, sentence, WORDS } from './texts.ts';

const wordOf = (chance: Chance): string => WORDS[chance.below(WORDS.length)] ?? '';

/** What a rule asks of the text, one kind after the other. */
const KINDS: readonly ((chance: Chance) => readonly [string, unknown])[] = [
  (chance) => ['containsWord', wordOf(chance)],
  (chance) => ['matches', `(?i)\\b${wordOf(chance)}\\s+${wordOf(chance).slice(0, 2)}`],
  (chance) => ['startsWith', wordOf(chance)],
  (chance) => ['containsWord', Array.from({ length: 4 }, () => wordOf(chance))],
  (chance) => ['matches', `${wordOf(chance)}|${wordOf(chance)}`],
  (chance) => ['says', Array.from({ length: 20 }, () => sentence(chance, 2))],
];

export const words: Regime = {
  name: 'words',
  summary: 'each rule asks for words, a pattern, a start or a list of texts',
  sizes: () => [200],
  async source(count) {
    const chance = seeded(SEED + count);
    return sourceOf(
      Array.from({ length: count }, (_, at) => {
        const kind = KINDS[at % KINDS.length] ?? KINDS[0];
        const [operator, value] = kind?.(chance) ?? ['', ''];
        return benchRule(`rule-${at}`, 'MESSAGE_INBOUND', [leaf('text', operator, value)]);
      }),
    );
  },
  bodies: () => inboundBodies(50, 4, (_, chance) => sentence(chance, 9)),
};
