import { isRecord, textOf } from '../shapes/parts.ts';
import type { RelatedApi } from './related-api.ts';

type Body = Readonly<Record<string, unknown>>;

/** Text of a binary message, where it is readable text: some phones send plain words that way. */
function readable(base64: unknown): string | undefined {
  if (typeof base64 !== 'string') return undefined;
  try {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes);
    return /^[\P{Cc}\r\n\t]+$/u.test(text) ? text : undefined;
  } catch {
    return undefined;
  }
}

/** The content of an MMS: its text, and the address of its first file. */
function mediaContent(content: unknown): object {
  if (!isRecord(content)) return {};
  const text = textOf(content.message) ?? textOf(content.subject);
  const media = Array.isArray(content.media) ? content.media.filter(isRecord) : [];
  const url = media.map((file) => textOf(file.url)).find((found) => found !== undefined);
  if (url !== undefined) return { media_card_message: { url, caption: text } };
  return text === undefined ? {} : { text_message: { text } };
}

const asText = (text: string | undefined): object =>
  text === undefined ? {} : { text_message: { text } };

const INBOUND: Readonly<Record<string, (body: Body) => { channel: string; content: object }>> = {
  mo_text: ({ body }) => ({ channel: 'SMS', content: asText(textOf(body)) }),
  mo_binary: ({ body }) => ({ channel: 'SMS', content: asText(readable(body)) }),
  mo_media: ({ body }) => ({ channel: 'MMS', content: mediaContent(body) }),
};

const REPORTS: Readonly<Record<string, string>> = {
  delivery_report_sms: 'SMS',
  recipient_delivery_report_sms: 'SMS',
  delivery_report_mms: 'MMS',
  recipient_delivery_report_mms: 'MMS',
};

/**
 * Sinch's SMS API (XMS). An inbound message becomes MESSAGE_INBOUND, so that every rule about a STOP holds for it; a delivery report
 * becomes SMS_DELIVERY. The bodies name no app. Source: Sinch SDKs, packages/sms callbacks; signed like the Conversation API.
 */
export const smsApi: RelatedApi = {
  name: 'SMS API',
  translate(body) {
    const type = textOf(body.type) ?? '';
    const inbound = Object.hasOwn(INBOUND, type) ? INBOUND[type]?.(body) : undefined;
    if (inbound) {
      const time = textOf(body.received_at) ?? textOf(body.sent_at);
      const { channel, content } = inbound;
      const message = {
        id: body.id,
        direction: 'TO_APP',
        contact_message: content,
        channel_identity: { channel, identity: body.from, app_id: '' },
        sender_id: body.to,
        accept_time: time,
        metadata: body.client_reference,
        processing_mode: 'DISPATCH',
      };
      return { fields: { app_id: '', project_id: '', event_time: time, message } };
    }
    const channel = Object.hasOwn(REPORTS, type) ? REPORTS[type] : undefined;
    if (channel === undefined || body.batch_id === undefined) return undefined;
    const sms_delivery_report = { ...body, channel };
    return { fields: { app_id: '', project_id: '', event_time: body.at, sms_delivery_report } };
  },
};
