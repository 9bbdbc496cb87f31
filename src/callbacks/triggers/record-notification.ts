import * as v from 'valibot';
import { fact, SPAN } from '../facts/fact.ts';
import { reasonFacts } from '../facts/shared-facts.ts';
import type { CallbackSubject } from '../model.ts';
import {
  Count,
  contactRecord,
  isRecord,
  PERSON_FACTS,
  Personal,
  personSubject,
  Reason,
  Text,
} from '../shapes/parts.ts';
import { defineTrigger } from './trigger.ts';

/** `entityId` as `entity_id`: the specification spells some of this callback's fields both ways. */
const snakeCased = (value: unknown): unknown =>
  isRecord(value)
    ? Object.fromEntries(
        Object.entries(value).map(([key, inner]) => [
          key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
          inner,
        ]),
      )
    : value;

/** A recording was stored. Source: Sinch specification, RecordNotification (no address); the reference pages give a call's recording with one. */
export const RecordNotification = v.pipe(
  v.unknown(),
  v.transform((raw) => {
    const record = snakeCased(raw);
    if (!isRecord(record)) return record;
    return {
      ...record,
      channel_identity: snakeCased(record.channel_identity),
      reason: snakeCased(record.reason),
    };
  }),
  v.looseObject({
    ...Personal,
    entity_id: Text,
    record_status: Text,
    reason: Reason,
    call_id: Text,
    recording_id: Text,
    recording_url: Text,
    duration_seconds: Count,
    format: Text,
  }),
);
export type RecordNotification = v.InferOutput<typeof RecordNotification>;

const subjectOf = (record: RecordNotification): CallbackSubject => personSubject(record);

export const recordNotification = defineTrigger<RecordNotification>({
  name: 'RECORD_NOTIFICATION',
  noun: 'recording',
  description: 'A recording was stored, or could not be.',
  keys: ['record_notification'],
  subjectFacts: PERSON_FACTS,
  always: ['app_id'],
  schema: RecordNotification,
  identity: (record) => [
    record.entity_id ?? record.recording_id ?? record.call_id ?? record.recording_url,
    record.record_status,
  ],
  subject: subjectOf,
  recordState: (record, { appId }) => contactRecord(subjectOf(record), appId),
  facts: {
    record_status: fact.text(
      'recording status',
      'The status of the recording.',
      { personal: false, known: ['EVENT_RECORD_STORED', 'RECORD_STATUS_UNSPECIFIED'] },
      (record) => record.record_status,
    ),
    recording_url: fact.text(
      'download address',
      'Where the recording can be fetched; usually for some days only.',
      { personal: true },
      (record) => record.recording_url,
    ),
    recording_id: fact.text(
      'recording',
      'The id of the recording.',
      { personal: false },
      (record) => record.recording_id,
    ),
    call_id: fact.text(
      'call',
      'The call that was recorded.',
      { personal: false },
      (record) => record.call_id,
    ),
    entity_id: fact.text(
      'recorded thing',
      'The message or event that was recorded.',
      { personal: false },
      (record) => record.entity_id,
    ),
    recording_duration_seconds: fact.number(
      'length of the recording',
      'In seconds.',
      { personal: false, range: SPAN },
      (record) => record.duration_seconds,
    ),
    recording_format: fact.text(
      'format of the recording',
      'The kind of file.',
      { personal: false, known: ['mp3', 'wav'] },
      (record) => record.format?.toLowerCase(),
    ),
    ...reasonFacts,
  },
});
