import * as v from 'valibot';
import { CHANNEL_NAMES, CHANNELS } from '../facts/common-facts.ts';
import { type Fact, fact } from '../facts/fact.ts';
import type { CallbackSubject, Envelope, StateRecord } from '../model.ts';
import { Anything, ChannelIdentity, Flag, isRecord, Parts, Text } from './parts.ts';

/** A conversation, without the `conversation` around it. Source: Sinch specification, Conversation; active_channel_senders from its 2020 shape. */
export const Conversation = v.pipe(
  v.unknown(),
  v.transform((raw) => {
    if (!isRecord(raw)) return raw;
    const { conversation, conversation_id, ...rest } = raw;
    const id = conversation_id === undefined ? {} : { id: conversation_id };
    return { ...rest, ...id, ...(isRecord(conversation) ? conversation : {}) };
  }),
  v.looseObject({
    id: Text,
    app_id: Text,
    contact_id: Text,
    active: Flag,
    active_channel: Text,
    active_channel_senders: Parts({ channel_identity: ChannelIdentity }),
    last_received: Text,
    metadata: Text,
    metadata_json: Anything,
    correlation_id: Text,
  }),
);
export type Conversation = v.InferOutput<typeof Conversation>;

const addresses = (conversation: Conversation, appId: string) =>
  (conversation.active_channel_senders ?? []).flatMap(({ channel_identity: sender }) =>
    sender?.channel && sender.identity
      ? [
          {
            channel: sender.channel,
            identity: sender.identity,
            appId: sender.app_id ?? conversation.app_id ?? appId,
          },
        ]
      : [],
  );

export function conversationSubject(conversation: Conversation): CallbackSubject {
  const [first] = addresses(conversation, '');
  const channel =
    conversation.active_channel === 'CHANNEL_UNSPECIFIED' ? undefined : conversation.active_channel;
  return {
    channel: channel ?? first?.channel,
    identity:
      first && (channel === undefined || first.channel === channel) ? first.identity : undefined,
    identityAppId: first?.appId || undefined,
    contactId: conversation.contact_id,
    conversationId: conversation.id,
  };
}

/** The addresses that take part in a conversation belong to its contact. */
function conversationRecord(conversation: Conversation, appId: string): readonly StateRecord[] {
  const found = addresses(conversation, appId);
  return conversation.contact_id && found.length > 0
    ? [{ kind: 'contact', contactId: conversation.contact_id, addresses: found }]
    : [];
}

/** The last message's time; 1970 stands for "none yet" (seen in a real callback). */
function lastReceived({ last_received }: Conversation): number | undefined {
  const time = last_received === undefined ? Number.NaN : Date.parse(last_received);
  return time > 0 ? time : undefined;
}

export const conversationFacts: Readonly<Record<string, Fact<Conversation>>> = {
  active: fact.boolean(
    'active',
    'Whether the conversation is open.',
    { personal: false },
    ({ active }) => active,
  ),
  active_channel: fact.text(
    'active channel',
    'The channel that the conversation is on.',
    { personal: false, known: CHANNELS, synonyms: CHANNEL_NAMES },
    ({ active_channel }) => (active_channel === 'CHANNEL_UNSPECIFIED' ? undefined : active_channel),
  ),
  last_received: fact.time(
    'last message',
    'When the last message of the conversation came.',
    { personal: false },
    lastReceived,
  ),
  conversation_metadata: fact.text(
    'metadata of the conversation',
    'What you attached to the conversation, as a text.',
    { personal: true },
    ({ metadata }) => metadata,
  ),
  conversation_metadata_json: fact.json(
    'metadata of the conversation',
    'What you attached to the conversation, as an object.',
    { personal: true },
    ({ metadata_json }) => metadata_json,
  ),
};

/** The facts of the subject that a conversation carries. */
export const CONVERSATION_SUBJECT_FACTS = [
  'channel',
  'identity',
  'contact_id',
  'conversation_id',
] as const;

/** What start and stop of a conversation have in common. One that was stopped and is opened again starts, and stops, a second time under the same id. */
export const conversationTurn = {
  subjectFacts: CONVERSATION_SUBJECT_FACTS,
  always: ['app_id', 'conversation_id'],
  schema: Conversation,
  identity: ({ id, last_received }: Conversation, { acceptedTime, eventTime }: Envelope) => [
    id,
    String(acceptedTime ?? eventTime ?? last_received ?? ''),
  ],
  subject: conversationSubject,
  recordState: (conversation: Conversation, { appId }: Envelope) =>
    conversationRecord(conversation, appId),
  facts: conversationFacts,
};
