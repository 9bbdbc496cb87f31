import * as v from 'valibot';
import { Channel, defineOperation, Time, text } from '../operation.ts';
import { IdParam, Moment } from './decisions.ts';

/** A raw callback of a channel that Sinch has no name for. */
export const UnsupportedCallback = v.object({
  /** The callback's id: `GET /v1/decisions/{id}`. */
  id: v.string(),
  received_at: Time,
  app_id: v.string(),
  channel: v.nullable(v.string()),
  /** What the channel calls it. */
  type: v.nullable(v.string()),
  /** The callback as it came. It may name a person. */
  callback: v.unknown(),
});
export const UnsupportedList = v.object({
  unsupported: v.array(UnsupportedCallback),
  /** Continues behind the last one: `?before=`; null at the end. */
  next: v.nullable(v.string()),
});
export const UnsupportedWithDraft = v.object({
  ...UnsupportedCallback.entries,
  /** A rule that fires for callbacks like this one, with it as an example that names no person. Complete `why` and `then`. */
  draft: v.looseObject({ name: v.string() }),
  /** The command that writes a rule from it. */
  command: v.string(),
});

export const listUnsupported = defineOperation({
  name: 'listUnsupported',
  method: 'get',
  path: '/v1/unsupported',
  role: 'admin',
  summary: 'Raw UNSUPPORTED callbacks',
  description:
    'Newest first, with their bodies, which are stored encrypted for UNSUPPORTED_RETENTION. `GET /v1/unsupported/{id}` drafts a rule from one.',
  query: {
    since: v.optional(Moment),
    until: v.optional(Moment),
    channel: v.optional(Channel),
    type: v.optional(text()),
    before: v.optional(text()),
    limit: v.optional(
      v.pipe(
        v.string(),
        v.regex(/^([1-9]|[1-4]\d|50)$/, 'expected a number from 1 to 50'),
        v.transform(Number),
      ),
      '20',
    ),
  },
  responses: { 200: { description: 'A page of callbacks.', content: UnsupportedList } },
});

export const readUnsupported = defineOperation({
  name: 'readUnsupported',
  method: 'get',
  path: '/v1/unsupported/:id',
  role: 'admin',
  summary: 'A raw UNSUPPORTED callback, and a rule drafted from it',
  description: 'Post `draft` to `POST /v1/rulebooks/check` or save it as a rule file.',
  params: IdParam,
  responses: {
    200: { description: 'The callback and the draft.', content: UnsupportedWithDraft },
    404: { description: 'No such callback is kept.' },
  },
});

export const operations = [listUnsupported, readUnsupported] as const;
