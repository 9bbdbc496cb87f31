import type { Draw, Kind } from './draw.ts';
import { drawFates } from './operations.ts';
import { APPS, CHANNELS, type ChannelName, PEOPLE, TWINS } from './people.ts';

/** What sending systems do: they send through the gateway, and ask whom they reach. */
export function reachKinds({ random, name, push, callback, say }: Draw): readonly Kind[] {
  const content = () => random.pick(['marketing', 'marketing', 'notification'] as const);
  const someone = (): readonly [ChannelName, string] =>
    random.chance(0.3)
      ? ['WHATSAPP', identityOf(random.pick(TWINS))]
      : [random.pick(CHANNELS), random.pick(PEOPLE).number];
  const identityOf = ({ number, scopedId }: (typeof TWINS)[number]): string =>
    random.pick([number, scopedId]);

  /** Messages to a few people, one after the other: most requests are sent once, some at the same time. */
  function send(at: number): void {
    const app = random.pick(APPS);
    for (let count = 1 + random.int(3); count > 0; count--) {
      const [channel, identity] = someone();
      push({
        ...{ kind: 'send', name: name('send'), at: at + random.between(0, 60_000) },
        ...{ app, channel, identity, content: content() },
        token: random.pick(['valid', 'valid', 'valid', 'valid', 'expired', 'forged']),
        atOnce: random.chance(0.3) ? 2 : 1,
        wait: random.pick([0, 0, 10]),
        fates: drawFates(random),
        shape: random.pick(['old', 'new']),
      });
    }
  }

  /**
   * A sending system sends to a person who refuses messages, and asks whom it reaches; at times it is one that Sinch does not
   * know: an answer about the person would tell.
   */
  function insist(at: number): void {
    const app = random.pick(APPS);
    const { number, contactId } = random.pick(PEOPLE);
    const channel = random.pick(CHANNELS);
    say('STOP', at, { number, contactId, channel, app: app.id, mode: app.mode });
    push({
      ...{ kind: 'send', name: name('send'), at: at + random.between(60_000, 300_000) },
      ...{ app, channel, identity: number, content: 'marketing' },
      ...{ token: random.pick(['valid', 'valid', 'expired', 'forged']), atOnce: 1, wait: 0 },
      ...{ fates: drawFates(random), shape: 'new' },
    });
    if (random.chance(0.3)) choose(at + random.between(60_000, 300_000), number, app);
  }

  /** Several apps look people up at once, more than the rate of checks allows, and an answer of earlier comes late. */
  function check(at: number): void {
    for (const app of APPS) {
      const channel = random.pick(['WHATSAPP', 'RCS'] as const);
      const people = PEOPLE.filter(() => random.chance(0.6));
      const addresses = people.map(({ number }) => [channel, number] as const);
      const [first] = people;
      if (!first) continue;
      // At times the same people are asked for again, before or after Sinch has answered.
      for (const later of random.chance(0.4) ? [0, random.between(0, 60_000)] : [0])
        push({
          ...{ kind: 'check', name: name('check'), at: at + later },
          ...{ app, content: content(), addresses },
        });
      if (random.chance(0.5)) {
        const about = { app: app.id, mode: app.mode, channel, status: 'NO_CAPABILITY', ...first };
        callback('CAPABILITY', at + random.between(120_000, 300_000), about, -600_000);
      }
    }
    choose(at + random.between(60_000, 180_000));
  }

  function choose(at: number, number = random.pick(PEOPLE).number, app = random.pick(APPS)): void {
    const addresses = CHANNELS.map((channel) => [channel, number] as const);
    push({
      ...{ kind: 'choose', name: name('choose'), at },
      ...{ app, content: content(), addresses },
    });
  }

  return [
    [4, send],
    [1, insist],
    [1, check],
    [1, choose],
  ];
}
