import type { Callback } from '../callback.ts';
import { type Fact, fact } from './fact.ts';

/** Channels that Sinch names. Source: Sinch specification, ConversationChannel; VIBER and SINCH_CHAT are legacy. */
export const CHANNELS = [
  'WHATSAPP',
  'RCS',
  'SMS',
  'MMS',
  'MESSENGER',
  'INSTAGRAM',
  'TELEGRAM',
  'VIBERBM',
  'VIBER',
  'KAKAOTALK',
  'KAKAOTALKCHAT',
  'LINE',
  'WECHAT',
  'APPLEBC',
] as const;

/** Facts that every callback has or may have. */
export const commonFacts: Readonly<Record<string, Fact<Omit<Callback, 'fact'>>>> = {
  trigger: fact.text(
    'trigger',
    'Which kind of callback it is.',
    { personal: false },
    ({ trigger }) => trigger,
  ),
  app_id: fact.text(
    'app',
    'The Conversation API app.',
    { personal: false },
    ({ envelope }) => envelope.appId,
  ),
  project_id: fact.text(
    'project',
    'The Sinch project; may be missing.',
    { personal: false },
    ({ envelope }) => envelope.projectId,
  ),
  channel: fact.text(
    'channel',
    'The channel, in Sinch’s spelling.',
    { personal: false, known: CHANNELS },
    ({ subject }) => subject.channel,
  ),
  identity: fact.text(
    'identity',
    'The person’s address on the channel, as Sinch wrote it.',
    { personal: true },
    ({ subject }) => subject.identity,
  ),
  contact_id: fact.text(
    'contact id',
    'Sinch’s contact; missing in DISPATCH mode.',
    { personal: true },
    ({ subject }) => subject.contactId,
  ),
  conversation_id: fact.text(
    'conversation',
    'Sinch’s conversation; missing in DISPATCH mode.',
    { personal: true },
    ({ subject }) => subject.conversationId,
  ),
  message_id: fact.text(
    'message',
    'The message that the callback is about.',
    { personal: false },
    ({ subject }) => subject.messageId,
  ),
  processing_mode: fact.text(
    'processing mode',
    'Whether Sinch keeps contacts and conversations.',
    { personal: false, known: ['CONVERSATION', 'DISPATCH'] },
    ({ subject }) => subject.processingMode,
  ),
  metadata: fact.text(
    'metadata',
    'What you attached to the message when you sent it.',
    { personal: true },
    ({ subject, envelope }) => subject.metadata ?? envelope.messageMetadata,
  ),
  correlation_id: fact.text(
    'correlation id',
    'What you passed as correlation_id when you sent it.',
    { personal: true },
    ({ envelope }) => envelope.correlationId,
  ),
  event_time: fact.time(
    'time of the event',
    'When it happened, never later than when we heard of it.',
    { personal: false },
    ({ eventTime }) => eventTime,
  ),
  age_seconds: fact.number(
    'age in seconds',
    'Seconds between the event and our receipt of it.',
    { personal: false },
    ({ eventTime, receivedAt }) => (receivedAt - eventTime) / 1000,
  ),
  payload: fact.json(
    'payload',
    'Any other field, by a dotted path: looked up in the payload first, then in the whole callback.',
    { personal: true },
    ({ payload }) => payload,
  ),
};
