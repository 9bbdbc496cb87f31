import type { Sent } from '../../src/simulator/models/webhooks.ts';
import { openRandom } from '../../src/simulator/world/random.ts';
import type { House, Reached } from './house.ts';
import { START } from './house.ts';
import type { Operation, SendingFate } from './load/operations.ts';
import { type App, type ChannelName, contactOf } from './load/people.ts';
import { bodyOf, type Shape, type Told, toldAt } from './load/wire.ts';
import { openOperator } from './operator.ts';
import { openSendingSystem, sentBy } from './sending-system.ts';

/** A callback that Sinch sent, and what it was about. */
export interface Posted {
  readonly name: string;
  /** `undefined`: nobody can read it. */
  readonly told: Told | undefined;
  /** The time of the event as its body tells it. */
  readonly eventAt: number;
  readonly sent: Sent;
}

/** An operator's or a sending system's call, and what came of it. */
export interface Called {
  readonly operation: Operation;
  readonly sentAt: number;
  /** When its answer came; `undefined`: none came. */
  readonly answeredAt: number | undefined;
  readonly status: number | undefined;
  readonly body: unknown;
}

/** A message that was sent, with all that was sent in its place. */
export interface Campaign {
  /** The operation that sent it: Sinch was asked past the Worker, or by its gateway. */
  readonly name: string;
  readonly app: App;
  readonly channel: ChannelName;
  readonly identity: string;
  readonly content: 'marketing' | 'notification';
  readonly fates: readonly SendingFate[];
  readonly shape: Shape;
  readonly rootId: string;
  readonly text: string;
  /** Every sending of the product's own that Sinch took after the first one, in order. */
  readonly resent: Reached[];
}

/** What happened in a run, as the world outside saw it. */
export interface Driven {
  readonly posted: Posted[];
  readonly called: Called[];
  readonly campaigns: ReadonlyMap<string, Campaign>;
}

/** Lets everything of a load happen in its time. Call it before the world runs. */
export function drive(
  house: House,
  operations: readonly Operation[],
  seed: number,
): Driven & { readonly onSent: (reached: Reached) => void } {
  const { world, webhooks, deployed } = house;
  const posted: Posted[] = [];
  const called: Called[] = [];
  const campaigns = new Map<string, Campaign>();
  const sendingSystem = openSendingSystem(house, called);
  const operator = openOperator(house, called);

  const post = (name: string, told: Told, shape: Shape): void => {
    const { trigger, text, status, reason, app, channel, number, eventAt } = told;
    const words = [text, status, reason].filter((word) => word !== '').join(' ');
    const time = new Date(eventAt).toISOString().slice(11, 23);
    const about = `${app.slice(0, 4)} ${channel}/${number} at ${time}`;
    world.log('callback', { name, trigger, words, about });
    const sent = webhooks.send(name, bodyOf(told, shape));
    posted.push({ name, told, eventAt: toldAt(told, shape), sent });
  };
  /** The reports of one sending, as the channel makes them: in any order, and late at times. */
  function report(campaign: Campaign, id: string, attempt: number): void {
    const { app, identity, channel, name, shape, fates, text } = campaign;
    const own = openRandom(`${seed}/${name}/${attempt}`);
    const about = {
      ...{ app: app.id, mode: app.mode, id, channel, number: identity },
      ...{ contactId: contactOf(identity), conversation: `CONV-${identity}`, text },
      ...{ metadata: `meta-${name}`, also: '', url: '' },
      reason: '',
      status: '',
    };
    const later = (
      trigger: Told['trigger'],
      status: string,
      reason: string,
      from: number,
      to: number,
    ): void => {
      const happened = world.now() + own.between(from, to);
      world.at(happened + own.between(50, own.chance(0.1) ? 60_000 : 1_500), world.outside, () =>
        post(
          `${name}.${attempt}.${status || 'submit'}`.toLowerCase(),
          { ...about, trigger, status, reason, eventAt: happened },
          shape,
        ),
      );
    };
    later('MESSAGE_SUBMIT', '', '', 0, 500);
    for (const [status, reason] of REPORTS[fates[attempt] ?? 'delivered'])
      later('MESSAGE_DELIVERY', status, reason, 500, 20_000);
  }

  function begun(
    message: Omit<Campaign, 'rootId' | 'text' | 'resent'>,
    text: string,
    rootId: string,
  ): void {
    const { name, app, channel, identity, content, fates, shape } = message;
    const campaign = { name, app, channel, identity, content, fates, shape, rootId, text };
    const known = { ...campaign, resent: [] };
    campaigns.set(text, known);
    report(known, rootId, 0);
  }

  function begin(operation: Operation): unknown {
    const { name } = operation;
    switch (operation.kind) {
      case 'callback': {
        const eventAt = Math.round(world.now() + operation.skew);
        return post(name, { ...operation.told, eventAt }, operation.shape);
      }
      case 'unreadable': {
        const sent = webhooks.send(name, `{"message": unreadable ${name}`);
        return posted.push({ name, told: undefined, eventAt: world.now(), sent });
      }
      case 'campaign': {
        const identity = operation.person.number;
        const text = `A word from ${name}`;
        return begun({ ...operation, identity, content: 'marketing' }, text, messageOf(name));
      }
      case 'gone':
        return house.endReceiver(START + operation.until);
      case 'send':
        return sendingSystem.send(operation);
      case 'check':
      case 'choose':
        return sendingSystem.ask(operation);
      case 'nightly':
        return deployed.isolates.scheduled('17 3 * * *');
      case 'hourly':
        return deployed.isolates.scheduled('47 * * * *');
      default:
        return operator.act(operation);
    }
  }

  for (const operation of operations)
    world.at(START + operation.at, world.outside, () => begin(operation));

  return {
    posted,
    called,
    campaigns,
    onSent(reached) {
      const { messageId } = reached;
      const text = textOf(reached.body);
      const campaign = campaigns.get(text);
      const sender = sentBy(reached);
      if (messageId && sender !== undefined) {
        const operation = operations.find(({ name }) => name === sender);
        if (operation?.kind === 'send' && !campaign) begun(operation, text, messageId);
      } else if (messageId && campaign) {
        campaign.resent.push(reached);
        report(campaign, messageId, campaign.resent.length);
      }
      const asked = Object(reached.body);
      if (/capability:query/.test(reached.url)) answerCapability(asked);
    },
  };

  /** Sinch gives the request id back in a callback. */
  function answerCapability(asked: {
    app_id?: string;
    request_id?: string;
    recipient?: unknown;
  }): void {
    const [identity] =
      Reflect.get(
        Object(Reflect.get(Object(asked.recipient), 'identified_by')),
        'channel_identities',
      ) ?? [];
    const id = asked.request_id ?? '';
    const own = openRandom(`${seed}/capability/${identity?.channel}/${identity?.identity}`);
    // Sinch finds out the same about a person each time, or nothing, or never answers.
    const status = own.pick(CAPABILITIES);
    if (status === undefined) return;
    world.at(world.now() + 500, world.outside, () => {
      const about = { contactId: '', text: '', conversation: '', reason: '', metadata: '' };
      const told: Told = {
        ...{ ...about, also: '', url: '' },
        ...{ trigger: 'CAPABILITY', app: asked.app_id ?? '', mode: 'DISPATCH', id },
        ...{ channel: identity?.channel ?? '', number: identity?.identity ?? '' },
        ...{ status, eventAt: Math.floor(world.now()) },
      };
      post(`answer-${id}`, told, 'new');
    });
  }
}

/** The text of a message that was sent. */
export function textOf(body: unknown): string {
  const message: unknown = Reflect.get(Object(body), 'message');
  const text: unknown = Reflect.get(Object(Reflect.get(Object(message), 'text_message')), 'text');
  return typeof text === 'string' ? text : '';
}

/** The id that Sinch gave a message that was sent past the Worker. */
const messageOf = (name: string): string => `MSG-${name}`.toUpperCase();

const CAPABILITIES = [
  ...(['CAPABILITY_FULL', 'CAPABILITY_FULL', 'CAPABILITY_PARTIAL', 'NO_CAPABILITY'] as const),
  ...(['CAPABILITY_UNKNOWN', undefined] as const),
];

const REPORTS: Readonly<
  Record<SendingFate, readonly (readonly [status: string, reason: string])[]>
> = {
  delivered: [
    ['QUEUED_ON_CHANNEL', ''],
    ['DELIVERED', ''],
  ],
  transient: [['FAILED', 'RATE_LIMITED']],
  permanent: [['FAILED', 'RECIPIENT_INVALID']],
  late: [
    ['FAILED', 'RATE_LIMITED'],
    ['DELIVERED', ''],
  ],
  silent: [],
};
