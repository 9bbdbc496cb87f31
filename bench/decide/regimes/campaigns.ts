import type { Condition } from '../../../src/rules/model/rule.ts';
import { benchRule, leaf, type Regime, SEED, sourceOf } from '../regime.ts';
import { seeded } from '../seeded.ts';
import { appName } from './equality.ts';
import { contactOf, inboundBodies, sentence } from './texts.ts';

const APPS = 20;
/** How many people each of the lists names. */
const MEMBERS = 10_000;
const LISTS = 4;

const codeOf = (at: number): string => `PROMO${String(at).padStart(4, '0')}`;

/** Half of the rules name an app; a rule asks for the code of its campaign at the start, or anywhere by a pattern, or for members. */
export const campaigns: Regime = {
  name: 'campaigns',
  summary: 'a prefix, a pattern or a list of 10,000; half of the rules name an app',
  sizes: () => [2_000],
  async source(count) {
    const chance = seeded(SEED + count);
    const rules = Array.from({ length: count }, (_, at) => {
      const asks: readonly Condition[][] = [
        [leaf('text', 'startsWith', codeOf(at))],
        [leaf('text', 'matches', `\\b${codeOf(at)}(-[A-Z]{2})?\\b`)],
        [
          leaf('contact_id', 'in', { list: `members-${chance.below(LISTS)}` }),
          leaf('text', 'startsWith', codeOf(at)),
        ],
      ];
      const app = at % 2 === 0 ? [leaf('app_id', 'equal', appName(chance.below(APPS)))] : [];
      return benchRule(`rule-${at}`, 'MESSAGE_INBOUND', [...app, ...(asks[at % 3] ?? [])]);
    });
    const lists = Array.from({ length: LISTS }, (_, list) => [
      `members-${list}`,
      Array.from({ length: MEMBERS }, (_, at) => contactOf(at * 2 + (list % 2))),
    ]);
    return sourceOf(rules, Object.fromEntries(lists));
  },
  bodies: (count) =>
    inboundBodies(10, APPS, (_, chance) => `${codeOf(chance.below(count))} ${sentence(chance, 6)}`),
};
