/** Callbacks of our own for tests in workerd: the specification's shape, an SMS person from a reserved range. */
export const APP = '01JBOXAPP0000000000000TEST';
export const PERSON = '46701740605';

const envelope = (at: string) => ({
  app_id: APP,
  project_id: 'local-project',
  accepted_time: at,
  event_time: at,
  message_metadata: '',
  correlation_id: '',
});
const address = (channel = 'SMS', identity = PERSON) => ({ channel, identity, app_id: '' });
const NOON = '2026-11-20T11:59:00Z';

/** A person's text message. */
export const inbound = (
  text: string,
  options: {
    id?: string;
    at?: string;
    channel?: string;
    identity?: string;
    injected?: boolean;
  } = {},
) => ({
  ...envelope(options.at ?? NOON),
  message: {
    id: options.id ?? `01JIN${text.length}${text.slice(0, 3)}`,
    direction: 'TO_APP',
    contact_message: { text_message: { text } },
    channel_identity: address(options.channel, options.identity),
    conversation_id: '',
    contact_id: '',
    sender_id: '46700000001',
    processing_mode: 'DISPATCH',
    injected: options.injected ?? false,
  },
});

/** What Sinch says when a message was submitted. */
export const submitted = (
  id: string,
  options: { text?: string; metadata?: string; mode?: string; at?: string } = {},
) => ({
  ...envelope(options.at ?? NOON),
  message_submit_notification: {
    message_id: id,
    conversation_id: '',
    channel_identity: address(),
    contact_id: '',
    submitted_message: { text_message: { text: options.text ?? 'Your parcel comes at noon.' } },
    metadata: options.metadata ?? 'order-17',
    processing_mode: options.mode ?? 'DISPATCH',
  },
});

/** A delivery receipt. */
export const receipt = (
  id: string,
  status: string,
  options: {
    code?: string;
    channelCode?: string;
    metadata?: string;
    mode?: string;
    at?: string;
    channel?: string;
  } = {},
) => ({
  ...envelope(options.at ?? NOON),
  message_delivery_report: {
    message_id: id,
    conversation_id: '',
    status,
    channel_identity: address(options.channel),
    contact_id: '',
    ...(options.code
      ? {
          reason: {
            code: options.code,
            description: '',
            sub_code: 'UNSPECIFIED_SUB_CODE',
            channel_code: options.channelCode ?? '',
          },
        }
      : {}),
    metadata: options.metadata ?? 'order-17',
    processing_mode: options.mode ?? 'DISPATCH',
  },
});

/** A WhatsApp quality rating. */
export const rating = (value: string, at = NOON) => ({
  ...envelope(at),
  channel_event_notification: {
    channel_event: {
      channel: 'WHATSAPP',
      event_type: 'WHATS_APP_QUALITY_RATING_CHANGED',
      additional_data: { quality_rating: value },
    },
  },
});

/** A native opt-out or opt-in. */
export const opt = (
  status: 'OPT_OUT_SUCCEEDED' | 'OPT_IN_SUCCEEDED' | 'OPT_OUT_FAILED',
  at = NOON,
) => ({
  ...envelope(at),
  [status.startsWith('OPT_OUT') ? 'opt_out_notification' : 'opt_in_notification']: {
    request_id: `01JREQ${status}${at}`,
    contact_id: '',
    channel: 'VIBERBM',
    identity: PERSON,
    status,
    processing_mode: 'DISPATCH',
  },
});

/** The same callback at another time of the same day, `minutes` after noon. */
export const minutes = (after: number): string =>
  new Date(Date.parse('2026-11-20T12:00:00Z') + after * 60_000).toISOString();
