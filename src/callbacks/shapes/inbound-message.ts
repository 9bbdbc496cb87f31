import * as v from 'valibot';
import { CLOSING_WORDS, withoutClosing } from '../facts/closing.ts';
import { type Fact, fact } from '../facts/fact.ts';
import { fold } from '../facts/fold.ts';
import { ownText } from '../facts/own-text.ts';
import { direction, mediaUrl, messageKind, messageText, senderId } from '../facts/shared-facts.ts';
import type { CallbackSubject, StateRecord } from '../model.ts';
import {
  addressOf,
  contactRecord,
  Flag,
  isRecord,
  OneOf,
  Part,
  Personal,
  personSubject,
  Text,
  withChannelIdentity,
} from './parts.ts';

/** One message from a person to an app, in the specification's shape. Source: Sinch specification, ContactMessage. */
export const InboundMessage = v.pipe(
  v.unknown(),
  v.transform((raw) => withReplyTo(withChannelIdentity(raw))),
  v.looseObject({
    ...Personal,
    id: Text,
    direction: Text,
    echo: Flag,
    is_echo: Flag,
    contact_message: OneOf({
      text_message: Part({ text: Text }),
      media_message: Part({ url: Text, thumbnail_url: Text, filename_override: Text }),
      media_card_message: Part({ url: Text, caption: Text }),
      choice_response_message: Part({ message_id: Text, postback_data: Text }),
      fallback_message: Part({ raw_message: Text }),
      reply_to: Part({ message_id: Text }),
    }),
    conversation_channel: Text,
    metadata: Text,
    accept_time: Text,
    sender_id: Text,
    injected: Flag,
    redaction_type: Text,
    original_text: Text,
    original_message_id: Text,
  }),
);
export type InboundMessage = v.InferOutput<typeof InboundMessage>;

/** The reference pages call `contact_message.reply_to` `reply_message`. */
function withReplyTo(raw: unknown): unknown {
  if (!isRecord(raw)) return raw;
  const inner = isRecord(raw.contact_message) ? raw.contact_message : {};
  const reply = [inner.reply_to, inner.reply_message, raw.reply_message].find(isRecord);
  if (reply === undefined || reply === inner.reply_to) return raw;
  const { reply_message: _, ...rest } = inner;
  return {
    ...raw,
    contact_message: { ...rest, reply_to: { ...reply, message_id: reply.message_id ?? reply.id } },
  };
}

/** The text of a message, wherever its kind puts it; the most direct field first. Source: Sinch’s pages of each channel. */
function textOf({ contact_message: message }: InboundMessage): string | undefined {
  return (
    message?.text_message?.text ??
    message?.media_card_message?.caption ??
    message?.choice_response_message?.postback_data ??
    message?.fallback_message?.raw_message
  );
}

/** Returns the text without its technical prefix. RCS puts the id of the message before a suggested reply: `01J…_Stop please`. */
function spokenText(message: InboundMessage): string | undefined {
  const text = textOf(message);
  const id = message.contact_message?.choice_response_message?.message_id;
  if (
    text === undefined ||
    text !== message.contact_message?.choice_response_message?.postback_data
  )
    return text;
  return id && text.startsWith(`${id}_`)
    ? text.slice(id.length + 1)
    : text.replace(/^[0-9A-HJKMNP-TV-Z]{26}_/, '');
}

export const messageSubject = (message: InboundMessage): CallbackSubject => ({
  ...personSubject(message),
  messageId: message.id,
  metadata: message.metadata,
});

const directionOf = ({ direction: written, echo, is_echo }: InboundMessage): string | undefined =>
  echo || is_echo ? 'TO_CONTACT' : written;

/** Returns what a message says about its sender: the address of the contact, and that the person wrote on the channel. */
export function messageRecords(message: InboundMessage, appId: string): readonly StateRecord[] {
  const subject = messageSubject(message);
  const address = addressOf(subject, appId);
  const isOwn = !message.injected && directionOf(message) !== 'TO_CONTACT';
  const contact = contactRecord(subject, appId);
  return address && isOwn ? [{ kind: 'reply', address }, ...contact] : contact;
}

/** Facts of a message from a person, redacted or not. */
export const inboundFacts: Readonly<Record<string, Fact<InboundMessage>>> = {
  text: messageText(textOf),
  own_text: fact.text(
    'own text',
    'What the person wrote: the text without reactions that quote a message, quoted replies, forwarded texts and the line of the phone. Missing when nothing is left.',
    { personal: true },
    (message) => {
      const text = spokenText(message);
      return text && ownText(text);
    },
  ),
  keyword: fact.text(
    'plain text',
    'The own text folded for comparing: upper case, no accents, no punctuation or emoji around it, without thanks, a greeting or a name after it.',
    { personal: true, folded: true, derivedFrom: 'text' },
    (message, { lists }) => {
      const text = spokenText(message);
      const own = text && ownText(text);
      return own && fold(withoutClosing(own, lists[CLOSING_WORDS] ?? []));
    },
  ),
  message_kind: messageKind(({ contact_message }) => contact_message),
  injected: fact.boolean(
    'injected',
    'Whether the message was injected through the API, so that the person did not write it.',
    { personal: false, inOwnMessage: false },
    ({ injected }) => injected,
  ),
  direction: direction(directionOf),
  sender_id: senderId(({ sender_id }) => sender_id),
  media_url: mediaUrl(
    ({ contact_message: message }) =>
      message?.media_message?.url ?? message?.media_card_message?.url,
  ),
  reply_to: fact.text(
    'message replied to',
    'The message that this one answers.',
    { personal: false },
    ({ contact_message: message }) =>
      message?.reply_to?.message_id ?? message?.choice_response_message?.message_id,
  ),
};
