import { type Conversation, SinchClient } from '@sinch/sdk-core';

/** One call of the SDK. */
export interface SdkCall {
  readonly name: string;
  readonly run: (sinch: SinchClient) => Promise<unknown>;
}

export const APP = '01JSDKAPP00000000000000000';
export const PERSON = '12025550142';

/** Opens the SDK. `hosts` are its base URLs, without a slash at the end. */
export const openSdk = (
  sinchUrl: string,
  hosts: { readonly conversation: string; readonly templates: string },
  secret = 'local-key-secret',
): SinchClient =>
  new SinchClient({
    projectId: 'local-project',
    keyId: 'local-key-id',
    keySecret: secret,
    conversationRegion: 'eu',
    authHostname: sinchUrl,
    conversationHostname: hosts.conversation,
    conversationTemplatesHostname: hosts.templates,
  });

export const identified = (identity = PERSON, channel: 'SMS' | 'WHATSAPP' | 'RCS' = 'SMS') => ({
  identified_by: { channel_identities: [{ channel, identity }] },
});

type Recipient = Conversation.Recipient;
type Message = Conversation.AppMessage;
type Body = Conversation.SendMessageRequest<Recipient>;

/** Sends a message. */
export const sending = (more: Partial<Body> = {}) => ({
  sendMessageRequestBody: {
    app_id: APP,
    recipient: identified(),
    message: { text_message: { text: 'Hello' } },
    ...more,
  } satisfies Body,
});

const choices = [{ text_message: { text: 'Yes' }, postback_data: 'yes' }];
const card = {
  title: 'Your order',
  description: 'comes at noon',
  media_message: { url: 'https://example.com/1.png' },
  choices,
};

/** Every kind of message. */
const MESSAGES: Readonly<Record<string, Message>> = {
  text: { text_message: { text: 'Hello ✓' } },
  media: { media_message: { url: 'https://example.com/1.png' } },
  card: { card_message: card },
  carousel: { carousel_message: { cards: [card, card] } },
  choice: { choice_message: { text_message: { text: 'Coming?' }, choices } },
  list: {
    list_message: {
      title: 'Menu',
      sections: [{ title: 'A', items: [{ choice: { title: 'B' } }] }],
    },
  },
  location: {
    location_message: { title: 'Here', coordinates: { latitude: 55.6, longitude: 12.5 } },
  },
  'contact info': {
    contact_info_message: { name: { full_name: 'Ada' }, phone_numbers: [{ phone_number: '+45' }] },
  },
  template: {
    template_message: {
      omni_template: { template_id: '01JTEMPLATE', version: '1', parameters: { name: 'Ada' } },
    },
  },
};

/** What else a send may say. */
const OPTIONS: Readonly<Record<string, Partial<Body>>> = {
  channel_priority_order: {
    channel_priority_order: ['RCS', 'SMS'],
    recipient: {
      identified_by: {
        channel_identities: [
          { channel: 'SMS', identity: PERSON },
          { channel: 'RCS', identity: PERSON },
        ],
      },
    },
  },
  'a ttl as a number': { ttl: 60 },
  'a ttl as a text': { ttl: '86400s' },
  callback_url: { callback_url: 'https://example.com/callbacks' },
  'processing_strategy, queue, properties': {
    processing_strategy: 'DISPATCH_ONLY',
    queue: 'HIGH_PRIORITY',
    channel_properties: { SMS_SENDER: '46700000001' },
  },
  'metadata and correlation_id': {
    message_metadata: '{"order":1}',
    conversation_metadata: { order: 1 },
    correlation_id: 'order-1',
  },
  message_content_type: { message_content_type: 'CONTENT_NOTIFICATION' },
};

const made = async (sinch: SinchClient): Promise<string> => {
  const { id } = await sinch.conversation.contact.create({
    contactCreateRequestBody: {
      language: 'EN_US',
      channel_identities: [{ channel: 'SMS', identity: PERSON }],
    },
  });
  return id ?? '';
};
const talk = async (sinch: SinchClient): Promise<string> => {
  const { id } = await sinch.conversation.conversation.create({
    createConversationRequestBody: { app_id: APP, contact_id: '01JCONTACT' },
  });
  return id ?? '';
};

const EVENTS: readonly SdkCall[] = [
  {
    name: 'events.sendComposingEvent',
    run: ({ conversation }) =>
      conversation.events.sendComposingEvent({
        sendEventRequestBody: {
          app_id: APP,
          recipient: identified(),
          event: { composing_event: {} },
        },
      }),
  },
  {
    name: 'events.sendCommentReplyEvent',
    run: ({ conversation }) =>
      conversation.events.sendCommentReplyEvent({
        sendEventRequestBody: {
          app_id: APP,
          recipient: identified(),
          event: { comment_reply_event: { text: 'Thanks' } },
        },
      }),
  },
  { name: 'events.list', run: ({ conversation }) => conversation.events.list({}) },
];

const OTHERS: readonly SdkCall[] = [
  { name: 'contact.create', run: (sinch) => made(sinch) },
  {
    name: 'contact.get',
    run: async (sinch) => sinch.conversation.contact.get({ contact_id: await made(sinch) }),
  },
  {
    name: 'contact.update',
    run: async (sinch) =>
      sinch.conversation.contact.update({
        contact_id: await made(sinch),
        updateContactRequestBody: { display_name: 'Ada' },
      }),
  },
  {
    name: 'contact.mergeContact',
    run: async (sinch) =>
      sinch.conversation.contact.mergeContact({
        destination_id: await made(sinch),
        mergeContactRequestBody: { source_id: await made(sinch) },
      }),
  },
  {
    name: 'contact.delete',
    run: async (sinch) => sinch.conversation.contact.delete({ contact_id: await made(sinch) }),
  },
  {
    name: 'contact.getChannelProfile',
    run: ({ conversation }) =>
      conversation.contact.getChannelProfile({
        getChannelProfileRequestBody: {
          app_id: APP,
          recipient: identified(),
          channel: 'MESSENGER',
        },
      }),
  },
  {
    name: 'conversation.get',
    run: async (sinch) =>
      sinch.conversation.conversation.get({ conversation_id: await talk(sinch) }),
  },
  {
    name: 'conversation.injectMessage',
    run: async (sinch) =>
      sinch.conversation.conversation.injectMessage({
        conversation_id: await talk(sinch),
        injectMessageRequestBody: {
          accept_time: new Date(),
          contact_id: '01JCONTACT',
          channel_identity: { channel: 'SMS', identity: PERSON },
          direction: 'TO_CONTACT',
          app_message: { text_message: { text: 'Hello' } },
        },
      }),
  },
  {
    name: 'conversation.stopActive',
    run: async (sinch) =>
      sinch.conversation.conversation.stopActive({ conversation_id: await talk(sinch) }),
  },
  {
    name: 'messages.list',
    run: ({ conversation }) => conversation.messages.list({ page_size: 1 }),
  },
  {
    name: 'messages.get',
    run: async ({ conversation }) => {
      const { message_id = '' } = await conversation.messages.send(sending());
      return conversation.messages.get({ message_id });
    },
  },
  {
    name: 'capability.lookup',
    run: ({ conversation }) =>
      conversation.capability.lookup({
        lookupCapabilityRequestBody: { app_id: APP, recipient: identified(), request_id: 'r-1' },
      }),
  },
  {
    name: 'transcoding.transcodeMessage',
    run: ({ conversation }) =>
      conversation.transcoding.transcodeMessage({
        transcodeMessageRequestBody: {
          app_id: APP,
          app_message: { text_message: { text: 'Hello' } },
          channels: ['SMS'],
        },
      }),
  },
  { name: 'app.list', run: ({ conversation }) => conversation.app.list({}) },
  { name: 'webhooks.list', run: ({ conversation }) => conversation.webhooks.list({ app_id: APP }) },
  {
    name: 'templatesV1.create and list',
    run: async ({ conversation }) => {
      await conversation.templatesV1.create({
        createTemplateRequestBody: { description: 'One', channel: 'UNSPECIFIED' },
      });
      const { templates = [] } = await conversation.templatesV1.list({});
      return templates.length > 0;
    },
  },
  {
    name: 'templatesV2.create, update and listTranslations',
    run: async ({ conversation }) => {
      const body = { description: 'Two', default_translation: 'en', translations: [] };
      const { id = '' } = await conversation.templatesV2.create({
        createTemplateRequestBody: body,
      });
      const changed = await conversation.templatesV2.update({
        template_id: id,
        updateTemplateRequestBody: { ...body, description: 'Three' },
      });
      return [changed, await conversation.templatesV2.listTranslations({ template_id: id })];
    },
  },
];

/** Calls that succeed, direct and through Signalbox. */
export const calls: readonly SdkCall[] = [
  ...Object.entries(MESSAGES).map(([name, message]) => ({
    name: `messages.send: ${name}`,
    run: ({ conversation }: SinchClient) => conversation.messages.send(sending({ message })),
  })),
  {
    name: 'messages.sendTextMessage',
    run: ({ conversation }) =>
      conversation.messages.sendTextMessage({
        sendMessageRequestBody: {
          app_id: APP,
          recipient: identified(),
          message: { text_message: { text: 'Hello' } },
        },
      }),
  },
  ...Object.entries(OPTIONS).map(([name, more]) => ({
    name: `messages.send: ${name}`,
    run: ({ conversation }: SinchClient) => conversation.messages.send(sending(more)),
  })),
  {
    name: 'messages.send: a contact id',
    run: async (sinch) =>
      sinch.conversation.messages.send(sending({ recipient: { contact_id: await made(sinch) } })),
  },
  ...EVENTS,
  ...OTHERS,
];
