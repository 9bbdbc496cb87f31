import * as v from 'valibot';
import { Duration } from '../../rules/model/values.ts';
import { defineOperation, Time, text } from '../operation.ts';
import { Match } from './match.ts';

const AnyMatch = v.pipe(
  Match,
  v.check(
    (match) => Object.keys(match).length > 0,
    'name what to silence: a rule, an owner, an app, a channel, a label',
  ),
);

/** A new silence: its matchers, its end or duration, its reason. */
export const NewSilence = v.pipe(
  v.strictObject({
    match: AnyMatch,
    until: v.optional(Time),
    for: v.optional(Duration),
    reason: text(500),
    actor: v.optional(text(100)),
  }),
  v.check(
    ({ until, for: span }) => (until === undefined) !== (span === undefined),
    'exactly one of "until" and "for" is required: a silence has an end',
  ),
);
export type NewSilence = v.InferInput<typeof NewSilence>;

export const Silence = v.object({
  id: v.string(),
  match: Match,
  until: Time,
  actor: v.string(),
  reason: v.string(),
  at: Time,
});
export type Silence = v.InferOutput<typeof Silence>;

export const Silences = v.object({ silences: v.array(Silence) });

export const listSilences = defineOperation({
  name: 'listSilences',
  method: 'get',
  path: '/v1/silences',
  role: 'read',
  summary: 'Silences in force',
  responses: {
    200: { description: 'The silences in force; the first to end comes first.', content: Silences },
  },
});

export const silenceAlerts = defineOperation({
  name: 'silenceAlerts',
  method: 'post',
  path: '/v1/silences',
  role: 'author',
  summary: 'Silence alerts for a while',
  description:
    'Takes effect with the next notification and ends by itself. Alerts are still counted; those that are still firing at its end are sent.',
  body: NewSilence,
  responses: { 201: { description: 'The silence.', content: Silence } },
});

export const endSilence = defineOperation({
  name: 'endSilence',
  method: 'delete',
  path: '/v1/silences/:id',
  role: 'author',
  summary: 'End a silence',
  description: 'Alerts that it muted and that are still firing are sent within seconds.',
  params: { id: v.string() },
  refuses: ['not_found'],
  responses: {
    200: { description: 'The silence has ended.', content: v.object({ ended: v.string() }) },
  },
});

export const operations = [listSilences, silenceAlerts, endSilence] as const;
