import * as v from 'valibot';
import { messageKind, messageText } from '../facts/shared-facts.ts';
import type { CallbackSubject } from '../model.ts';
import {
  Anything,
  addressOf,
  batchIn,
  isRecord,
  PERSON_FACTS,
  Personal,
  personSubject,
  Text,
  variantOf,
  withChannelIdentity,
} from '../shapes/parts.ts';
import { defineTrigger } from './trigger.ts';

/** A message that Sinch took from you and gave to a channel. Source: Sinch specification, MessageSubmitNotification. */
export const MessageSubmit = v.pipe(
  v.unknown(),
  v.transform((raw) => withChannelIdentity(lifted(raw))),
  v.looseObject({ ...Personal, message_id: Text, submitted_message: Anything, metadata: Text }),
);
export type MessageSubmit = v.InferOutput<typeof MessageSubmit>;

const LIFTED = [
  'message_id',
  'conversation_id',
  'channel',
  'channel_identity',
  'contact_id',
  'metadata',
  'processing_mode',
];

/** The reference pages nest everything in `submitted_message`, which then holds no message: its fields move up. */
function lifted(raw: unknown): unknown {
  if (!isRecord(raw) || !isRecord(raw.submitted_message)) return raw;
  const inner = Object.entries(raw.submitted_message);
  const up = Object.fromEntries(inner.filter(([key]) => LIFTED.includes(key)));
  const message = Object.fromEntries(inner.filter(([key]) => !LIFTED.includes(key)));
  return { ...up, ...raw, submitted_message: variantOf(message, '_message') ? message : undefined };
}

const textOf = ({ submitted_message: message }: MessageSubmit): string | undefined => {
  const text = isRecord(message?.text_message) ? message.text_message.text : undefined;
  return typeof text === 'string' ? text : undefined;
};

const subjectOf = (submit: MessageSubmit): CallbackSubject => ({
  ...personSubject(submit),
  messageId: submit.message_id,
  metadata: submit.metadata,
});

export const messageSubmit = defineTrigger<MessageSubmit>({
  name: 'MESSAGE_SUBMIT',
  noun: 'submitted message',
  description:
    'A message of yours was handed to a channel. Subscribe to it: a retry needs the message it holds.',
  keys: ['message_submit_notification'],
  subjectFacts: [...PERSON_FACTS, 'message_id'],
  always: ['app_id', 'channel', 'message_id'],
  alwaysSubscribed: true,
  schema: MessageSubmit,
  identity: (submit) => [
    submit.message_id,
    submit.channel_identity?.channel,
    submit.channel_identity?.identity,
  ],
  subject: subjectOf,
  recordState: (submit, { appId, messageMetadata, correlationId }) => {
    const {
      message_id: messageId,
      submitted_message: message,
      contact_id: contactId,
      processing_mode: processingMode,
    } = submit;
    const address = addressOf(subjectOf(submit), appId);
    if (!messageId || !message || !address) return [];
    const metadata = submit.metadata ?? (messageMetadata || undefined);
    return [
      {
        kind: 'submitted',
        messageId,
        batchId: batchIn(metadata),
        address,
        message,
        metadata,
        correlationId: correlationId || undefined,
        contactId,
        processingMode,
      },
    ];
  },
  facts: {
    message_kind: messageKind(({ submitted_message }) => submitted_message),
    text: messageText(textOf),
  },
});
