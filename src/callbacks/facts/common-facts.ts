import type { CallbackContent } from '../model.ts';
import { readJsonText } from '../shapes/json-text.ts';
import { type Fact, fact, SPAN } from './fact.ts';

/** Channels that Sinch names. Source: Sinch specification, ConversationChannel; VIBER is legacy; SINCH_CHAT and PUSH are in its older documentation. */
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
  'SINCH_CHAT',
  'PUSH',
] as const;

/** What people call the channels. */
export const CHANNEL_NAMES: Readonly<Record<string, string>> = {
  FACEBOOK: 'MESSENGER',
  'FACEBOOK MESSENGER': 'MESSENGER',
  FB: 'MESSENGER',
  FBM: 'MESSENGER',
  WA: 'WHATSAPP',
  TEXT: 'SMS',
  GOOGLE: 'RCS',
  'GOOGLE RCS': 'RCS',
  IG: 'INSTAGRAM',
  'VIBER BUSINESS': 'VIBERBM',
  VIBERBUSINESS: 'VIBERBM',
  KAKAO: 'KAKAOTALK',
  APPLE: 'APPLEBC',
  'APPLE BUSINESS CHAT': 'APPLEBC',
  IMESSAGE: 'APPLEBC',
};

/** Facts of the envelope. Every callback may have them. Source: Sinch specification, CallbackEventCommon. */
const envelopeFacts = {
  trigger: fact.text(
    'trigger',
    'Which kind of callback it is.',
    { personal: false, always: true, isTrigger: true },
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
  metadata: fact.text(
    'metadata',
    'The metadata of the message that you sent.',
    { personal: true, search: 'metadata', usuallyMissing: true },
    ({ subject, envelope }) => subject.metadata ?? envelope.messageMetadata,
  ),
  metadata_json: fact.json(
    'metadata',
    'A value in the metadata of the message that you sent, where that is JSON, by a dotted path: order.id.',
    { personal: true },
    ({ subject, envelope }) => readJsonText(subject.metadata ?? envelope.messageMetadata),
  ),
  correlation_id: fact.text(
    'correlation id',
    'The correlation_id of the message that you sent.',
    { personal: true, usuallyMissing: true },
    ({ envelope }) => envelope.correlationId,
  ),
  event_time: fact.time(
    'time of the event',
    'When it happened, at the latest when the callback arrived.',
    { personal: false, always: true, callbacksPerValue: 1 },
    ({ eventTime }) => eventTime,
  ),
  age_seconds: fact.number(
    'age in seconds',
    'Seconds between the event and the arrival of its callback.',
    { personal: false, always: true, range: SPAN },
    ({ eventTime, receivedAt }) => (receivedAt - eventTime) / 1000,
  ),
  payload: fact.json(
    'payload',
    'Any other field, by a dotted path: looked up in the payload first, then in the whole callback.',
    { personal: true, readByPath: 'contact_message.text_message.text' },
    ({ payload }) => payload,
  ),
} satisfies Readonly<Record<string, Fact<CallbackContent>>>;

/** Facts of the subject. A callback has those that its trigger declares in `subjectFacts`. */
const subjectFacts = {
  channel: fact.text(
    'channel',
    'The channel, in Sinch’s spelling.',
    {
      ...{ personal: false, known: CHANNELS, synonyms: CHANNEL_NAMES },
      ...{ isAddressPart: true, leadsNoun: true },
    },
    ({ subject }) => subject.channel,
  ),
  identity: fact.text(
    'identity',
    'The person’s address on the channel, as Sinch wrote it.',
    { personal: true, isAddressPart: true },
    ({ subject }) => subject.identity,
  ),
  contact_id: fact.text(
    'contact id',
    'Sinch’s contact; missing in DISPATCH mode.',
    { personal: true, search: 'contact_id' },
    ({ subject }) => subject.contactId,
  ),
  conversation_id: fact.text(
    'conversation',
    'Sinch’s conversation; missing in DISPATCH mode.',
    { personal: true, search: 'conversation_id' },
    ({ subject }) => subject.conversationId,
  ),
  message_id: fact.text(
    'message',
    'The id of the message.',
    { personal: false, search: 'message_id', callbacksPerValue: 10 },
    ({ subject }) => subject.messageId,
  ),
  processing_mode: fact.text(
    'processing mode',
    'Whether Sinch stores contacts and conversations.',
    { personal: false, known: ['CONVERSATION', 'DISPATCH'] },
    ({ subject }) => subject.processingMode,
  ),
} satisfies Readonly<Record<string, Fact<CallbackContent>>>;

/** A fact of the subject, by name. */
export type SubjectFact = keyof typeof subjectFacts;

/** Facts with the same meaning on every trigger that carries them. */
export const commonFacts: Readonly<Record<string, Fact<CallbackContent>>> = {
  ...envelopeFacts,
  ...subjectFacts,
};

/** Names of the facts that every callback may have, an unknown one included. */
export const envelopeFactNames: readonly string[] = Object.keys(envelopeFacts);
