import * as v from 'valibot';
import { Channel, defineOperation, Problem, text } from './operation.ts';
import { Scope } from './recipients.ts';

/** How many lines one call works off, so that it is over within minutes, and how many bad ones it names. */
export const IMPORT = { lines: 20_000, named: 1_000 } as const;

/** A day, or a moment; without a zone it is UTC. Nothing else: what 03/04/2026 means depends on who reads it. */
const When = v.pipe(
  v.string(),
  v.trim(),
  v.regex(
    /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?$/,
    'expected a time like "2026-11-20T12:00:00Z"',
  ),
  v.transform((said) =>
    Date.parse(/[T ][\d:.]+$/.test(said) ? `${said.replace(' ', 'T')}Z` : said.replace(' ', 'T')),
  ),
  v.check((at) => !Number.isNaN(at), 'expected a time like "2026-11-20T12:00:00Z"'),
);

const Whom = {
  channel: Channel,
  identity: text(),
  app_id: v.optional(v.pipe(v.string(), v.trim(), v.maxLength(200)), ''),
};
const Words = v.optional(v.pipe(v.string(), v.maxLength(200, 'at most 200 characters')));
const Evidence = v.optional(v.pipe(v.string(), v.maxLength(500, 'at most 500 characters')));

/** One line of a list: somebody who wants no more messages, or somebody who agreed to them. */
export const ImportLine = v.strictObject({
  ...Whom,
  to: v.optional(v.picklist(['out', 'in'], 'expected "out" or "in"'), 'out'),
  scope: v.optional(Scope, 'all'),
  /** When they said so, in milliseconds once read; for an opt-out without it, the time of the import. */
  at: v.optional(When),
  /** What they said. */
  words: Words,
  /** Where it stands: the form, the version of its text, a reference. */
  evidence: Evidence,
});
export type ImportLine = v.InferOutput<typeof ImportLine>;

const Told = v.optional(v.pipe(v.string(), v.maxLength(1_000, 'at most 1000 characters')));

/** One line of another deployment's export: somebody with their whole history. What else it says follows from that. */
export const ImportPerson = v.object({
  ...Whom,
  app_id: v.nullish(v.string(), ''),
  history: v.pipe(
    v.array(
      v.strictObject({
        at: When,
        scope: Scope,
        to: v.picklist(['out', 'in'], 'expected "out" or "in"'),
        source: v.picklist(
          ['keyword', 'opt', 'channel', 'hand', 'import'],
          'is no source of consent',
        ),
        words: Told,
        evidence: Told,
        decision: Told,
        rule: Told,
        rulebook: Told,
        actor: Told,
        reason: Told,
        imported: Told,
        hops: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1_000))),
        undone: Told,
      }),
    ),
    v.minLength(1, 'must not be empty'),
  ),
});
export type ImportPerson = v.InferOutput<typeof ImportPerson>;

export const ImportQuery = {
  /** Names the list: the same line of a list of the same name counts once, however often it is sent. */
  name: v.pipe(
    v.string(),
    v.regex(/^[\w.-]{1,80}$/, 'expected a name of letters, digits, ".", "_" and "-"'),
  ),
  actor: text(100),
  reason: text(500),
  dry_run: v.optional(
    v.pipe(
      v.picklist(['true', 'false'], 'expected "true" or "false"'),
      v.transform((flag) => flag === 'true'),
    ),
    'false',
  ),
  from_line: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^[1-9]\d{0,8}$/, 'expected a line number from 1 up'),
      v.transform(Number),
    ),
    '1',
  ),
};

export const ImportReport = v.object({
  /** `true`: nothing was stored; the counts say what would be. */
  dry_run: v.boolean(),
  /** Lines that were read in this call, without the header and empty ones. */
  lines: v.number(),
  /** Lines after which somebody refuses more than before, and such after which somebody refuses less. */
  out: v.number(),
  in: v.number(),
  /** Good lines after which as much is refused as before. */
  unchanged: v.number(),
  /** Opt-ins whose scope is still refused: by a newer opt-out, by a wider one, or by hand. */
  outweighed: v.number(),
  /** Opt-outs whose scope is allowed all the same: by a newer opt-in, or by one since the line counted under this name. */
  came_back: v.number(),
  bad: v.number(),
  /** The first thousand bad ones. Line 1 is the first line of the file. */
  bad_lines: v.array(v.object({ line: v.number(), message: v.string() })),
  /** Where to go on (`from_line`); null when the list is done. */
  next_line: v.nullable(v.number()),
});
export type ImportReport = v.InferOutput<typeof ImportReport>;

export const importRecipients = defineOperation({
  name: 'importRecipients',
  method: 'post',
  path: '/v1/recipients/import',
  role: 'admin',
  summary: 'Take over a list of opt-outs and opt-ins, or another deployment’s export',
  description:
    'CSV with a header, or NDJSON; fields channel, identity, app_id, to (out or in), scope, at, words, evidence, of which the first two must be there, and for an opt-in also `at` and `words` or `evidence`. A line of an export is taken over with its whole history. The newest event counts: an opt-in lifts nothing that is newer, and nothing that was set by hand. Bad lines are named and stop nothing. A line that comes again under the same name changes nothing, so a list that broke off may be sent again, whole or by from_line.',
  query: ImportQuery,
  body: { type: 'text/csv', description: 'The list; or NDJSON as application/x-ndjson.' },
  responses: {
    200: { description: 'What became of the lines.', content: ImportReport },
    503: {
      description:
        '`unavailable`: the list broke off. `next_line` says where to go on, `bad_lines` what is wrong before it.',
      content: Problem,
    },
  },
});

export const operations = [importRecipients] as const;
