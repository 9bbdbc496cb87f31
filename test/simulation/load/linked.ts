import type { Draw, Kind } from './draw.ts';
import { MOVERS, TWINS } from './people.ts';

/** Long enough for what happens to two identities to come between each other, in milliseconds. */
const SPAN = 150_000;

/** People who are known by two identities, at once or one after the other. */
export function linkedKinds({ random, callback, say }: Draw): readonly Kind[] {
  const wish = (): string => random.pick(['STOP', 'START', 'STOP PROMO']);

  /** A person says STOP and START under a number and a business-scoped id. Mostly a message of the same time names both. */
  function twin(at: number): void {
    const { number, scopedId, contactId } = random.pick(TWINS);
    const about = { channel: 'WHATSAPP', contactId, conversation: `CONV-${number}` };
    const names = random.chance(0.5)
      ? { number, also: scopedId }
      : { number: scopedId, also: number };
    if (random.chance(0.8)) say('HELLO', at + random.between(0, SPAN), { ...about, ...names });
    for (let count = 2 + random.int(3); count > 0; count--)
      say(wish(), at + random.between(0, SPAN), {
        ...about,
        number: random.pick([number, scopedId]),
      });
  }

  /** The number of a person changes, and the person says STOP and START before and after. */
  function mover(at: number): void {
    const { before, after, contactId } = random.pick(MOVERS);
    const about = { channel: 'WHATSAPP', contactId, conversation: `CONV-${before}` };
    say(wish(), at, { ...about, number: before });
    if (random.chance(0.5)) say(wish(), at + random.between(0, SPAN), { ...about, number: before });
    const movedAt = at + random.between(0, SPAN);
    callback('UNSUPPORTED', movedAt, { ...about, number: before, also: after }, 0);
    if (random.chance(0.4))
      say(wish(), movedAt + random.between(0, SPAN), { ...about, number: after });
  }

  return [
    [3, twin],
    [1, mover],
  ];
}
