import type { Random } from '../../../src/simulator/world/random.ts';
import { TRIGGERS, type TriggerName } from '../rulebook.ts';
import type { Draw, Kind } from './draw.ts';
import { linkedKinds } from './linked.ts';
import { drawFates, LENGTH, type Operation } from './operations.ts';
import { APPS, CHANNELS, LEAVING, PEOPLE, type Person } from './people.ts';
import { reachKinds } from './reach.ts';
import { drawSwarm } from './swarm.ts';
import { upkeepKinds } from './upkeep.ts';
import type { Told } from './wire.ts';

const BASE: Omit<Told, 'eventAt' | 'trigger' | 'app' | 'mode' | 'id'> = {
  channel: 'SMS',
  number: '',
  contactId: '',
  text: '',
  conversation: '',
  status: '',
  reason: '',
  metadata: '',
  also: '',
  url: '',
};

/** Draws the load of a run: a list, so that a run can be repeated with fewer of it. */
export function drawLoad(random: Random): readonly Operation[] {
  const operations: Operation[] = [];
  const name = (kind: string): string => `${kind}-${operations.length}`;
  const push = (operation: Operation): void => void operations.push(operation);

  function callback(
    trigger: TriggerName,
    at: number,
    about: Partial<Omit<Told, 'trigger' | 'eventAt'>> = {},
    skew = drawSkew(random),
  ): void {
    const app = random.pick(APPS);
    const person = random.pick(PEOPLE);
    const own = name(trigger.toLowerCase());
    const told = {
      ...BASE,
      ...{ trigger, app: app.id, mode: app.mode, id: `ID-${own}`.toUpperCase() },
      ...{ channel: random.pick(CHANNELS), number: person.number, contactId: person.contactId },
      conversation: `CONV-${person.number}`,
      status: trigger === 'CAPABILITY' ? 'CAPABILITY_FULL' : 'DELIVERED',
      text: 'HELLO',
      ...about,
    };
    push({ kind: 'callback', name: own, at, told, skew, shape: random.pick(['old', 'new']) });
  }

  const draw: Draw = { random, name, push, callback, say };
  const kinds: readonly Kind[] = [
    ...linkedKinds(draw),
    ...reachKinds(draw),
    ...upkeepKinds(draw),
    [6, (at) => say(random.pick(['STOP', 'START', 'STOP PROMO', 'STOP', 'START']), at)],
    [4, (at) => race(at)],
    [
      4,
      (at) =>
        say(
          random.pick(['ORDERED', 'ORDERED', 'PLAIN', 'HELLO', 'HELP', 'PLEASE STOP', 'CLOSED']),
          at,
        ),
    ],
    [6, (at) => campaign(at)],
    [2, (at) => rate(random.pick(['RED', 'RED', 'YELLOW', 'GREEN']), at)],
    [1, (at) => flap(at)],
    [2, (at) => rush(at)],
    [2, (at) => stream(at)],
    [1, (at) => release(at)],
    [2, (at) => opt(at)],
    [2, (at) => storm(at)],
    [2, (at) => callback(random.pick(TRIGGERS.filter((one) => !SPECIAL.has(one))), at)],
    [1, (at) => callback('CAPABILITY', at, { status: 'CAPABILITY_UNKNOWN', channel: 'WHATSAPP' })],
    [1, (at) => push({ kind: 'unreadable', name: name('unreadable'), at })],
    [
      2,
      (at) =>
        push({
          kind: 'permit',
          name: name('permit'),
          at,
          app: random.pick(APPS),
          count: 1 + random.int(5),
        }),
    ],
    [1, (at) => pause(at)],
    [
      2,
      (at) =>
        push({
          kind: random.pick(OPERATOR),
          name: name('ops'),
          at,
        }),
    ],
    [
      1,
      (at) =>
        push({
          kind: 'by-hand',
          name: name('by-hand'),
          at,
          person: random.pick(PEOPLE),
          channel: random.pick(CHANNELS),
          to: random.pick(['out', 'in']),
        }),
    ],
  ];

  function say(text: string, at: number, about: Partial<Told> = {}, skew?: number): void {
    callback('MESSAGE_INBOUND', at, { text, ...about }, skew);
  }
  /** STOP and START of one person, close to each other, in whatever order. */
  function race(at: number): void {
    const { number, contactId } = random.pick(PEOPLE);
    const about = { number, contactId, channel: random.pick(CHANNELS) };
    const tie = random.chance(0.3);
    for (const text of [random.pick(['STOP', 'STOP PROMO']), 'START'])
      callback(
        'MESSAGE_INBOUND',
        at + (tie ? 0 : random.between(0, 3_000)),
        { ...about, text },
        tie ? 0 : undefined,
      );
  }
  function opt(at: number): void {
    const trigger = random.pick(['OPT_IN', 'OPT_OUT'] as const);
    const status = `${trigger}_${random.chance(0.8) ? 'SUCCEEDED' : 'FAILED'}`;
    callback(trigger, at, { status, channel: 'WHATSAPP' });
  }
  function rate(status: string, at: number, app = random.pick(APPS), skew?: number): void {
    const about = { ...NOBODY, channel: 'WHATSAPP', status, app: app.id, mode: app.mode };
    callback('CHANNEL_EVENT', at, about, skew);
  }
  function flap(at: number): void {
    const app = random.pick(APPS);
    for (const status of ['RED', 'GREEN', 'RED', 'GREEN'])
      rate(status, at + random.between(0, 20_000), app);
  }
  /** Several messages of one conversation, which must be forwarded in their order. */
  function stream(at: number): void {
    const { number, contactId } = random.pick(PEOPLE);
    const about = { number, contactId, conversation: `CONV-${number}` };
    for (let count = 0; count < 3; count++)
      say('ORDERED', at + count * 4_000 + random.between(0, 3_000), about);
  }
  /** A rulebook is published, and people write to whom it makes a difference. */
  function release(at: number): void {
    push({ kind: 'publish', name: name('publish'), at });
    for (const text of ['HELLO', 'HELP', 'HELLO']) say(text, at + random.between(200_000, 400_000));
  }
  /** A campaign that asks for permits faster than a RED number may send. */
  function rush(at: number): void {
    const app = random.pick(APPS);
    rate('RED', at, app);
    // A GREEN from before the RED comes late, and must not lift it.
    if (random.chance(0.5)) rate('GREEN', at + random.between(1_000, 10_000), app, -120_000);
    for (let count = 0; count < 6; count++)
      push({
        ...{ kind: 'permit', name: name('permit'), app, count: 2 + random.int(4) },
        at: at + 3_000 + random.between(0, 40_000),
      });
  }
  function campaign(at: number): void {
    push({
      ...{ kind: 'campaign', name: name('campaign'), at },
      ...{ app: random.pick(APPS), person: random.pick(PEOPLE), channel: random.pick(CHANNELS) },
      fates: drawFates(random),
      shape: random.pick(['old', 'new']),
    });
  }
  /** Many messages fail for good within a minute. */
  function storm(at: number): void {
    const app = random.pick(APPS);
    for (let count = 3 + random.int(5); count > 0; count--)
      callback('MESSAGE_DELIVERY', at + random.between(0, 60_000), {
        ...{ app: app.id, mode: app.mode, status: 'FAILED', reason: 'RECIPIENT_INVALID' },
      });
  }
  function pause(at: number): void {
    const [what, which] = random.pick([
      ['rule', 'plain'],
      ['rule', 'retry'],
      ['action', 'forward'],
      ['action', 'retry'],
    ] as const);
    push({ kind: 'pause', name: name('pause'), at, what, which });
    const until = at + random.between(10_000, 240_000);
    push({ kind: 'resume', name: name('resume'), at: until, what, which });
  }
  /** A person who writes, is written to, and is erased. What happened before may come after it, for the first time or again. */
  function leave(person: Person, at: number): void {
    const { number, contactId } = person;
    const about = { number, contactId, channel: 'SMS' };
    const url = `https://files.sim/of-${number}`;
    callback('CONTACT_CREATE', at, about, 0);
    if (random.chance(0.5))
      callback('RECORD_NOTIFICATION', at + random.between(0, 60_000), { ...about, url });
    say(random.pick(['PLEASE STOP', 'STOP', 'PLAIN']), at + random.between(0, 60_000), about);
    const erasedAt = at + random.between(90_000, 300_000);
    if (random.chance(0.6)) callback('CONTACT_DELETE', erasedAt, about, 0);
    else push({ kind: 'erase', name: name('erase'), at: erasedAt, person });
    for (const [trigger, text] of LATE) {
      if (!random.chance(0.4)) continue;
      const lateAt = erasedAt + random.between(1_000, 400_000);
      const skew = at - lateAt + random.between(0, 80_000);
      callback(
        trigger,
        lateAt,
        { ...about, text, ...(trigger === 'RECORD_NOTIFICATION' ? { url } : {}) },
        skew,
      );
    }
  }

  for (const { make, at } of drawSwarm(random, kinds)) make(at);
  if (random.chance(0.3)) leave(random.pick(LEAVING), random.between(0, LENGTH / 2));
  return operations.toSorted((a, b) => a.at - b.at);
}

/** What may be delivered only after the erasure of its person, and what it says. */
const LATE = [
  ...([
    ['MESSAGE_INBOUND', 'STOP'],
    ['MESSAGE_INBOUND', 'PLAIN'],
  ] as const),
  ...([
    ['MESSAGE_INBOUND', 'PLEASE STOP'],
    ['MESSAGE_SUBMIT', 'A word'],
  ] as const),
  ...([
    ['MESSAGE_DELIVERY', ''],
    ['CONTACT_CREATE', ''],
  ] as const),
  ...([['RECORD_NOTIFICATION', '']] as const),
] as const;

/** What an operator does, or a schedule. */
const OPERATOR = ['publish', 'rollback', 'nightly', 'hourly', 'back-up', 'restore'] as const;

const NOBODY = { number: '', contactId: '', conversation: '' };
/** Triggers that have a part of their own above, or end a contact. */
const SPECIAL: ReadonlySet<TriggerName> = new Set([
  ...(['CHANNEL_EVENT', 'MESSAGE_DELIVERY', 'MESSAGE_SUBMIT', 'OPT_IN', 'OPT_OUT'] as const),
  ...(['CONTACT_DELETE', 'CAPABILITY', 'MESSAGE_INBOUND'] as const),
]);

/**
 * How long before its callback an event happened, in milliseconds: mostly just now, at times hours
 * ago or a little ahead.
 */
function drawSkew(random: Random): number {
  if (random.chance(0.1)) return -random.between(60_000, 3_600_000);
  if (random.chance(0.05)) return random.between(0, 2_000);
  return -random.between(0, 2_000);
}
