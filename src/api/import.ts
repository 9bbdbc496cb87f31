import * as v from 'valibot';
import { Channel, type Operation, text } from './operation.ts';
import { Scope } from './recipients.ts';

/** How many lines one call works off, and how many bad ones it names. */
export const IMPORT = { lines: 100_000, named: 1_000 } as const;

/** One line of a list: somebody who wants no more messages. */
export const ImportLine = v.strictObject({
  channel: Channel,
  identity: text(),
  app_id: v.optional(v.pipe(v.string(), v.trim(), v.maxLength(200)), ''),
  scope: v.optional(Scope, 'all'),
  /** When they said so; without it, the time of the import. */
  at: v.optional(
    v.pipe(
      v.string(),
      v.check((at) => !Number.isNaN(Date.parse(at)), 'expected a time like "2026-11-20T12:00:00Z"'),
    ),
  ),
  /** What they said. */
  words: v.optional(v.pipe(v.string(), v.maxLength(200, 'at most 200 characters'))),
});
export type ImportLine = v.InferOutput<typeof ImportLine>;

export const ImportQuery = {
  /** Names the list: the same line of a list of the same name counts once, however often it is sent. */
  name: v.pipe(v.string(), v.regex(/^[\w.-]{1,80}$/, 'expected a name of letters, digits, ".", "_" and "-"')),
  by: text(100),
  why: text(500),
  dry_run: v.optional(
    v.pipe(
      v.picklist(['true', 'false'], 'expected "true" or "false"'),
      v.transform((flag) => flag === 'true'),
    ),
    'false',
  ),
  from_line: v.optional(
    v.pipe(v.string(), v.regex(/^[1-9]\d{0,8}$/, 'expected a line number from 1 up'), v.transform(Number)),
    '1',
  ),
};

export const ImportReport = v.object({
  dry_run: v.boolean(),
  /** Lines that were read in this call, without the header and empty ones. */
  lines: v.number(),
  /** Lines after which somebody refuses more than before; in a dry run, lines that would do so. */
  changed: v.number(),
  /** Good lines that changed nothing: they stood there already. */
  unchanged: v.number(),
  bad: v.number(),
  /** The first thousand bad ones. Line 1 is the first line of the file. */
  bad_lines: v.array(v.object({ line: v.number(), says: v.string() })),
  /** Where to go on (`from_line`); null when the list is done. */
  next_line: v.nullable(v.number()),
});
export type ImportReport = v.InferOutput<typeof ImportReport>;

export const operations = (): readonly Operation[] => [
  {
    method: 'post',
    path: '/v1/recipients/import',
    needs: 'admin',
    summary: 'Take over a list of people who want no more messages',
    says: 'CSV with a header, or NDJSON; fields channel, identity, app_id, scope, at, words, of which the first two must be there. Bad lines are named and stop nothing. A line that comes again under the same name changes nothing, so a list that broke off may be sent again, whole or by from_line.',
    query: ImportQuery,
    body: { type: 'text/csv', says: 'The list; or NDJSON as application/x-ndjson.' },
    answers: { 200: { says: 'What became of the lines.', content: ImportReport } },
  },
];
