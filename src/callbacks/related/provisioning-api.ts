import { findText } from '../shapes/free-form.ts';
import { isRecord, parseJsonText, textOf } from '../shapes/parts.ts';
import type { RelatedApi } from './related-api.ts';
import { withoutSecrets } from './secrets.ts';

const TRIGGER =
  /^(?:(WHATSAPP|RCS|KAKAOTALK)_(?:SENDER|TEMPLATE|ACCOUNT|WABA|BRAND)_[A-Z_]+|BUNDLE_DONE)$/;

const ENVELOPES = ['data', 'payload', 'webhook', 'notification', 'event', 'body'];
const RESOURCES = [...ENVELOPES, 'sender', 'template', 'account', 'brand', 'bundle', 'resource'];

/** Objects within a body, one level down; a text that holds JSON counts as one. */
function objectsIn(
  body: Readonly<Record<string, unknown>>,
  names: readonly string[],
): readonly Record<string, unknown>[] {
  return names
    .map((name) => body[name])
    .map((value) => (typeof value === 'string' ? parseJsonText(value) : value))
    .filter(isRecord);
}

function triggerIn(body: Readonly<Record<string, unknown>>): string | undefined {
  for (const place of [body, ...objectsIn(body, ENVELOPES)]) {
    const names = [place.trigger, place.triggers, place.event, place.eventType, place.event_type];
    for (const value of [...names, place.type, place.name].flat()) {
      if (typeof value === 'string' && TRIGGER.test(value)) return value;
    }
  }
  return undefined;
}

const looksLikeResource = (value: Record<string, unknown>): boolean =>
  ['state', 'status', 'id', 'phoneNumber', 'details'].some((name) => value[name] !== undefined);

/**
 * Webhooks of Sinch's Provisioning API: states of senders, templates, accounts and brands. They become CHANNEL_EVENT, whose rules
 * tell the same families apart. Sinch publishes no body ("the full JSON response as payload"), so trigger and resource are looked
 * for where such bodies have them. The resource holds tokens (`bearerToken`, `authToken`), which are removed before anything is stored.
 */
export const provisioningApi: RelatedApi = {
  name: 'Provisioning API',
  translate(body) {
    const trigger = triggerIn(body);
    if (trigger === undefined) return undefined;
    const stored = withoutSecrets(body);
    const inner = objectsIn(stored, RESOURCES);
    const nested = inner.flatMap((one) => objectsIn(one, RESOURCES));
    const resource = [...nested, ...inner].find(looksLikeResource) ?? inner[0] ?? stored;
    const found = (names: readonly string[]): string | undefined =>
      [resource, ...inner, stored].map((place) => findText(place, names)).find(Boolean);
    const app = resource.conversationApiAppDetails;
    const number = senderNumber(resource);
    const channel = TRIGGER.exec(trigger)?.[1];
    const event = {
      channel,
      event_type: trigger,
      additional_data: resource,
      ...(number ? { channel_identity: { channel, identity: number } } : {}),
    };
    const fields = {
      app_id: found(['conversationApiApp', 'appId']) ?? (isRecord(app) ? textOf(app.id) : '') ?? '',
      project_id: found(['projectId']) ?? '',
      event_time: found(['modified', 'timestamp', 'eventTime', 'createdAt'])?.toUpperCase(),
      channel_event_notification: { channel_event: event },
    };
    return { fields, stored };
  },
};

/** The number of a sender: its country code stands apart. */
function senderNumber(sender: Record<string, unknown>): string | undefined {
  const number = textOf(sender.phoneNumber) ?? textOf(sender.msisdn) ?? textOf(sender.number);
  const country = textOf(sender.countryCode)?.replace(/^\+/, '');
  return number === undefined || number.startsWith('+') ? number : `${country ?? ''}${number}`;
}
