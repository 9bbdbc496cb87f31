import * as v from 'valibot';
import { Moment } from '../decisions/decisions.ts';
import { defineOperation, Page, Time } from '../operation.ts';
import { Flags } from './recipients.ts';

/** What the feed of changes reports. */
export const CHANGE_KINDS = [
  'consent_withdrawn',
  'consent_given',
  'contacts_merged',
  'capability',
  'erased',
] as const;
export type ChangeKind = (typeof CHANGE_KINDS)[number];

const About = {
  /** The same if a change is delivered again: apply it once. */
  id: v.string(),
  /** When it happened. */
  at: Time,
  /** When Signalbox stored it. */
  recorded_at: Time,
};
const Maybe = v.nullable(v.string());
/** The person: `person` of `GET /v1/recipients/{channel}/{identity}`, and the address. */
const Person = { person: v.string(), channel: Maybe, identity: Maybe, app_id: Maybe };
const Consent = {
  ...About,
  ...Person,
  /** What the change is about; null for a correction. */
  scope: Maybe,
  /** The person’s words, a channel, an operator, an import; or a correction: `undo`, `review`, `restore`, `narrowing` (an opt-out concerns fewer lists). */
  source: v.string(),
  rule: Maybe,
  /** The callback: `GET /v1/decisions/{id}`. */
  decision_id: Maybe,
  /** What the person refuses after it, of at least one app. Store this, whatever was known before. */
  scopes: Flags,
  /** The refused scopes for each app with a consent record, and for any other app. */
  apps: v.record(v.string(), Flags),
  other_apps: Flags,
};

export const Change = v.variant('kind', [
  v.object({ kind: v.literal('consent_withdrawn'), ...Consent }),
  v.object({ kind: v.literal('consent_given'), ...Consent }),
  v.object({
    kind: v.literal('contacts_merged'),
    ...About,
    preserved_contact_id: v.string(),
    deleted_contact_id: v.string(),
    /** The keyed hash of the contact that stays. */
    contact: v.string(),
    decision_id: v.string(),
  }),
  v.object({
    kind: v.literal('capability'),
    ...About,
    ...Person,
    channel: v.string(),
    status: v.string(),
    previous: Maybe,
    decision_id: v.string(),
  }),
  v.object({
    kind: v.literal('erased'),
    ...About,
    /** The keyed hash of the person or of the contact: the `person` or `contact` of earlier changes. Nothing else is left. */
    subject: v.string(),
  }),
]);
export type Change = v.InferOutput<typeof Change>;

export const ChangeFeed = v.object({
  /** Oldest first. */
  changes: v.array(Change),
  /** Continues behind this page with `?since=`, also at the end of the feed: call again later. */
  next: v.string(),
  /** Whether more is stored behind this page. */
  more: v.boolean(),
  /** Changes behind the given cursor are no longer stored: compare everything once, with the export of recipients. */
  missed: v.boolean(),
});
export type ChangeFeed = v.InferOutput<typeof ChangeFeed>;

/** A cursor of an earlier page, a time, or a duration ago. */
const Since = v.union(
  [v.pipe(v.string(), v.regex(/^\w{8}-\d{1,15}$/)), Moment],
  'expected "next" of an earlier page, a time like "2026-11-20T10:00:00Z", or how long ago, like "7d"',
);

const Kinds = v.pipe(
  v.string(),
  v.transform((text) => text.split(',').map((kind) => kind.trim())),
  v.array(v.picklist(CHANGE_KINDS), `expected some of ${CHANGE_KINDS.join(', ')}, with commas`),
);

export const listChanges = defineOperation({
  name: 'listChanges',
  method: 'get',
  path: '/v1/changes',
  role: 'sync',
  summary: 'The feed of changes, for CRMs and mailing tools',
  description:
    'Consent given and withdrawn, merged contacts, capability, erasures, in the order in which they are stored: those of one person in the order in which they took effect. Start with a time or without `since`, then pass `next` as `since`, again and again: no change is missed, and none is delivered twice. Read it every few seconds or minutes; each change is in it within seconds. An erased person is no longer in the feed, but for the erasure.',
  query: { since: v.optional(Since), kinds: v.optional(Kinds), limit: v.optional(Page, '100') },
  responses: { 200: { description: 'A page of changes.', content: ChangeFeed } },
});

export const operations = [listChanges] as const;
