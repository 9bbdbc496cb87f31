import * as v from 'valibot';
import { fact } from '../facts/fact.ts';
import type { CallbackSubject } from '../model.ts';
import { type ChannelNotice, noticeFacts } from '../shapes/channel-notice.ts';
import { findText } from '../shapes/free-form.ts';
import {
  contactRecord,
  isRecord,
  PERSON_FACTS,
  Personal,
  parseJsonText,
  personSubject,
  Text,
  withChannelIdentity,
} from '../shapes/parts.ts';
import { defineTrigger } from './trigger.ts';

/** A channel's own callback that Sinch has no name for. Source: Sinch specification, UnsupportedCallback: `payload` is a text that holds JSON. */
export const Unsupported = v.pipe(
  v.unknown(),
  v.transform((raw) => {
    if (!isRecord(raw) || typeof raw.payload !== 'string') return withChannelIdentity(raw);
    return withChannelIdentity({ ...raw, payload: parseJsonText(raw.payload) ?? raw.payload });
  }),
  v.looseObject({ ...Personal, id: Text, channel: Text, payload: v.optional(v.unknown()) }),
);
export type Unsupported = v.InferOutput<typeof Unsupported>;

/** The first item of a list that is an object. */
const first = (list: unknown): Record<string, unknown> | undefined =>
  Array.isArray(list) ? list.find(isRecord) : undefined;

/** Meta's change within its notice: `entry[0].changes[0]`. */
function change({ payload }: Unsupported): Record<string, unknown> | undefined {
  if (!isRecord(payload)) return undefined;
  return (
    first(first(payload.entry)?.changes) ??
    (typeof payload.field === 'string' ? payload : undefined)
  );
}

function news(callback: Unsupported): ChannelNotice {
  const { payload } = callback;
  const meta = change(callback);
  if (meta) return { type: findText(meta, ['field']), data: meta.value };
  return {
    type: typeOf(callback),
    data: isRecord(payload) && isRecord(payload.data) ? payload.data : payload,
  };
}

const typeOf = ({ payload }: Unsupported): string | undefined =>
  findText(payload, ['type', 'event_type', 'event']);

const subjectOf = (callback: Unsupported): CallbackSubject => personSubject(callback);

export const unsupported = defineTrigger<Unsupported>({
  name: 'UNSUPPORTED',
  noun: 'unsupported callback',
  description:
    'A callback of the channel that Sinch passes on as it is. Its JSON is an object under payload: path payload.type.',
  keys: ['unsupported_callback', 'unsupported'],
  subjectFacts: PERSON_FACTS,
  always: ['app_id', 'channel'],
  schema: Unsupported,
  identity: ({ id }) => [id],
  subject: subjectOf,
  recordState: (callback, { appId }) => contactRecord(subjectOf(callback), appId),
  facts: {
    unsupported_type: fact.text(
      'type of notice',
      'What the channel calls it.',
      { personal: false },
      (callback) => news(callback).type,
    ),
    meta_object: fact.text(
      'Meta object',
      'What kind of thing Meta’s notice is about.',
      { personal: false, known: ['whatsapp_business_account', 'page', 'instagram'] },
      ({ payload }) => findText(payload, ['object']),
    ),
    meta_field: fact.text(
      'Meta field',
      'What changed: Meta’s field name.',
      {
        personal: false,
        known: [
          ...[
            'account_alerts',
            'account_review_update',
            'account_update',
            'business_capability_update',
            'security',
          ],
          ...[
            'message_template_quality_update',
            'message_template_status_update',
            'template_category_update',
          ],
          ...['phone_number_name_update', 'phone_number_quality_update'],
        ],
      },
      (callback) => findText(change(callback), ['field']),
    ),
    meta_event: fact.text(
      'Meta event',
      'What happened to it: Meta’s event name.',
      { personal: false },
      (callback) => findText(change(callback)?.value, ['event']),
    ),
    ...noticeFacts(news),
  },
});
