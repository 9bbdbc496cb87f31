import * as v from 'valibot';
import { Moment } from './decisions.ts';
import { defineOperation, Time, text } from './operation.ts';

export const Backup = v.object({
  /** The moment that it was begun: `2026-11-20T03:17:00Z`. */
  name: v.string(),
  at: Time,
  /** Changes of consent that it holds. */
  rows: v.number(),
  files: v.number(),
  /** The fullest of the week before it, itself included. Where that one holds more, something was lost in between. */
  fullest: v.object({ name: v.string(), rows: v.number() }),
});
export type Backup = v.InferOutput<typeof Backup>;
export const Backups = v.object({ backups: v.array(Backup) });

export const Restoring = v.strictObject({
  backup: v.pipe(
    v.string(),
    v.regex(
      /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/,
      'expected the name of a backup, like "2026-11-20T03:17:00Z"',
    ),
  ),
  shard: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(15)),
});
export const Restored = v.object({
  rows: v.number(),
  missing: v.number(),
  /** Files of the backup that are gone or cannot be read: what they held stays missing. The rest is back. */
  lost: v.array(v.object({ file: v.string(), message: v.string() })),
});
export type Restored = v.InferOutput<typeof Restored>;

export const Undoing = v.strictObject({
  rule: text(80),
  since: Moment,
  actor: text(100),
  reason: text(500),
  /** Only counts what it would take back. */
  dry_run: v.optional(v.boolean(), false),
});
export const Undone = v.object({
  /** Whose consent it changed, and how many changes of them no longer count. */
  people: v.number(),
  changes: v.number(),
});

export const listConsentBackups = defineOperation({
  name: 'listConsentBackups',
  method: 'get',
  path: '/v1/consent/backups',
  role: 'admin',
  summary: 'The backups of consent',
  responses: { 200: { description: 'Newest first.', content: Backups } },
});

export const backUpConsent = defineOperation({
  name: 'backUpConsent',
  method: 'post',
  path: '/v1/consent/backups',
  role: 'admin',
  summary: 'Back consent up now',
  description: 'It replaces no other.',
  responses: { 200: { description: 'The backup.', content: Backup } },
});

export const restoreConsent = defineOperation({
  name: 'restoreConsent',
  method: 'post',
  path: '/v1/consent/restore',
  role: 'admin',
  summary: 'Put one shard of a backup back',
  description:
    'What is there stays: only what is missing is put back. Sixteen calls, shards 0 to 15, put a whole backup back. A file of the backup that is gone or cannot be read is named in `lost`, and the others are put back all the same.',
  body: Restoring,
  responses: {
    200: {
      description:
        'How many changes the backup holds for the shard, how many of them were missing, and which files were lost.',
      content: Restored,
    },
    404: { description: 'There is no whole backup of that name.' },
  },
});

export const undoConsent = defineOperation({
  name: 'undoConsent',
  method: 'post',
  path: '/v1/consent/undo',
  role: 'admin',
  summary: 'Take back what a rule did to consent',
  description:
    'All that the rule put on record since then, a time or how long ago ("2h"), however old the callback was. The changes stay in the history, marked, and no longer count. What a person decided, in a review too, stays. `dry_run` only counts.',
  body: Undoing,
  responses: {
    200: { description: 'For how many people, and how many changes.', content: Undone },
  },
});

export const operations = [listConsentBackups, backUpConsent, restoreConsent, undoConsent] as const;
