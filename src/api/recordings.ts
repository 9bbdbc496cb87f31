import * as v from 'valibot';
import { defineOperation, Time } from './operation.ts';

const Recording = v.object({
  key: v.string(),
  at: Time,
  bytes: v.number(),
  type: v.string(),
  /** Of the whole file, in hex. */
  sha256: v.string(),
  /** When it is deleted. */
  until: Time,
});
export type Recording = v.InferOutput<typeof Recording>;
export const Recordings = v.object({
  recordings: v.array(Recording),
  next: v.nullable(v.string()),
});
export const RecordingsQuery = {
  limit: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^[1-9]\d{0,2}$/, 'expected a number from 1 to 999'),
      v.transform(Number),
    ),
    '50',
  ),
  after: v.optional(v.string(), ''),
};

export const listRecordings = defineOperation({
  name: 'listRecordings',
  method: 'get',
  path: '/v1/recordings',
  role: 'read',
  summary: 'Recordings and media that were copied',
  description:
    'In the order of their keys; `after` goes on behind one. `sha256` is the hash of the whole file, in hex; after `until` (setting `RECORDING_RETENTION`) the nightly run deletes it.',
  query: RecordingsQuery,
  responses: { 200: { description: 'What is kept.', content: Recordings } },
});

export const readRecording = defineOperation({
  name: 'readRecording',
  method: 'get',
  path: '/v1/recordings/:kind/:name',
  role: 'admin',
  summary: 'One of them',
  description:
    'The header `Repr-Digest` (RFC 9530) gives its SHA-256, `Sunset` (RFC 8594) when it is deleted.',
  params: { kind: v.string(), name: v.string() },
  responses: {
    200: {
      description: 'The file.',
      content: {
        type: 'application/octet-stream',
        description: 'Its bytes, with its own content type.',
      },
    },
    404: { description: 'It is not kept.' },
  },
});

export const operations = [listRecordings, readRecording] as const;
