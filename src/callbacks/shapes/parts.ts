import * as v from 'valibot';
import type { Address, CallbackSubject, StateRecord } from '../model.ts';

/** Returns a text or a number as text; `undefined` for `""` and anything else. Channels send codes, ids and numbers as JSON numbers too. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : undefined;
}

/** Returns the batch that a message was sent with: Sinch puts it into the message's metadata as `_batch_id`. */
export function batchIn(metadata: string | undefined): string | undefined {
  const own = metadata === undefined ? undefined : parseJsonText(metadata);
  return isRecord(own) ? (textOf(own._batch_id) ?? textOf(own.batch_id)) : undefined;
}

/** A text that Sinch may leave out, send as null, as `""` (then `undefined`) or as a number. */
export const Text = v.optional(v.pipe(v.unknown(), v.transform(textOf)));

/** A code that lists are asked for: blanks around it mean nothing. */
const Code = v.optional(
  v.pipe(
    v.unknown(),
    v.transform((value) => textOf(typeof value === 'string' ? value.trim() : value)),
  ),
);

/** Returns an identity as a text. Tools that re-encode JSON turn a phone number into a number; above 2^53 its digits are lost. */
export const identityText = (value: unknown): string | undefined => {
  const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
  return typeof text === 'string' && text !== '' ? text : undefined;
};

/** An identity on a channel, which may come as a JSON number. */
export const Identity = v.optional(v.pipe(v.unknown(), v.transform(identityText)));

/** A number that may be missing or sent as a text. */
export const Count = v.optional(
  v.pipe(
    v.unknown(),
    v.transform((value) => {
      const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
      return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
    }),
  ),
);

/** A yes or no; anything else is missing. */
export const Flag = v.optional(
  v.pipe(
    v.unknown(),
    v.transform((value) => (typeof value === 'boolean' ? value : undefined)),
  ),
);

/** An object without documented fields; anything else is missing. */
export const Anything = v.optional(
  v.pipe(
    v.unknown(),
    v.transform((value) => (isRecord(value) ? value : undefined)),
  ),
);

/** A list of texts; other items are dropped. */
export const Texts = v.optional(
  v.pipe(
    v.unknown(),
    v.transform((value) =>
      Array.isArray(value)
        ? value.filter((item): item is string => typeof item === 'string' && item !== '')
        : undefined,
    ),
  ),
);

/** An object with known fields, each of which may be missing. Unknown fields stay; a value that is no object is missing. */
export const Part = <const E extends v.ObjectEntries>(entries: E) =>
  v.optional(
    v.pipe(
      v.unknown(),
      v.transform((value) => (isRecord(value) ? value : undefined)),
      v.optional(v.looseObject(entries)),
    ),
  );

/** A "one of" of Sinch's: an object that holds one variant. Drift detection leaves unlisted variants to the fact that names the kind. */
export const OneOf = <const E extends v.ObjectEntries>(entries: E) =>
  v.optional(
    v.pipe(
      v.unknown(),
      v.transform((value) => (isRecord(value) ? value : undefined)),
      v.optional(v.looseObject(entries)),
      v.metadata({ open: true }),
    ),
  );

/** Any value: a field that is known, but whose type differs between Sinch's shapes. */
export const Unread = v.optional(v.unknown());

/** A list of such objects; other items are dropped. */
export const Parts = <const E extends v.ObjectEntries>(entries: E) =>
  v.optional(
    v.pipe(
      v.unknown(),
      v.transform((value) => (Array.isArray(value) ? value.filter(isRecord) : undefined)),
      v.optional(v.array(v.looseObject(entries))),
    ),
  );

/** A person's address. Source: Sinch specification, ChannelIdentity. */
export const ChannelIdentity = Part({ channel: Text, identity: Identity, app_id: Text });
export type ChannelIdentity = v.InferOutput<typeof ChannelIdentity>;

/** Why something failed. The 2021 shape sends `reason: ""` for "no reason". Source: Sinch specification, Reason. */
export const Reason = Part({ code: Code, description: Text, sub_code: Code, channel_code: Code });
export type Reason = v.InferOutput<typeof Reason>;

/** Fields of every payload that is about one person. `channel` stands alone in the 2021 shape. */
export const Personal = {
  channel: Text,
  channel_identity: ChannelIdentity,
  contact_id: Text,
  conversation_id: Text,
  processing_mode: Text,
} as const;

/** The facts of the subject that such a payload carries. */
export const PERSON_FACTS = [
  'channel',
  'identity',
  'contact_id',
  'conversation_id',
  'processing_mode',
] as const;

/** Moves the 2021 shape's bare `channel` into `channel_identity`, where it is missing there. */
export function withChannelIdentity(raw: unknown): unknown {
  if (!isRecord(raw) || typeof raw.channel !== 'string' || raw.channel === '') return raw;
  const given = isRecord(raw.channel_identity) ? raw.channel_identity : {};
  return { ...raw, channel_identity: { ...given, channel: given.channel || raw.channel } };
}

/**
 * The reference pages write VIBER for Viber Business Messages in opt and capability callbacks; Sinch's real name is
 * VIBERBM. A Viber bot's identity is no phone number (letters and `==`; Sinch's 2021 documentation): that one stays VIBER.
 */
export function withViberBusiness(raw: unknown): unknown {
  if (!isRecord(raw) || raw.channel !== 'VIBER') return raw;
  const isBot = typeof raw.identity === 'string' && /[^\d\s()+./-]/.test(raw.identity);
  return isBot ? raw : { ...raw, channel: 'VIBERBM' };
}

/** Returns each value once; `undefined` if there is none, so that an absent list is missing, not empty. */
export function distinct(
  values: readonly (string | undefined)[] | undefined,
): readonly string[] | undefined {
  const found = [...new Set(values)].filter((value) => value !== undefined);
  return found.length > 0 ? found : undefined;
}

/** Whether a value is a JSON object. */
export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The common part of `about` for payloads that carry `channel_identity`. */
export const personSubject = (payload: {
  readonly channel_identity?: ChannelIdentity;
  readonly contact_id?: string | undefined;
  readonly conversation_id?: string | undefined;
  readonly processing_mode?: string | undefined;
}): CallbackSubject => ({
  channel: payload.channel_identity?.channel,
  identity: payload.channel_identity?.identity,
  identityAppId: payload.channel_identity?.app_id,
  contactId: payload.contact_id,
  conversationId: payload.conversation_id,
  processingMode: payload.processing_mode,
});

/** The address a callback is about, when it names both channel and identity. `appId` falls back to the callback's own app. */
export function addressOf(subject: CallbackSubject, appId: string): Address | undefined {
  if (!subject.channel || !subject.identity) return undefined;
  return {
    channel: subject.channel,
    identity: subject.identity,
    appId: subject.identityAppId ?? appId,
  };
}

/** Returns the record that this address belongs to the contact; none in DISPATCH mode, where Sinch stores no contacts. */
export function contactRecord(subject: CallbackSubject, appId: string): readonly StateRecord[] {
  const address = addressOf(subject, appId);
  return subject.contactId && address
    ? [{ kind: 'contact', contactId: subject.contactId, addresses: [address] }]
    : [];
}

/** Which variant of a Sinch "one of" an object holds: `text_message` is `text`. The body of a message comes before its channel-specific extras. */
export function variantOf(
  value: object | undefined,
  suffix: '_message' | '_event',
): string | undefined {
  let extra: string | undefined;
  for (const [key, inner] of Object.entries(value ?? {})) {
    if (!key.endsWith(suffix) || !isRecord(inner)) continue;
    const kind = key.slice(0, -suffix.length);
    if (!/^(explicit|channel_specific)/.test(kind)) return kind;
    extra ??= kind;
  }
  return extra;
}

/** How deep a body may nest. Sinch's own payloads stay below 15. */
export const MAX_DEPTH = 32;

/** The deepest nesting of brackets outside strings, counted before `JSON.parse` builds anything. */
export function depthOf(json: Uint8Array): number {
  let depth = 0;
  let deepest = 0;
  let quoted = false;
  for (let at = 0; at < json.length; at++) {
    const byte = json[at];
    if (quoted) {
      if (byte === 0x5c) at++;
      else if (byte === 0x22) quoted = false;
    } else if (byte === 0x22) quoted = true;
    else if (byte === 0x7b || byte === 0x5b) deepest = Math.max(deepest, ++depth);
    else if (byte === 0x7d || byte === 0x5d) depth--;
  }
  return deepest;
}

/** A text that holds JSON, parsed; `undefined` where it holds none or nests too deep to walk safely. */
export function parseJsonText(text: string): unknown {
  if (!/^\s*[[{]/.test(text) || depthOf(new TextEncoder().encode(text)) > MAX_DEPTH)
    return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
