/**
 * The triggers of the founding pages, each with the facts of its fields and their values. A name of a sample stands for a
 * callback in the shape of the pages, and one in the shape of the specification.
 */
export interface TriggerRow {
  readonly trigger: string;
  readonly samples: readonly [reference: string, specification: string];
  readonly facts: readonly string[];
  readonly values: Readonly<Record<string, readonly (string | number)[]>>;
}

const CONTACT_FACTS = [
  'contact_id',
  'channels',
  'identity_count',
  'display_name',
  'email',
  'external_id',
  'contact_metadata',
  'language',
];
const CONTACT_VALUES = { channels: ['WHATSAPP', 'SMS'], language: ['EN'] };

export const TRIGGERS: readonly TriggerRow[] = [
  {
    trigger: 'CHANNEL_EVENT',
    samples: ['whatsapp-quality-red-reference', 'whatsapp-quality-red'],
    facts: ['channel', 'event_type', 'quality_rating', 'previous_quality_rating'],
    values: { quality_rating: ['GREEN', 'YELLOW', 'RED'] },
  },
  {
    trigger: 'BATCH_STATUS_UPDATE',
    samples: ['batch-completed-reference', 'batch-processed'],
    facts: ['batch_id', 'batch_status', 'batch_total', 'batch_failed', 'batch_failure_reasons'],
    values: { batch_status: ['COMPLETED', 'FAILED', 'PARTIAL'] },
  },
  {
    trigger: 'RECORD_NOTIFICATION',
    samples: ['recording-reference', 'recording'],
    facts: ['recording_url', 'recording_format', 'recording_duration_seconds'],
    values: {},
  },
  {
    trigger: 'UNSUPPORTED',
    samples: ['unsupported-reference', 'unsupported'],
    facts: ['channel', 'payload'],
    values: { channel: ['WHATSAPP'] },
  },
  {
    trigger: 'MESSAGE_DELIVERY',
    samples: ['delivery-delivered-reference', 'delivery-delivered'],
    facts: [
      'message_id',
      'conversation_id',
      'status',
      'channel',
      'identity',
      'contact_id',
      'reason_code',
      'reason_sub_code',
      'reason_description',
      'metadata',
      'processing_mode',
    ],
    values: {
      status: ['QUEUED_ON_CHANNEL', 'DELIVERED', 'READ', 'FAILED', 'SWITCHING_CHANNEL'],
      processing_mode: ['CONVERSATION', 'DISPATCH'],
      reason_code: [
        'RECIPIENT_NOT_REACHABLE',
        'RECIPIENT_NOT_OPTED_IN',
        'OUTSIDE_ALLOWED_SENDING_WINDOW',
        'CHANNEL_FAILURE',
        'MEDIA_NOT_REACHABLE',
        'UNSUPPORTED_CONTENT',
      ],
    },
  },
  {
    trigger: 'CAPABILITY',
    samples: ['capability-full-reference', 'capability-full'],
    facts: ['request_id', 'contact_id', 'channel', 'identity', 'capability_status', 'display_name'],
    values: {
      capability_status: [
        'CAPABILITY_FULL',
        'CAPABILITY_PARTIAL',
        'NO_CAPABILITY',
        'CAPABILITY_UNKNOWN',
      ],
    },
  },
  {
    trigger: 'CONTACT_CREATE',
    samples: ['contact-created-reference', 'contact-created'],
    facts: CONTACT_FACTS,
    values: CONTACT_VALUES,
  },
  {
    trigger: 'CONTACT_UPDATE',
    samples: ['contact-updated-reference', 'contact-updated'],
    facts: CONTACT_FACTS,
    values: CONTACT_VALUES,
  },
  {
    trigger: 'CONTACT_DELETE',
    samples: ['contact-deleted-reference', 'contact-deleted'],
    facts: ['contact_id'],
    values: {},
  },
  {
    trigger: 'CONTACT_MERGE',
    samples: ['contact-merged-reference', 'contact-merged'],
    facts: ['preserved_contact_id', 'deleted_contact_id', ...CONTACT_FACTS],
    values: CONTACT_VALUES,
  },
  {
    trigger: 'CONTACT_IDENTITIES_DUPLICATION',
    samples: ['contact-duplicated-reference', 'contact-duplicated'],
    facts: [
      'duplicate_count',
      'duplicate_channels',
      'duplicate_identities',
      'duplicate_contact_ids',
    ],
    values: { duplicate_channels: ['SMS'] },
  },
  {
    trigger: 'OPT_IN',
    samples: ['opt-in-viber-reference', 'opt-in-viber'],
    facts: ['contact_id', 'channel', 'identity', 'opt_status'],
    values: { channel: ['VIBERBM'], opt_status: ['OPT_IN_SUCCEEDED', 'OPT_IN_FAILED'] },
  },
  {
    trigger: 'OPT_OUT',
    samples: ['opt-out-viber-reference', 'opt-out-viber'],
    facts: ['contact_id', 'channel', 'identity', 'opt_status'],
    values: { channel: ['VIBERBM'], opt_status: ['OPT_OUT_SUCCEEDED', 'OPT_OUT_FAILED'] },
  },
];
