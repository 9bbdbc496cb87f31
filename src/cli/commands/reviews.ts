import * as v from 'valibot';
import { Scope } from '../../api/consent/recipients.ts';
import { Review, Reviews } from '../../api/consent/reviews.ts';
import { AppError } from '../../errors.ts';
import { defineCommand, Flag, JSON_OPTION, Text } from '../command.ts';

import { refusalWords } from '../output/consent-words.ts';
import { clock } from '../time.ts';
import { ACTOR_INPUT, ACTOR_OPTIONS, jsonRequest, readActor } from '../worker/actor.ts';
import { askWorker, WORKER_OPTIONS } from '../worker/ask-worker.ts';

/** `reviews`: lists open reviews, or decides one. */
export const reviews = defineCommand({
  usage: 'reviews [id]',
  description: 'List open reviews (did this message mean STOP?), or decide one.',
  examples: [
    'reviews',
    'reviews 01JB1JEWE77B1WMNG5RADAGJ9R --decide suppress --reason "a clear no"',
  ],
  failsIf: 'the Worker refuses the decision',
  options: [
    {
      flags: '--decide <decision>',
      description: 'suppress (it was a STOP) or dismiss (it was not)',
    },
    { flags: '--scope <scope>', description: 'all (default), marketing or notification' },
    ...ACTOR_OPTIONS,
    ...WORKER_OPTIONS,
    JSON_OPTION,
  ],
  input: v.object({
    id: Text,
    decide: v.optional(v.picklist(['suppress', 'dismiss'], 'expected suppress or dismiss')),
    scope: v.optional(Scope),
    ...ACTOR_INPUT,
    url: Text,
    token: Text,
    json: Flag,
  }),
  async run({ id, decide, scope, url, token, json, ...hand }, shell) {
    const address = { url, token };
    if ((id === undefined) !== (decide === undefined))
      throw new AppError(
        'bad_request',
        'say which and what: reviews <id> --decide suppress|dismiss --reason "…"',
      );
    if (id !== undefined && decide !== undefined) {
      const body = {
        decision: decide,
        ...(scope ? { scope } : {}),
        ...(await readActor(hand, shell)),
      };
      const decided = await askWorker(
        `/v1/reviews/${encodeURIComponent(id)}`,
        Review,
        address,
        shell,
        jsonRequest('POST', body),
      );
      shell.out(json ? JSON.stringify(decided) : decidedWords(decided, scope ?? 'all'));
      return 0;
    }
    const list = await askWorker('/v1/reviews', Reviews, address, shell);
    if (json) shell.out(JSON.stringify(list));
    else if (list.reviews.length === 0) shell.out('nothing is to be decided');
    else {
      for (const line of list.reviews.flatMap((review) => reviewLines(review, shell.zone)))
        shell.out(line);
      shell.out('Decide one: signalbox reviews <id> --decide suppress|dismiss --reason "…"');
    }
    return 0;
  },
});

/** Returns what a person refuses, as a review states it. */
function stands({ suppressed, marketing, notification }: Review['people'][number]): string {
  const refused = [marketing ? 'marketing' : '', notification ? 'notifications' : ''].filter(
    Boolean,
  );
  if (suppressed) return 'said no to all messages';
  return refused.length > 0 ? `said no to ${refused.join(' and ')}` : 'has not said no';
}

const named = ({ contact, channel, identity }: Review['people'][number]): string =>
  `${channel} ${identity}${contact ? ` (contact ${contact})` : ''}`;

const reviewLines = (review: Review, zone: string): readonly string[] => [
  `${review.id}  ${clock(review.at, zone)}  ${review.reason}`,
  ...review.people.map((side) => `    ${named(side)}: ${stands(side)}`),
];

/**
 * What came of a decision. A START after the message still holds, so what each person refuses now
 * is said, not what was meant.
 */
function decidedWords({ people, state, decided_by }: Review, scope: Scope): string {
  const all = (some: Review['people']): string => some.map(named).join(', ');
  const standing = (some: Review['people']): string =>
    some.map((side) => `${named(side)}${side.now ? ` ${refusalWords(side.now)}` : ''}`).join(', ');
  const onRecord = `on record as decided by ${decided_by ?? 'an unnamed person'}`;
  if (state !== 'suppressed') return `dismissed, nothing changes: ${standing(people)}; ${onRecord}`;
  const refusing = people.filter(({ now }) => now?.[scope]);
  const free = people.filter(({ now }) => now && !now[scope]);
  const unread = people.filter(({ now }) => !now);
  const what = scope === 'all' ? 'messages' : scope === 'marketing' ? 'marketing' : 'notifications';
  return [
    ...(refusing.length > 0 ? [`no more ${what} to ${all(refusing)}`] : []),
    ...(free.length > 0
      ? [`${standing(free)}: what came after the message counts (recipients show)`]
      : []),
    ...(unread.length > 0
      ? [`what ${all(unread)} refuses now could not be read (recipients show)`]
      : []),
    onRecord,
  ].join('; ');
}
