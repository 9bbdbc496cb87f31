import * as v from 'valibot';
import { Address } from '../callbacks/model.ts';

const Maybe = v.optional(v.string());

/** The identifiers of a callback, without its payload: small enough for a queue message. Times are milliseconds since 1970. */
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

/** A packed body: the text, or its key in R2 when it is too large for a queue message (128 KB). */
export const Body = v.union([v.object({ text: v.string() }), v.object({ key: v.string() })]);
export type Body = v.InferOutput<typeof Body>;

/** Why an action is held: a pause, or a rule above its budget. */
export const Hold = v.object({
  cause: v.picklist(['budget', 'pause']),
  reason: v.string(),
  pause: v.optional(v.string()),
});
export type Hold = v.InferOutput<typeof Hold>;

/** The queues that effects wait on. */
export type EffectQueue = 'effects' | 'forwards';

/** One action of a fired rule, done once from the queue. */
export const Effect = v.object({
  kind: v.literal('effect'),
  /** Callback id, rule and index of the action: the claim, unless the action defines its own. */
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
  /** The contact addresses of the callback, if the action needs them; a key in R2 when they are many. */
  addresses: v.optional(v.union([v.array(Address), v.object({ key: v.string() })]), []),
  body: v.optional(Body),
  /** The rule's own budget; the action's if missing. `within` in milliseconds. */
  budget: v.optional(v.object({ count: v.number(), within: v.number() })),
  /** The hold that was found at the decision. */
  held: v.optional(Hold),
  /** Its place among the effects with the same (hashed) ordering key; places grow. */
  fifo: v.optional(v.object({ name: v.string(), place: v.number() })),
  /** An operator released this effect: no pause and no budget holds it any more. The end of a pause does not set this. */
  released: v.optional(v.boolean()),
  /** Who released it after a hold, and why. */
  after: Maybe,
});
export type Effect = v.InferOutput<typeof Effect>;

/** Addresses of contacts, stored so that a later deletion finds them. */
export const ContactNote = v.object({
  kind: v.literal('contact'),
  contacts: v.array(
    v.object({
      contactId: v.string(),
      addresses: v.array(Address),
      /** These, with those in other notes of the callback, are all addresses that the contact has. */
      isWhole: v.optional(v.boolean()),
    }),
  ),
  at: v.number(),
  /** The callback that contains them, and the rulebook that decided it. */
  by: v.object({
    id: v.string(),
    trigger: v.string(),
    appId: v.string(),
    receivedAt: v.number(),
    rulebook: v.string(),
  }),
});
export type ContactNote = v.InferOutput<typeof ContactNote>;

/** An alert group has a message due: its alarm fired, or a failed destination (`again`) is to be redelivered to. */
export const AlertDue = v.object({ kind: v.literal('alerts'), group: v.string(), again: Maybe });
export type AlertDue = v.InferOutput<typeof AlertDue>;

/** A rule resolves another rule's alerts about a sender. */
export const AlertEnded = v.object({
  kind: v.literal('ended'),
  rule: v.string(),
  actor: v.string(),
  app_id: v.string(),
  channel: v.string(),
  at: v.number(),
});
export type AlertEnded = v.InferOutput<typeof AlertEnded>;

const TermsShape = v.object({
  within: v.number(),
  cooldown: v.number(),
  over: v.variant('kind', [
    v.object({ kind: v.literal('count'), count: v.number() }),
    v.object({ kind: v.literal('share'), share: v.number(), atLeast: v.number() }),
  ]),
});

/** A counted callback, as it is decided again when its threshold rule fires. */
export const TallyCase = v.object({
  body: Body,
  receivedAt: v.number(),
  recalled: v.record(v.string(), v.unknown()),
});
export type TallyCase = v.InferOutput<typeof TallyCase>;

/** A callback that threshold rules count. */
export const TallyNote = v.object({
  kind: v.literal('tally'),
  id: v.string(),
  at: v.number(),
  /** The windows that count it; `group` names one window of the rule, `hit` tells whether the rule's condition held. */
  counted: v.array(
    v.object({ rule: v.string(), group: v.string(), hit: v.boolean(), terms: TermsShape }),
  ),
  /** Present if the condition of any of these rules held. */
  case: v.optional(TallyCase),
  /** Keyed hashes of the people in the case; missing when they are too many for a message. */
  people: v.optional(v.array(v.string())),
});
export type TallyNote = v.InferOutput<typeof TallyNote>;

/** A callback whose trigger keeps its body: it is stored for admins. */
export const KeptBody = v.object({
  kind: v.literal('kept-body'),
  /** The callback's id. */
  id: v.string(),
  body: Body,
  receivedAt: v.number(),
});
export type KeptBody = v.InferOutput<typeof KeptBody>;

/** Callbacks are refused and none verifies: of which apps, how many and since when. */
export const RefusedApps = v.object({
  kind: v.literal('refusals'),
  apps: v.array(v.object({ app: v.string(), failures: v.number(), since: v.number() })),
  at: v.number(),
});
export type RefusedApps = v.InferOutput<typeof RefusedApps>;

/** A heartbeat of `alerts.json` became silent at `at`, or a callback arrived again; `last`: the last callback before, or the start of the silence. */
export const HeartbeatChanged = v.object({
  kind: v.literal('heartbeat'),
  id: v.string(),
  state: v.picklist(['silent', 'resumed']),
  last: v.number(),
  at: v.number(),
});
export type HeartbeatChanged = v.InferOutput<typeof HeartbeatChanged>;

/** A capability check that waits for its turn. `at`: when it was requested, milliseconds since 1970; `looks`: how often earlier messages of it looked whether its turn had come. */
export const CapabilityCheck = v.object({
  kind: v.literal('capability-check'),
  app: v.string(),
  address: Address,
  requestId: v.string(),
  at: v.number(),
  looks: v.optional(v.number(), 0),
});
export type CapabilityCheck = v.InferOutput<typeof CapabilityCheck>;

/** A message of the `effects` queue; the `forwards` queue has effects only. */
export const Work = v.variant('kind', [
  Effect,
  ContactNote,
  AlertDue,
  AlertEnded,
  TallyNote,
  RefusedApps,
  HeartbeatChanged,
  KeptBody,
  CapabilityCheck,
]);
export type Work = v.InferOutput<typeof Work>;

/** A message of the `callbacks` queue: a callback that could not be decided or dispatched at once. */
export const Deferred = v.object({
  /** The callback's id. */
  id: Maybe,
  body: Body,
  receivedAt: v.number(),
  reason: v.string(),
});
export type Deferred = v.InferOutput<typeof Deferred>;

/** How an effect ended: done, skipped for a reason, or to be tried again in some seconds. */
export type Outcome =
  | { readonly did: string }
  /** `notify`: alert the operator, once an hour. */
  | { readonly skipped: string; readonly notify?: true }
  | { readonly later: number; readonly reason: string };
