import * as v from 'valibot';
import { defineOperation, Time } from '../operation.ts';

const Recording = v.object({
  key: v.string(),
  at: Time,
  bytes: v.number(),
  type: v.string(),
  /** SHA-256 of the file, in hex. */
  sha256: v.string(),
  /** When the file is deleted. */
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
  summary: 'Stored recordings and media',
  description:
    'Ordered by key; `after` continues after a key. `sha256` is the hash of the file, in hex. The nightly run deletes a file after `until` (setting `RECORDING_RETENTION`).',
  query: RecordingsQuery,
  responses: { 200: { description: 'The stored files.', content: Recordings } },
});

export const readRecording = defineOperation({
  name: 'readRecording',
  method: 'get',
  path: '/v1/recordings/:kind/:name',
  role: 'admin',
  summary: 'A stored recording or media file',
  description:
    'The header `Repr-Digest` (RFC 9530) is its SHA-256, `Sunset` (RFC 8594) the time of its deletion.',
  params: { kind: v.string(), name: v.string() },
  responses: {
    304: { description: 'The caller has it already (`If-None-Match`).' },
    200: {
      description: 'The file.',
      content: {
        type: 'application/octet-stream',
        description: 'The bytes of the file, with its content type.',
      },
    },
    404: { description: 'No such file is stored.' },
  },
});

export const operations = [listRecordings, readRecording] as const;
