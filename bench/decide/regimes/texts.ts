import { bytesOf, SEED, sample } from '../regime.ts';
import { type Chance, seeded } from '../seeded.ts';
import { appName } from './equality.ts';

/** Words as people write them, of which texts are made: all different, some of several syllables. */
export const WORDS: readonly string[] = Array.from({ length: 400 }, (_, at) => {
  const syllables = ['ba', 'ke', 'li', 'mo', 'nu', 'ra', 'se', 'ti', 'vo', 'zy'];
  const [a, b, c] = [at % 10, Math.floor(at / 10) % 10, Math.floor(at / 100)];
  return `${syllables[a]}${syllables[b]}${syllables[c + 3]}n`;
});

/** Returns a sentence of that many words. */
export const sentence = (chance: Chance, words: number): string =>
  Array.from({ length: words }, () => WORDS[chance.below(WORDS.length)]).join(' ');

/** Returns inbound messages with these texts, each from another person and of one of so many apps. */
export async function inboundBodies(
  count: number,
  apps: number,
  textOf: (at: number, chance: Chance) => string,
): Promise<readonly Uint8Array[]> {
  const chance = seeded(SEED + 2);
  const body = await sample('message-inbound.json');
  const { channel_identity: address, ...message } = body.message as {
    readonly channel_identity: object;
  }; // the sample has it
  return Array.from({ length: count }, (_, at) =>
    bytesOf({
      ...body,
      app_id: appName(chance.below(apps)),
      message: {
        ...message,
        contact_message: { text_message: { text: textOf(at, chance) } },
        channel_identity: { ...address, channel: 'SMS', identity: personOf(chance.below(20_000)) },
        contact_id: contactOf(chance.below(20_000)),
      },
    }),
  );
}

const personOf = (at: number): string => String(44_770_090_0000 + at);
/** Returns the contact id of a person. */
export const contactOf = (at: number): string => `01JBENCHCONTACT${String(at).padStart(11, '0')}`;
