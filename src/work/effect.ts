import * as v from 'valibot';
import { Address } from '../callbacks/model.ts';

const Maybe = v.optional(v.string());

/** Whom and what an effect is about: a callback without its payload, small enough for a queue. Times are milliseconds since 1970. */
export const Subject = v.object({
  callbackId: v.string(),
  trigger: v.string(),
  appId: v.string(),
  projectId: v.string(),
  channel: Maybe,
  identity: Maybe,
  identityAppId: Maybe,
  contactId: Maybe,
  conversationId: Maybe,
  messageId: Maybe,
  processingMode: Maybe,
  metadata: Maybe,
  correlationId: Maybe,
  eventTime: v.number(),
  receivedAt: v.number(),
});
export type Subject = v.InferOutput<typeof Subject>;

/** A body in the message itself, or in R2 when it is too large for a queue (128 KB a message). */
export const Body = v.union([v.object({ text: v.string() }), v.object({ key: v.string() })]);
export type Body = v.InferOutput<typeof Body>;

/** Why something waits: a pulled lever, or a rule past its budget. */
export const Hold = v.object({
  cause: v.picklist(['budget', 'pause']),
  reason: v.string(),
  pause: v.optional(v.string()),
});
export type Hold = v.InferOutput<typeof Hold>;

/** One thing to do, once, behind the queue. */
export const Effect = v.object({
  kind: v.literal('effect'),
  /** Callback id, rule and place in the rule: what "once" means unless the action knows better. */
  key: v.string(),
  action: v.string(),
  params: v.record(v.string(), v.unknown()),
  rule: v.object({
    name: v.string(),
    owner: v.string(),
    why: v.string(),
    sentence: Maybe,
    nextStep: Maybe,
    labels: v.optional(v.record(v.string(), v.string())),
  }),
  rulebook: v.string(),
  subject: Subject,
  facts: v.record(v.string(), v.unknown()),
  /** All addresses that the callback tells of a contact, where the action wants them; in R2 when they are many. */
  addresses: v.optional(v.union([v.array(Address), v.object({ key: v.string() })]), []),
  body: v.optional(Body),
  /** How often its rule may do this; the action's own budget where it is not said. `within` in milliseconds. */
  budget: v.optional(v.object({ count: v.number(), within: v.number() })),
  /** Already held when it was decided. */
  held: v.optional(Hold),
  /** Where it stands among those that must go in order; places grow. */
  line: v.optional(v.object({ name: v.string(), place: v.number() })),
  /** A person let this very work go on: it waits for nothing more. The end of a pause lets nothing past other pauses and budgets. */
  released: v.optional(v.boolean()),
  /** Who let it go on after it was held, and why. */
  after: Maybe,
});
export type Effect = v.InferOutput<typeof Effect>;

/** Which addresses contacts have, to be kept so that a deletion can find them. */
export const ContactNote = v.object({
  kind: v.literal('contact'),
  contacts: v.array(v.object({ contactId: v.string(), addresses: v.array(Address) })),
  at: v.number(),
  /** Who tells it: a callback, as it was decided. */
  by: v.object({
    id: v.string(),
    trigger: v.string(),
    appId: v.string(),
    receivedAt: v.number(),
    rulebook: v.string(),
  }),
});
export type ContactNote = v.InferOutput<typeof ContactNote>;

/** A group of alerts has something to do: its alarm rang, or a destination that gave up is to be told again. */
export const Alarming = v.object({ kind: v.literal('alerts'), group: v.string(), again: Maybe });
export type Alarming = v.InferOutput<typeof Alarming>;

/** A rule says that another rule's alerts about this sender are over. */
export const Ended = v.object({
  kind: v.literal('ended'),
  rule: v.string(),
  actor: v.string(),
  app_id: v.string(),
  channel: v.string(),
  at: v.number(),
});
export type Ended = v.InferOutput<typeof Ended>;

const TermsShape = v.object({
  within: v.number(),
  cooldown: v.number(),
  over: v.variant('kind', [
    v.object({ kind: v.literal('count'), count: v.number() }),
    v.object({ kind: v.literal('share'), share: v.number(), atLeast: v.number() }),
  ]),
});

/** A callback as it must be read again when a rule that counted it fires. */
export const TallyCase = v.object({
  body: Body,
  receivedAt: v.number(),
  recalled: v.record(v.string(), v.unknown()),
});
export type TallyCase = v.InferOutput<typeof TallyCase>;

/** A callback that counts for rules with a threshold. */
export const TallyNote = v.object({
  kind: v.literal('tally'),
  id: v.string(),
  at: v.number(),
  /** Which rules' windows; `group` names one of the rule's, `hit` says whether the rule's condition held. */
  counted: v.array(
    v.object({ rule: v.string(), group: v.string(), hit: v.boolean(), terms: TermsShape }),
  ),
  /** Where some rule's condition held. */
  case: v.optional(TallyCase),
  /** Keyed hashes of those that the case names; missing where they are too many to travel: the case tells them again. */
  people: v.optional(v.array(v.string())),
});
export type TallyNote = v.InferOutput<typeof TallyNote>;

/** What travels on the `effects` queue. */
export const Work = v.variant('kind', [Effect, ContactNote, Alarming, Ended, TallyNote]);
export type Work = v.InferOutput<typeof Work>;

/** What travels on the `callbacks` queue: a callback that could not be decided or performed at once. */
export const Deferred = v.object({ body: Body, receivedAt: v.number(), reason: v.string() });
export type Deferred = v.InferOutput<typeof Deferred>;

/** How an effect ended: done, left undone for a reason, or to be tried again after some seconds. */
export type Outcome =
  | { readonly did: string }
  /** `tell`: the operator should know, once an hour. */
  | { readonly skipped: string; readonly tell?: true }
  | { readonly later: number; readonly reason: string };
