import type { Random } from '../../../src/simulator/world/random.ts';
import type { App, ChannelName, Person } from './people.ts';
import type { Shape, Told } from './wire.ts';

/** How long the load lasts, in milliseconds. */
export const LENGTH = 25 * 60_000;

/** One thing that happens in a run. `at` is milliseconds after its start. */
export type Operation = { readonly name: string; readonly at: number } & (
  | {
      readonly kind: 'callback';
      readonly told: Omit<Told, 'eventAt'>;
      readonly skew: number;
      readonly shape: Shape;
    }
  | { readonly kind: 'unreadable' }
  | {
      readonly kind: 'campaign';
      readonly app: App;
      readonly person: Person;
      readonly channel: ChannelName;
      /** How each sending ends: the first one, then each that takes its place. */
      readonly fates: readonly SendingFate[];
      readonly shape: Shape;
    }
  | { readonly kind: 'publish' | 'rollback' | 'back-up' | 'restore' }
  | { readonly kind: 'nightly' | 'hourly' }
  | {
      readonly kind: 'pause' | 'resume';
      readonly what: 'rule' | 'action' | 'destination';
      readonly which: string;
    }
  /** Puts every open dead letter back on its queue. */
  | { readonly kind: 'redeliver' }
  /** A receiver is gone for a while: it answers 410. */
  | { readonly kind: 'gone'; readonly until: number }
  | { readonly kind: 'permit'; readonly app: App; readonly count: number }
  | {
      readonly kind: 'by-hand';
      readonly person: Person;
      readonly channel: ChannelName;
      readonly to: 'out' | 'in';
    }
  | { readonly kind: 'erase'; readonly person: Person }
  | Send
  | Ask
  | {
      readonly kind: 'import';
      /** Who is opted out by a list, on which channel. */
      readonly people: readonly (readonly [channel: ChannelName, identity: string])[];
    }
);

/** A sending system sends a message through the gateway, until it has a definite answer. */
export interface Send {
  readonly kind: 'send';
  readonly app: App;
  readonly channel: ChannelName;
  readonly identity: string;
  readonly content: 'marketing' | 'notification';
  /** What it brings as its Authorization. */
  readonly token: 'valid' | 'expired' | 'forged';
  /** How many requests with the same Idempotency-Key begin at the same time. */
  readonly atOnce: number;
  /** For how long a throttled request may wait, in seconds. */
  readonly wait: number;
  /** How each sending ends, as those of a campaign. */
  readonly fates: readonly SendingFate[];
  readonly shape: Shape;
}

/** A sending system asks whom it reaches on which channel: it starts capability checks, or asks for an order. */
export interface Ask {
  readonly kind: 'check' | 'choose';
  readonly app: App;
  readonly content: 'marketing' | 'notification';
  readonly addresses: readonly (readonly [channel: ChannelName, identity: string])[];
}

/** `late`: it failed and was delivered after all; `silent`: no report comes. */
export type SendingFate = 'delivered' | 'transient' | 'permanent' | 'late' | 'silent';

const FATES: readonly SendingFate[] = [
  ...(['delivered', 'transient', 'transient', 'transient'] as const),
  ...(['permanent', 'late', 'silent'] as const),
];

/** How the sendings of a message end: the first one, then each that takes its place. */
export const drawFates = (random: Random): readonly SendingFate[] =>
  Array.from({ length: 6 }, () => random.pick(FATES));
