import * as v from 'valibot';
import type { About, Address } from './trigger.ts';

/** A text that Sinch may leave out, send as null, or send as `""`: then `undefined`. */
export const Text = v.optional(
  v.pipe(
    v.unknown(),
    v.transform((value) => (typeof value === 'string' && value !== '' ? value : undefined)),
  ),
);

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

/** An object whose own fields nobody promises; anything else is missing. */
export const Anything = v.optional(
  v.pipe(
    v.unknown(),
    v.transform((value) => (isRecord(value) ? value : undefined)),
  ),
);

/** `{channel, identity, app_id}`, every part optional. A plain text or nothing is read as "none". */
export const ChannelIdentity = v.optional(
  v.pipe(
    v.unknown(),
    v.transform((value) => (isRecord(value) ? value : undefined)),
    v.optional(v.looseObject({ channel: Text, identity: Text, app_id: Text })),
  ),
);
export type ChannelIdentity = v.InferOutput<typeof ChannelIdentity>;

/** Why something failed. The 2021 shape sends `reason: ""` for "no reason". Source: Sinch specification, Reason. */
export const Reason = v.optional(
  v.pipe(
    v.unknown(),
    v.transform((value) => (isRecord(value) ? value : undefined)),
    v.optional(v.looseObject({ code: Text, description: Text, sub_code: Text, channel_code: Text })),
  ),
);
export type Reason = v.InferOutput<typeof Reason>;

/** Whether a value is a JSON object. */
export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The common part of `about` for payloads that carry `channel_identity` (and, in 2021's shape, `channel`). */
export const aboutPerson = (payload: {
  readonly channel_identity?: ChannelIdentity;
  readonly channel?: string | undefined;
  readonly contact_id?: string | undefined;
  readonly conversation_id?: string | undefined;
  readonly processing_mode?: string | undefined;
}): About => ({
  channel: payload.channel_identity?.channel ?? payload.channel,
  identity: payload.channel_identity?.identity,
  identityAppId: payload.channel_identity?.app_id,
  contactId: payload.contact_id,
  conversationId: payload.conversation_id,
  processingMode: payload.processing_mode,
});

/** The address a callback is about, when it names both channel and identity. `appId` falls back to the callback's own app. */
export function addressOf(about: About, appId: string): Address | undefined {
  if (!about.channel || !about.identity) return undefined;
  return { channel: about.channel, identity: about.identity, appId: about.identityAppId ?? appId };
}
