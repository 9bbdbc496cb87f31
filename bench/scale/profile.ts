import { MIX, PER_SEND } from '../cost/mix.ts';

/**
 * How long a request keeps a server of the platform busy, in milliseconds. An object takes about 1,000 simple calls a second
 * (Durable Objects, limits), so a call takes 1 ms; one that writes or looks into many tables is taken for 1.5 ms. D1 works on one
 * query at a time (D1, limits).
 */
export const SERVICE = {
  objectWrite: 1.5,
  objectRead: 1,
  /** A note to a window: the entries of a batch. */
  tally: 3,
  /** A batch of effects in its consumer, beside the calls that it makes. */
  effects: 50,
  /** A batch of the journal: one transaction of D1, for each entry of it this much. */
  journalEntry: 0.2,
  journalBatch: 5,
  /** What the alarm of a shard of messages takes for each message that has changed. */
  counting: 0.01,
} as const;

/** A class of objects that callbacks call. */
export interface ObjectClass {
  readonly name: string;
  /** How many objects share the calls. */
  readonly count: number;
  readonly service: number;
}

export const MESSAGES: ObjectClass = {
  name: 'Messages',
  count: 16,
  service: SERVICE.objectWrite,
};
export const RECIPIENTS: ObjectClass = {
  name: 'Recipients',
  count: 16,
  service: SERVICE.objectWrite,
};
export const CLAIMS: ObjectClass = { name: 'Claims', count: 16, service: SERVICE.objectWrite };
export const BUDGETS: ObjectClass = {
  name: 'Budgets (one for each rule)',
  count: 1,
  service: SERVICE.objectRead,
};
/** The worst case: all messages are of one app and channel, so each rule has one window. */
export const TALLY: ObjectClass = {
  name: 'Tally (one for each rule, app and channel)',
  count: 1,
  service: SERVICE.tally,
};

/** What a callback of a kind does before its answer, and what it leaves to consumers. */
export interface Profile {
  readonly share: number;
  /** The calls that the answer waits for: `test/worker/awaited-calls.test.ts` holds them to that. */
  readonly calls: readonly ObjectClass[];
  /** Messages on the queue of effects; `isCounted`: a note for the windows of thresholds. */
  readonly effects: number;
  readonly isCounted: boolean;
  /** Calls that consumers make for each effect. */
  readonly effectCalls: readonly ObjectClass[];
}

const CALLS: Readonly<Record<string, Omit<Profile, 'share'>>> = {
  SUBMIT: { calls: [MESSAGES], effects: 0, isCounted: false, effectCalls: [] },
  QUEUED: { calls: [MESSAGES], effects: 0, isCounted: false, effectCalls: [] },
  DELIVERED: { calls: [MESSAGES], effects: 1, isCounted: true, effectCalls: [] },
  READ: { calls: [MESSAGES], effects: 0, isCounted: false, effectCalls: [] },
  FAILED: {
    calls: [MESSAGES],
    effects: 2,
    isCounted: true,
    // The claim, the budget, and what a retry reads and writes of its message.
    effectCalls: [CLAIMS, CLAIMS, BUDGETS, MESSAGES, MESSAGES, MESSAGES],
  },
  inbound: { calls: [RECIPIENTS], effects: 0, isCounted: false, effectCalls: [] },
  STOP: {
    calls: [RECIPIENTS, RECIPIENTS, RECIPIENTS, BUDGETS],
    effects: 0,
    isCounted: false,
    effectCalls: [],
  },
};

/** The kinds of the mix with what they do. */
export const PROFILES: readonly Profile[] = MIX.map(({ name, of1000 }) => {
  const own = CALLS[name];
  if (!own) throw new Error(`${name}: add what it does to bench/scale/profile.ts`);
  return { ...own, share: of1000 / 1_000 / PER_SEND };
});
