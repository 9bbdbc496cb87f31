import * as v from 'valibot';
import { Channel, defineOperation, Identity, Problem, text } from '../operation.ts';
import { Scope } from './recipients.ts';

/** The most lines per call, so that a call ends within minutes; the most invalid lines that it names; the share of invalid lines above which nothing is imported. */
export const IMPORT = { lines: 20_000, named: 1_000, share: 0.05 } as const;

/** A date or a time; UTC without a zone. No other form is accepted, because 03/04/2026 is ambiguous. */
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
  identity: Identity,
  app_id: v.optional(v.pipe(v.string(), v.trim(), v.maxLength(200)), ''),
};
const Words = v.optional(v.pipe(v.string(), v.maxLength(200, 'at most 200 characters')));
const Evidence = v.optional(v.pipe(v.string(), v.maxLength(500, 'at most 500 characters')));

/** One line of a list: an opt-out or an opt-in of a person. */
export const ImportLine = v.strictObject({
  ...Whom,
  to: v.optional(v.picklist(['out', 'in'], 'expected "out" or "in"'), 'out'),
  scope: v.optional(Scope, 'all'),
  /** The time of the opt-out or opt-in, in milliseconds once read; the time of the import for an opt-out without it. */
  at: v.optional(When),
  /** The person's words. */
  words: Words,
  /** The proof: the form, the version of its text, a reference. */
  evidence: Evidence,
});
export type ImportLine = v.InferOutput<typeof ImportLine>;

const OptionalText = v.optional(v.pipe(v.string(), v.maxLength(1_000, 'at most 1000 characters')));

/** One line of another deployment's export: a person with the whole history. The other members follow from it. */
export const ImportPerson = v.object({
  ...Whom,
  app_id: v.nullish(v.string(), ''),
  history: v.pipe(
    v.array(
      v.strictObject({
        at: When,
        scope: Scope,
        to: v.picklist(['out', 'in', 'hold'], 'expected "out", "in" or "hold"'),
        app: OptionalText,
        reach: v.optional(v.literal('app')),
        source: v.picklist(
          ['keyword', 'opt', 'channel', 'hand', 'import'],
          'is no source of consent',
        ),
        words: OptionalText,
        evidence: OptionalText,
        decision: OptionalText,
        rule: OptionalText,
        rulebook: OptionalText,
        actor: OptionalText,
        reason: OptionalText,
        imported: OptionalText,
        hops: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1_000))),
        undone: OptionalText,
      }),
    ),
    v.minLength(1, 'must not be empty'),
  ),
});
export type ImportPerson = v.InferOutput<typeof ImportPerson>;

export const ImportQuery = {
  /** The name of the list: a line counts once per list name, however often it is sent. */
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
  /** Imports the valid lines however many are invalid. */
  allow_invalid: v.optional(
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
  /** `true`: nothing was stored, and the counts are those of a real import. */
  dry_run: v.boolean(),
  /** The number of lines read in this call, without the header and empty lines. */
  lines: v.number(),
  /** The number of lines after which a person is suppressed for more, and for less, than before. */
  out: v.number(),
  in: v.number(),
  /** The number of valid lines that changed nothing. */
  unchanged: v.number(),
  /** Opt-ins whose scope stays suppressed: by a newer or wider opt-out, or by hand. */
  outweighed: v.number(),
  /** Opt-outs whose scope stays allowed: by a newer opt-in, or by one since the line was first imported under this name. */
  came_back: v.number(),
  bad: v.number(),
  /** The share of invalid lines, from 0 to 1. */
  bad_share: v.number(),
  /** The first thousand invalid lines. Line 1 is the first line of the file. */
  bad_lines: v.array(v.object({ line: v.number(), message: v.string() })),
  /** The next line (`from_line`); null when the list is complete. */
  next_line: v.nullable(v.number()),
});
export type ImportReport = v.InferOutput<typeof ImportReport>;

export const importRecipients = defineOperation({
  name: 'importRecipients',
  method: 'post',
  path: '/v1/recipients/import',
  role: 'admin',
  summary: 'Import a list of opt-outs and opt-ins, or another deployment’s export',
  description:
    'CSV with a header, or NDJSON; fields channel, identity, app_id, to (out or in), scope, at, words, evidence, of which the first two must be there, and for an opt-in also `at` and `words` or `evidence`. A line of an export is taken over with its whole history. The newest event counts: an opt-in lifts nothing that is newer, and nothing that was set by hand. Bad lines are named. If more than 5 % of the lines of a call are bad, nothing of it is imported, because the list was probably read wrongly: `allow_invalid=true` imports the others. A line that comes again under the same name changes nothing, so a list that broke off may be sent again, whole or by from_line.',
  query: ImportQuery,
  body: { type: 'text/csv', description: 'The list; or NDJSON as application/x-ndjson.' },
  responses: {
    200: { description: 'The result of the import.', content: ImportReport },
    422: {
      description:
        '`import_invalid`: more than 5 % of the lines are invalid, and nothing was imported. `lines`, `bad`, `bad_share` and `bad_lines` as in the report.',
      content: Problem,
    },
    503: {
      description:
        '`unavailable`: the list broke off. `next_line` says where to go on, `bad_lines` what is wrong before it.',
      content: Problem,
    },
  },
});

export const operations = [importRecipients] as const;
