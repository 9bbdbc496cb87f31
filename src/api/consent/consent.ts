import * as v from 'valibot';
import { Moment } from '../decisions/decisions.ts';
import { defineOperation, Time, text } from '../operation.ts';

export const Backup = v.object({
  /** Its start time: `2026-11-20T03:17:00Z`. */
  name: v.string(),
  at: Time,
  /** The number of consent changes in it. */
  rows: v.number(),
  files: v.number(),
  /** The largest number of changes in a backup of the week before, itself included. A larger number means that changes were lost since. */
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
  /** Files of the backup that are missing or unreadable. Their changes stay missing; the others are restored. */
  lost: v.array(v.object({ file: v.string(), message: v.string() })),
});
export type Restored = v.InferOutput<typeof Restored>;

export const Undoing = v.strictObject({
  rule: text(80),
  since: Moment,
  until: v.optional(Moment),
  /** The people whose changes to undo, by their keyed hashes; all without it. */
  people: v.optional(v.pipe(v.array(text(64)), v.maxLength(10_000, 'at most 10000 people'))),
  actor: text(100),
  reason: text(500),
  /** Counts what it would undo, and changes nothing. */
  dry_run: v.optional(v.boolean(), false),
});
export const Undone = v.object({
  /** The number of people concerned, and the number of changes that no longer count. */
  people: v.number(),
  changes: v.number(),
  /** At most 1,000 of them, the newest first. An address is null where the person's data was erased. */
  affected: v.optional(
    v.array(
      v.object({
        person: v.string(),
        channel: v.nullable(v.string()),
        identity: v.nullable(v.string()),
        at: Time,
        scope: v.string(),
        to: v.string(),
      }),
    ),
    [],
  ),
});
export type Undone = v.InferOutput<typeof Undone>;

export const listConsentBackups = defineOperation({
  name: 'listConsentBackups',
  method: 'get',
  path: '/v1/consent/backups',
  role: 'admin',
  summary: 'Consent backups',
  responses: { 200: { description: 'Newest first.', content: Backups } },
});

export const backUpConsent = defineOperation({
  name: 'backUpConsent',
  method: 'post',
  path: '/v1/consent/backups',
  role: 'admin',
  summary: 'Back up consent now',
  description: 'Earlier backups stay.',
  responses: { 200: { description: 'The backup.', content: Backup } },
});

export const restoreConsent = defineOperation({
  name: 'restoreConsent',
  method: 'post',
  path: '/v1/consent/restore',
  role: 'admin',
  summary: 'Restore one shard of a consent backup',
  description:
    'Restores only missing changes; existing ones stay. Sixteen calls, shards 0 to 15, restore a whole backup. `lost` names files of the backup that are missing or unreadable; the others are restored.',
  body: Restoring,
  responses: {
    200: {
      description:
        'The number of changes in the backup for the shard, how many of them were missing, and the lost files.',
      content: Restored,
    },
    404: { description: 'No complete backup has this name.' },
  },
});

export const undoConsent = defineOperation({
  name: 'undoConsent',
  method: 'post',
  path: '/v1/consent/undo',
  role: 'admin',
  summary: 'Undo the consent changes of a rule',
  description:
    'Undoes all changes that the rule recorded since a time or a duration ago ("2h"), however old their callbacks are. The changes stay in the history, marked, and no longer count. Decisions of people, in reviews too, stay. `dry_run` only counts.',
  body: Undoing,
  responses: {
    200: { description: 'The number of people and of changes.', content: Undone },
  },
});

export const operations = [listConsentBackups, backUpConsent, restoreConsent, undoConsent] as const;
